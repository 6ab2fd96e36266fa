"""Embedded sub-processes and called processes: what is shared, what is handed back, and what ends what."""

from tests.process.engine.diagrams import (
    TERMINATE,
    boundary,
    call,
    diagram,
    end,
    exclusive,
    message,
    parallel,
    path,
    process_,
    script,
    start,
    sub,
    user,
    when,
)
from tests.process.engine.lived import Lived, define


def test_a_sub_process_in_a_sub_process_shares_the_variables_and_names_its_tasks_by_way_of_both() -> None:
    inner = sub("inner", start("k"), script("set", "x = x + 1"), user("a"), end("l"), path("k", "set", "a", "l"))
    run = Lived(
        diagram(
            sub("outer", start("i"), inner, user("b"), end("j"), path("i", "inner", "b", "j")),
            start("s"), exclusive("m"), exclusive("again", otherwise="e"), end("e"),
            path("s", "m", "outer", "again", "e"), when("again", "m", "x < 2"),
        )
    )  # fmt: skip
    run.start(x=0)
    assert run.live.open == ["outer#1/inner#1/a#1"]
    assert run.tokens == {"outer#1", "outer#1/inner#1", "outer#1/inner#1/a#1"}
    assert run.variables == {"x": 1}
    run.complete("a", y=1)
    assert run.variables == {"x": 1, "y": 1}
    run.complete("b")
    assert run.live.open == ["outer#2/inner#1/a#1"]
    run.complete("a")
    assert run.complete("b").ended


def test_a_sub_process_lasts_until_its_last_token_is_gone() -> None:
    inside = start("i"), parallel("split"), user("a"), user("b"), end("j"), end("k")
    run = Lived(
        diagram(
            start("s"), user("z"), end("e"), path("s", "work", "z", "e"),
            sub("work", *inside, path("i", "split", "a", "j"), path("split", "b", "k")),
        )
    )  # fmt: skip
    run.start()
    run.complete("b")
    assert run.open == ["a"]
    run.complete("a")
    assert run.open == ["z"]


CALLS = diagram(
    start("s"), parallel("split"), call("one", "q"), call("two", "q"), parallel("join"), user("z"), end("e"),
    path("s", "split", "one", "join", "z", "e"), path("split", "two", "join"),
    beside=process_("q", start("qs"), user("a"), end("qe"), path("qs", "a", "qe")),
)  # fmt: skip


def test_a_called_process_works_on_a_copy_and_hands_back_what_it_changed() -> None:
    run = Lived(CALLS)
    run.start(x=0, y=0, n=1, z=[1])
    run.complete("one/a", x=1)
    run.complete("two/a", y=2, n=True)
    assert run.variables == {"x": 1, "y": 2, "n": True, "z": [1]}


def test_what_one_call_has_not_handed_back_another_does_not_see() -> None:
    inner = process_("q", start("qs"), user("a"), user("b"), end("qe"), path("qs", "a", "b", "qe"))
    run = Lived(
        CALLS.replace(process_("q", start("qs"), user("a"), end("qe"), path("qs", "a", "qe")).encode(), inner.encode())
    )
    run.start(x=0)
    run.complete("one/a", x=1)
    assert run.variables == {"x": 0}
    run.complete("two/a", y=2)
    run.complete("two/b")
    assert run.variables == {"x": 0, "y": 2}
    run.complete("one/b")
    assert run.variables == {"x": 1, "y": 2}


def test_the_outcome_is_that_of_the_process_itself_and_not_of_one_it_calls() -> None:
    xml = diagram(
        start("s"), call("one", "q"), end("e", outcome='"DONE" if fine else "NOT"'), path("s", "one", "e"),
        beside=process_("q", start("qs"), user("a"), end("qe", outcome="OTHER"), path("qs", "a", "qe")),
    )  # fmt: skip
    run = Lived(xml)
    run.start()
    step = run.complete("a", fine=True)
    assert step.ended and step.outcome == "DONE"


def test_a_process_can_call_itself() -> None:
    run = Lived(
        diagram(
            start("s"), user("a"), exclusive("x", otherwise="e"), call("again", "p"), end("e"),
            path("s", "a", "x", "e"), when("x", "again", "deeper"), path("again", "e"),
        )
    )  # fmt: skip
    run.start()
    for _ in range(20):
        run.complete("a", deeper=True)
    assert run.live.open == ["again#1/" * 20 + "a#1"]
    assert run.complete("a", deeper=False).ended


def test_files_of_a_bundle_may_use_the_same_ids() -> None:
    called = diagram(
        start("s"), user("a", party='"other"'), exclusive("x", otherwise="e"), user("b"), end("e"),
        path("s", "a", "x", "e"), when("x", "b", "False"), path("b", "e"), process="q",
    )  # fmt: skip
    calling = diagram(
        start("s"), user("a", party='"own"'), exclusive("x", otherwise="e"), call("b", "q"), end("e"),
        path("s", "a", "x", "e"), when("x", "b", "True"), path("b", "e"),
    )  # fmt: skip
    run = Lived(define(calling, q_bpmn=called))
    assert run.start().offers[0].party == "own"
    assert run.complete("a").offers[0].party == "other"
    assert run.complete("a").ended


def terminating(inside: bool) -> bytes:
    parts = [
        start("i"), parallel("split"), user("a"), user("b"), boundary("note", "b", message("note"), False), user("c"),
        sub("deep", start("k"), user("d"), end("l"), path("k", "d", "l")), end("stop", TERMINATE, outcome="STOPPED"),
        end("j", outcome="DONE"), end("n"), path("i", "split", "a", "stop"), path("split", "b", "j"),
        path("split", "deep", "j"), path("note", "c", "n"),
    ]  # fmt: skip
    if not inside:
        return diagram(*parts)
    return diagram(start("s"), sub("work", *parts), user("z"), end("e"), path("s", "work", "z", "e"))


def test_terminate_ends_all_there_is() -> None:
    run = Lived(terminating(inside=False))
    run.start()
    run.message("note")
    assert run.open == ["a", "b", "c", "d", "note"]
    step = run.complete("a")
    assert step.ended and step.outcome == "STOPPED" and run.tokens == set()


def test_terminate_in_a_sub_process_ends_that_alone() -> None:
    run = Lived(terminating(inside=True))
    run.start()
    run.message("note")
    step = run.complete("a")
    assert run.open == ["z"] and not step.ended
    assert run.complete("z").outcome is None


def test_an_activity_with_nothing_behind_it_ends_its_branch() -> None:
    run = Lived(diagram(start("s"), user("a"), path("s", "a")))
    run.start()
    assert run.complete("a").ended
