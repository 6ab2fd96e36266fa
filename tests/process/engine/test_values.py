"""Every value belongs to one place: changing a list in one place changes none elsewhere, also before a restart."""

from typing import Any

from services.case.domain.trace import Effect
from services.case.process.engine import Complete, Instance, Milestone, Start, Thrown
from tests.process.engine.diagrams import (
    boundary,
    call,
    diagram,
    end,
    message,
    parallel,
    path,
    process_,
    receive,
    script,
    send,
    service,
    several,
    start,
    sub,
    user,
)
from tests.process.engine.lived import Lived, define, nothing


def changing(text: str, *before: str) -> bytes:
    """Elements, then a user task, then a script, then another user task."""
    ids = [part.split('id="')[1].split('"')[0] for part in before]
    return diagram(
        start("s"), *before, user("a"), script("change", text), user("b"), end("e"),
        path("s", *ids, "a", "change", "b", "e"),
    )  # fmt: skip


def test_what_a_script_changes_is_not_the_input_that_brought_it() -> None:
    run = Lived(changing("seen[0] = 2\nmore[0] = 2"))
    run.start(seen=[1])
    run.complete("a", more=[1])
    assert run.variables == {"seen": [2], "more": [2]}


def test_a_variable_set_from_another_is_a_copy() -> None:
    run = Lived(changing('copy[0] = 2\nkept["y"] = 3', script("set", 'copy = first\nkept = {"x": first}')))
    run.start(first=[1])
    run.complete("a")
    assert run.variables == {"first": [1], "copy": [2], "kept": {"x": [1], "y": 3}}


def test_what_an_operator_was_asked_and_answered_stays_as_it_was() -> None:
    xml = diagram(
        start("s"), service("ask", "ladder", result="where", given="names"), user("b"), end("e"),
        script("change", "where[0] = 9\nnames[0] = 9"), path("s", "ask", "change", "b", "e"),
    )  # fmt: skip
    run = Lived(xml, lambda operator, parameters: [1, 2])
    step = run.start(names=[0])
    assert step.effects == [Effect("ask", "ladder", {"given": [0]}, [1, 2])]
    assert run.variables == {"where": [9, 2], "names": [9]}


def test_what_was_published_or_sent_stays_as_it_was() -> None:
    xml = diagram(
        start("s", milestone="case.started", milestone_fields="names"), send("tell", "told", payload="names"),
        script("change", "names[0] = 9"), user("b"), end("e"), path("s", "tell", "change", "b", "e"),
    )  # fmt: skip
    step = Lived(xml).start(names=[1])
    assert step.milestones == [Milestone("case.started", "s", None, {"names": [1]})]
    assert step.thrown == [Thrown("message", "told", [1])]


def test_two_that_hear_the_same_message_keep_a_payload_each() -> None:
    run = Lived(
        diagram(
            start("s"), parallel("split"), receive("a", "m", "x"), receive("b", "m", "y"), parallel("join"),
            script("change", 'x["n"] = [9]'), user("c"), end("e"),
            path("s", "split", "a", "join", "change", "c", "e"), path("split", "b", "join"),
        )
    )  # fmt: skip
    run.start()
    run.message("m", n=[1])
    assert run.variables == {"x": {"n": [9]}, "y": {"n": [1]}}


def test_an_instance_that_changes_its_item_changes_neither_the_collection_nor_what_is_left_of_it() -> None:
    xml = diagram(
        start("s"), call("each", "one", several("people", "names", "person", "name", one_by_one=True)), user("z"),
        end("e"), path("s", "each", "z", "e"),
        beside=process_("one", start("os"), script("change", 'person["n"] += 1\nname = [person["n"]]'), user("a"),
                        end("oe"), path("os", "change", "a", "oe")),
    )  # fmt: skip
    run = Lived(xml)
    run.start(people=[{"n": 1}, {"n": 5}])
    run.complete("a")
    run.complete("a")
    assert run.variables == {"people": [{"n": 1}, {"n": 5}], "names": [[2], [6]]}


def test_an_item_changed_in_place_is_the_instances_own() -> None:
    inside = start("i"), script("change", 'person["n"] += 1'), user("a"), end("j"), path("i", "change", "a", "j")
    xml = diagram(
        start("s"), sub("each", several("people", "after", "person", "person"), *inside), user("z"), end("e"),
        path("s", "each", "z", "e"),
    )  # fmt: skip
    run = Lived(xml)
    run.start(people={"a": {"n": 1}, "b": {"n": 5}})
    run.complete("a")
    run.complete("a")
    assert run.variables == {"people": {"a": {"n": 1}, "b": {"n": 5}}, "after": {"a": {"n": 2}, "b": {"n": 6}}}


def test_results_so_far_can_be_changed_without_changing_what_the_instances_handed_back() -> None:
    run = Lived(
        diagram(
            start("s"), user("each", several("people", "answers", result="answer")), end("e"), end("f"), user("z"),
            boundary("meanwhile", "each", message("m"), interrupts=False),
            script("change", 'one = answers["a"]\none[0] = 9'),
            path("s", "each", "z", "e"), path("meanwhile", "change", "f"),
        )
    )  # fmt: skip
    run.start(people={"a": 1, "b": 2})
    run.complete("each[a]", answer=[1])
    run.message("m")
    assert run.variables["answers"] == {"a": [9]}
    run.complete("each[b]", answer=[2])
    assert run.variables["answers"] == {"a": [1], "b": [2]}


def test_a_journal_can_be_replayed_twice_from_memory() -> None:
    definition = define(
        diagram(
            start("s"), service("ask", "ladder", result="where"), script("change", "where[0] += 1\ngiven[0] += 1"),
            user("a"), end("e"), path("s", "ask", "change", "a", "e"),
        )
    )  # fmt: skip
    inputs: list[Any] = [Start({"given": [1]}), Complete("a#1", {})]
    first = Instance.new(definition)
    steps = [first.apply(given, lambda operator, parameters: [1]) for given in inputs]
    for _ in range(2):
        again = Instance.new(definition)
        assert [again.replay(given, step.effects) for given, step in zip(inputs, steps, strict=True)] == steps
        assert again.snapshot() == first.snapshot()


def test_sequences_become_lists_before_as_after_a_restart() -> None:
    run = Instance.new(define(changing("pair[0] = 3")))
    run.apply(Start({"pair": (1, 2)}), nothing)
    assert run.variables == {"pair": [1, 2]}
