"""What is sent and awaited, inside an instance and across its border."""

from services.case.process.engine import Await, Receive, Thrown, Timer
from services.case.process.expressions import Duration
from tests.process.engine.diagrams import (
    boundary,
    catch,
    diagram,
    end,
    message,
    parallel,
    path,
    receive,
    send,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.process.engine.lived import Lived


def test_an_awaited_message_moves_the_token_and_leaves_its_payload() -> None:
    run = Lived(diagram(start("s"), catch("c", message("m", variable="got")), end("e"), path("s", "c", "e")))
    step = run.start()
    assert step.awaits == [Await("c#1", "c", "m")] and step.active == ["c#1"]
    run.refuses(Receive("other"))
    assert run.message("m", n=1).ended
    assert run.variables == {"got": {"n": 1}}


def test_a_message_that_nothing_inside_awaits_goes_out() -> None:
    run = Lived(diagram(start("s"), throw("t", message("m", payload="[x, 2]")), end("e"), path("s", "t", "e")))
    step = run.start(x=1)
    assert step.thrown == [Thrown("message", "m", [1, 2])] and step.ended


def test_a_message_at_the_end_goes_out() -> None:
    run = Lived(diagram(start("s"), user("a"), end("e", message("m", payload="x")), path("s", "a", "e")))
    run.start(x="word")
    assert run.complete("a").thrown == [Thrown("message", "m", "word")]


def test_a_message_that_another_branch_awaits_stays_inside() -> None:
    run = Lived(
        diagram(
            start("s"), parallel("split"), user("a"), send("tell", "m", payload="{'n': x}"),
            receive("hear", "m", "got"), user("b"), parallel("join"), end("e"),
            path("s", "split", "a", "tell", "join", "e"), path("split", "hear", "b", "join"),
        )
    )  # fmt: skip
    run.start(x=5)
    step = run.complete("a")
    assert step.thrown == [] and run.open == ["b"]
    assert run.variables == {"x": 5, "got": {"n": 5}}
    assert run.complete("b").ended


def test_a_message_can_be_of_one_linked_instance() -> None:
    run = Lived(diagram(start("s"), catch("c", message("over"), instance="linked"), end("e"), path("s", "c", "e")))
    assert run.start(linked="12").awaits == [Await("c#1", "c", "over", "12")]
    run.refuses(Receive("over", {"instance": "11"}))
    run.refuses(Receive("over"))
    assert run.message("over", instance="12").ended


SIGNALS = diagram(
    start("s"), parallel("split"), user("a"), throw("tell", signal("now")), catch("hear", signal("now")), user("b"),
    sub("work", start("i"), catch("deep", signal("now")), user("c"), end("j"), path("i", "deep", "c", "j")),
    user("task"), boundary("side", "task", signal("now"), False), user("d"), user("cut"),
    boundary("stop", "cut", signal("now")), user("f"), end("e"),
    path("s", "split", "a", "tell", "e"), path("split", "hear", "b", "e"), path("split", "work", "e"),
    path("split", "task", "e"), path("side", "d", "e"), path("split", "cut", "e"), path("stop", "f", "e"),
)  # fmt: skip


def test_a_signal_reaches_all_that_wait_for_it() -> None:
    run = Lived(SIGNALS)
    run.start()
    step = run.complete("a")
    assert step.thrown == []
    assert run.open == ["b", "c", "d", "f", "side", "task"]


def test_a_signal_from_outside_is_no_message() -> None:
    run = Lived(SIGNALS)
    run.start()
    run.refuses(Receive("now"))


def test_a_signal_that_nobody_waits_for_goes_out() -> None:
    run = Lived(diagram(start("s"), throw("tell", signal("now")), user("a"), end("e"), path("s", "tell", "a", "e")))
    assert run.start().thrown == [Thrown("signal", "now")]


def test_what_has_been_heard_once_in_a_step_is_not_heard_again() -> None:
    run = Lived(
        diagram(
            start("s"), parallel("split"), user("a"), parallel("both"), throw("one", message("m", payload="1")),
            throw("two", message("m", payload="2")), catch("hear", message("m", variable="got")), user("b"), end("e"),
            path("s", "split", "a", "both", "one", "e"), path("both", "two", "e"), path("split", "hear", "b", "e"),
        )
    )  # fmt: skip
    run.start()
    assert run.complete("a").thrown == [Thrown("message", "m", 2)]
    assert run.variables == {"got": 1} and run.open == ["b"]


def test_a_message_that_withdraws_an_activity_is_not_heard_inside_it() -> None:
    run = Lived(
        diagram(
            start("s"), boundary("out", "work", message("m")), user("h"), end("e"),
            sub("work", start("i"), receive("hear", "m", "got"), user("a"), end("j"), path("i", "hear", "a", "j"),
                boundary("inner", "hear", message("m"), False), path("inner", "j")),
            path("s", "work", "e"), path("out", "h", "e"),
        )
    )  # fmt: skip
    run.start()
    run.message("m")
    assert run.open == ["h"] and run.variables == {}


def test_a_timer_on_the_way() -> None:
    run = Lived(diagram(start("s"), catch("t", timer('"P" + days')), user("a"), end("e"), path("s", "t", "a", "e")))
    assert run.start(days="3D").timers == [Timer("t#1", "t", Duration("P3D"))]
    run.refuses(Receive("t"))
    run.fire("t")
    assert run.open == ["a"]
