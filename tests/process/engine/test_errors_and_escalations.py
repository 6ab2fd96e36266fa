"""What goes wrong inside an activity and what happens on its border."""

import pytest

from services.case.process.engine import Thrown
from tests.process.engine.diagrams import (
    boundary,
    call,
    diagram,
    end,
    error,
    escalation,
    exclusive,
    parallel,
    path,
    process_,
    several,
    start,
    sub,
    throw,
    user,
    when,
)
from tests.process.engine.lived import Lived


def caught_on(*parts: str, inside: str = "", beside: str = "") -> bytes:
    body = start("i"), user("a"), exclusive("x", otherwise="j"), end("j"), end("bad", error("E1"))
    flows = path("i", "a", "x", "j"), when("x", "bad", "wrong")
    return diagram(start("s"), sub("work", *body, *flows, inside), *parts, user("z"), end("e"), beside=beside)


SIMPLE = caught_on(
    boundary("caught", "work", error("E1")), user("h"), path("s", "work", "z", "e"), path("caught", "h", "e")
)


def test_an_error_end_leaves_the_activity_by_the_event_on_its_border() -> None:
    run = Lived(SIMPLE)
    assert run.start().awaits == []
    assert run.open == ["a"], "an error is nothing that anybody can bring about"
    step = run.complete("a", wrong=True)
    assert run.open == ["h"] and step.thrown == []
    assert step.path == [("a-x", "work#1/x#1"), ("x-bad", "work#1/bad#1"), ("", "caught#1"), ("caught-h", "h#1")]
    assert set(step.left) == {"work#1", "work#1/a#1"}


def test_without_the_error_the_event_on_the_border_is_forgotten() -> None:
    run = Lived(SIMPLE)
    run.start()
    step = run.complete("a", wrong=False)
    assert run.open == ["z"] and set(step.left) == {"work#1", "work#1/a#1"}


@pytest.mark.parametrize("first", ["any", "own"])
def test_the_event_for_this_error_goes_before_the_one_for_any(first: str) -> None:
    events = {"any": boundary("any", "work", error()), "own": boundary("own", "work", error("E1"))}
    rest = "own" if first == "any" else "any"
    xml = caught_on(
        events[first], events[rest], boundary("other", "work", error("E2")), user("h"), user("k"), user("l"),
        path("s", "work", "z", "e"), path("own", "h", "e"), path("any", "k", "e"), path("other", "l", "e"),
    )  # fmt: skip
    run = Lived(xml)
    run.start()
    run.complete("a", wrong=True)
    assert run.open == ["h"]


def test_an_event_for_any_error_catches_it() -> None:
    xml = caught_on(
        boundary("other", "work", error("E2")), boundary("any", "work", error()), user("h"), user("k"),
        path("s", "work", "z", "e"), path("other", "h", "e"), path("any", "k", "e"),
    )  # fmt: skip
    run = Lived(xml)
    run.start()
    run.complete("a", wrong=True)
    assert run.open == ["k"]


def test_an_error_always_interrupts() -> None:
    run = Lived(SIMPLE.replace(b'cancelActivity="true"', b'cancelActivity="false"'))
    run.start()
    run.complete("a", wrong=True)
    assert run.open == ["h"]


def test_an_error_passes_borders_that_do_not_catch_it() -> None:
    inner = sub("inner", start("ii"), user("a"), end("bad", error("E1")), path("ii", "a", "bad"))
    xml = diagram(
        start("s"), boundary("outer_caught", "outer", error("E1")), user("h"), end("e"),
        sub("outer", start("i"), inner, boundary("other", "inner", error("E2")), parallel("split"), user("b"), end("j"),
            path("i", "split", "inner", "j"), path("split", "b", "j"), path("other", "j")),
        path("s", "outer", "e"), path("outer_caught", "h", "e"),
    )  # fmt: skip
    run = Lived(xml)
    run.start()
    run.complete("a")
    assert run.open == ["h"]


def test_an_error_in_one_instance_ends_all_of_a_multi_instance_activity() -> None:
    body = start("i"), user("a"), exclusive("x", otherwise="j"), end("j"), end("bad", error("E1"))
    xml = diagram(
        start("s"), sub("each", several("people", "out"), *body, path("i", "a", "x", "j"), when("x", "bad", "wrong")),
        boundary("caught", "each", error("E1")), user("h"), end("e"), path("s", "each", "e"), path("caught", "h", "e"),
    )  # fmt: skip
    run = Lived(xml)
    run.start(people=["ann", "bob"])
    run.complete("each[bob]/a", wrong=True)
    assert run.open == ["h"]


def test_an_error_of_a_called_process_is_caught_on_the_call() -> None:
    xml = diagram(
        start("s"), call("work", "other"), boundary("caught", "work", error("E1")), user("h"), end("e"),
        path("s", "work", "e"), path("caught", "h", "e"),
        beside=process_("other", start("i"), user("a"), end("bad", error("E1")), path("i", "a", "bad")),
    )  # fmt: skip
    run = Lived(xml)
    run.start()
    run.complete("a", lost=1)
    assert run.open == ["h"] and run.variables == {}


def test_an_error_that_nothing_catches_goes_out_and_ends_its_process() -> None:
    run = Lived(
        diagram(
            start("s"), parallel("split"), user("a"), user("b"), end("e"), end("bad", error("E1")),
            path("s", "split", "a", "bad"), path("split", "b", "e"),
        )
    )  # fmt: skip
    run.start()
    step = run.complete("a")
    assert step.thrown == [Thrown("error", "E1")]
    assert step.ended and step.left == ["a#1", "b#1"]


def escalating(interrupts: bool) -> bytes:
    return diagram(
        start("s"), boundary("told", "work", escalation("late"), interrupts), user("h"), user("z"), end("e"), end("f"),
        sub("work", start("i"), user("a"), throw("tell", escalation("late")), user("b"), end("j"),
            path("i", "a", "tell", "b", "j")),
        path("s", "work", "z", "e"), path("told", "h", "f"),
    )  # fmt: skip


def test_an_escalation_that_does_not_interrupt_goes_on_inside_and_outside() -> None:
    run = Lived(escalating(False))
    assert run.start().awaits == [] and run.open == ["a"]
    step = run.complete("a")
    assert run.open == ["b", "h"] and step.thrown == []
    assert ("", "told#1") in step.path
    run.complete("b")
    run.complete("h")
    assert run.complete("z").ended


def test_an_escalation_that_interrupts_leaves_nothing_inside() -> None:
    run = Lived(escalating(True))
    run.start()
    run.complete("a")
    assert run.open == ["h"]


def test_an_escalation_can_be_thrown_again() -> None:
    xml = diagram(
        start("s"), boundary("told", "work", escalation("late"), False), user("h"), end("e"), end("f"),
        sub("work", start("i"), exclusive("m"), user("a"), throw("tell", escalation("late")),
            exclusive("x", otherwise="j"), end("j"), path("i", "m", "a", "tell", "x", "j"), when("x", "m", "more")),
        path("s", "work", "e"), path("told", "h", "f"),
    )  # fmt: skip
    run = Lived(xml)
    run.start()
    for n in range(1, 4):
        assert ("", f"told#{n}") in run.complete("a", more=True).path
    assert run.open == ["a", "h", "h", "h"]


def test_an_escalation_that_nothing_catches_goes_out_and_the_process_goes_on() -> None:
    run = Lived(diagram(start("s"), throw("t", escalation("late")), user("a"), end("e"), path("s", "t", "a", "e")))
    assert run.start().thrown == [Thrown("escalation", "late")]
    assert run.open == ["a"]
