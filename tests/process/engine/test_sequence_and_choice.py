"""One token after another, and which way it goes."""

from tests.process.engine.diagrams import diagram, end, exclusive, path, script, start, user, when
from tests.process.engine.lived import Lived


def test_a_token_passes_the_tasks_in_order_and_the_instance_ends() -> None:
    run = Lived(diagram(start("s"), user("a"), user("b"), end("e"), path("s", "a", "b", "e")))
    step = run.start(x=1)
    assert step.path == [("", "s#1"), ("s-a", "a#1")]
    assert (step.active, step.left, run.open) == (["a#1"], [], ["a"])
    step = run.complete("a", x=2)
    assert step.path == [("a-b", "b#1")]
    assert (step.active, step.left, run.variables) == (["b#1"], ["a#1"], {"x": 2})
    step = run.complete("b")
    assert step.ended and run.live.ended and step.left == ["b#1"]


CHOICE = diagram(
    start("s"), exclusive("x", otherwise="c"), user("a"), user("b"), user("c"), end("e"),
    path("s", "x"), when("x", "a", "n > 5"), when("x", "b", "n > 3"), path("x", "c", "e"),
    path("a", "e"), path("b", "e"),
)  # fmt: skip


def test_an_exclusive_gateway_takes_the_first_condition_that_holds_and_else_the_default() -> None:
    for n, way in ((6, "a"), (4, "b"), (1, "c")):
        run = Lived(CHOICE)
        assert run.start(n=n).path[2:] == [(f"x-{way}", f"{way}#1")]
        assert run.open == [way]


def test_where_shapes_are_drawn_does_not_change_which_condition_wins() -> None:
    def shape(id: str, y: int) -> str:
        return f'<d:BPMNShape bpmnElement="{id}"><c:Bounds x="0" y="{y}" width="1" height="1"/></d:BPMNShape>'

    drawn = (
        '<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"'
        ' xmlns:c="http://www.omg.org/spec/DD/20100524/DC"><d:BPMNPlane>'
        + shape("b", 0) + shape("c", 10) + shape("a", 20) + "</d:BPMNPlane></d:BPMNDiagram></definitions>"
    )  # fmt: skip
    run = Lived(CHOICE.replace(b"</definitions>", drawn.encode()))
    run.start(n=6)
    assert run.open == ["a"]


def test_two_flows_to_the_same_element_are_told_apart_in_the_path() -> None:
    flow = (
        '<sequenceFlow id="{}" sourceRef="x" targetRef="a"><conditionExpression>{}</conditionExpression></sequenceFlow>'
    )
    xml = diagram(
        start("s"), exclusive("x", otherwise="e"), user("a"), end("e"), path("s", "x", "e"), path("a", "e"),
        flow.format("high", "n == 2"), flow.format("low", "n == 1"),
    )  # fmt: skip
    for n, name in ((2, "high"), (1, "low")):
        assert Lived(xml).start(n=n).path[-1] == (name, "a#1")


def test_a_gateway_with_one_way_on_merges_and_a_loop_counts_its_rounds() -> None:
    run = Lived(
        diagram(
            start("s"), exclusive("merge"), user("a"), exclusive("again", otherwise="e"), end("e"),
            path("s", "merge", "a", "again", "e"), when("again", "merge", "more"),
        )
    )  # fmt: skip
    run.start()
    for n in range(1, 6):
        assert run.live.open == [f"a#{n}"]
        run.complete("a", more=True)
    assert run.complete("a", more=False).ended


def test_a_script_sets_variables_that_the_next_condition_reads() -> None:
    run = Lived(
        diagram(
            start("s"), script("double", "n = n * 2\nseen = [n]"), exclusive("x", otherwise="e"), user("a"), end("e"),
            path("s", "double", "x", "e"), when("x", "a", "n == 4"), path("a", "e"),
        )
    )  # fmt: skip
    run.start(n=2)
    assert run.open == ["a"]
    assert run.variables == {"n": 4, "seen": [4]}
