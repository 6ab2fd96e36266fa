"""Timers and messages on the border of an activity: armed while it lasts, once or again and again."""

import pytest

from services.case.process.engine import Await, Fire, Receive, Timer
from services.case.process.expressions import Deadline, Duration, Moment
from tests.process.engine.diagrams import (
    boundary,
    diagram,
    end,
    exclusive,
    message,
    parallel,
    path,
    service,
    several,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
    when,
)
from tests.process.engine.lived import Lived


def guarded(definition: str, interrupts: bool, handler: str = user("h"), **values: str) -> bytes:
    return diagram(
        start("s"), user("a"), boundary("b", "a", definition, interrupts, **values), handler, user("z"), end("e"),
        end("f"), path("s", "a", "z", "e"), path("b", "h", "f"),
    )  # fmt: skip


def test_a_timer_that_interrupts_withdraws_the_task() -> None:
    run = Lived(guarded(timer('"P5D"'), True))
    step = run.start()
    assert step.timers == [Timer("b#1", "b", Duration("P5D"))]
    assert step.active == ["a#1"]
    step = run.fire("b")
    assert step.path == [("", "b#1"), ("b-h", "h#1")]
    assert (step.left, step.active, run.open) == (["a#1", "b#1"], ["h#1"], ["h"])
    assert run.complete("h").ended


def test_the_timer_is_withdrawn_with_the_task() -> None:
    run = Lived(guarded(timer('"P5D"'), True))
    run.start()
    assert run.complete("a").left == ["b#1", "a#1"]
    run.refuses(Fire("b#1"))


@pytest.mark.parametrize(
    ("definition", "when"),
    [
        (timer('"P5D"'), Duration("P5D")),
        (timer("day", "timeDate"), Moment("2026-11-03")),
        (timer('deadline("reply", day)'), Deadline("reply", "2026-11-03")),
    ],
)
def test_a_timer_that_does_not_interrupt_fires_once(definition: str, when: object) -> None:
    run = Lived(guarded(definition, False))
    assert run.start(day="2026-11-03").timers == [Timer("b#1", "b", when)]  # type: ignore[arg-type]
    step = run.fire("b")
    assert (step.left, step.active, run.open) == (["b#1"], ["h#1"], ["a", "h"])
    run.complete("a")
    run.complete("z")
    assert run.open == ["h"]
    assert run.complete("h").ended


def test_a_cycle_fires_as_often_as_it_says() -> None:
    run = Lived(guarded(timer('"R3/P2D"', "timeCycle"), False))
    run.start()
    for n in (1, 2, 3):
        assert run.open == ["a", "b", *"h" * (n - 1)]
        step = run.fire("b")
        assert step.timers == ([Timer(f"b#{n + 1}", "b", Duration("P2D"))] if n < 3 else [])
    assert run.open == ["a", "h", "h", "h"]


def test_a_cycle_without_a_number_goes_on_as_long_as_the_task() -> None:
    run = Lived(guarded(timer('"R/P2D"', "timeCycle"), False))
    run.start()
    for _ in range(20):
        run.fire("b")
        run.complete("h")
    run.complete("a")
    assert run.open == ["z"]


def test_a_message_that_does_not_interrupt_is_heard_each_time() -> None:
    run = Lived(guarded(message("note", variable="noted"), False))
    assert run.start().awaits == [Await("b#1", "b", "note")]
    for n in range(1, 5):
        step = run.message("note", n=n)
        assert step.awaits == [Await(f"b#{n + 1}", "b", "note")] and step.left == [f"b#{n}"]
        assert run.variables == {"noted": {"n": n}}
    assert run.open == ["a", "b", "h", "h", "h", "h"]
    run.complete("a")
    run.refuses(Receive("note"))


def test_a_message_on_the_border_can_be_of_one_linked_instance() -> None:
    run = Lived(guarded(message("over"), True, instance="linked"))
    run.start(linked="4")
    run.refuses(Receive("over"))
    run.refuses(Receive("over", {"instance": "5"}))
    run.message("over", instance="4")
    assert run.open == ["h"]


def test_a_message_that_interrupts_withdraws_all_parties_answers_from_a_sub_process() -> None:
    xml = diagram(
        start("s"),
        sub("agreement", start("i"), service("ask", "send_notice"),
            user("sign", several("parties", "answers", "party", "answer"), party="party"), end("j"),
            boundary("reminder", "sign", timer('"R/P5D"', "timeCycle"), False), user("chase"), end("k"),
            path("i", "ask", "sign", "j"), path("reminder", "chase", "k")),
        boundary("withdrawn", "agreement", message("agreement_withdrawn")), user("inform"), user("carry_out"), end("e"),
        path("s", "agreement", "carry_out", "e"), path("withdrawn", "inform", "e"),
    )  # fmt: skip
    run = Lived(xml)
    run.start(parties=["parent", "pupil", "home_head"])
    run.complete("sign[pupil]", answer="yes")
    run.fire("reminder")
    step = run.message("agreement_withdrawn")
    assert run.open == ["inform"]
    assert run.variables["answers"] == ["yes"]
    assert set(step.left) == {
        "agreement#1", "withdrawn#1", "agreement#1/sign#1", "agreement#1/sign#1[parent]", "agreement#1/chase#1",
        "agreement#1/sign#1[home_head]", "agreement#1/reminder#2",
    }  # fmt: skip
    assert run.complete("inform").ended


def test_events_on_a_task_in_a_loop_are_armed_anew_each_round() -> None:
    run = Lived(
        diagram(
            start("s"), exclusive("m"), user("a"), exclusive("x", otherwise="e"), end("e"), user("h"), end("f"),
            boundary("late", "a", timer('"P1D"'), False), boundary("stop", "a", message("stop")),
            path("late", "h", "f"), path("s", "m", "a", "x", "e"), when("x", "m", "more"), path("stop", "m"),
        )
    )  # fmt: skip
    run.start()
    for n in range(1, 4):
        assert run.live.open[-3:] == [f"a#{2 * n - 1}", f"late#{2 * n - 1}", f"stop#{2 * n - 1}"]
        run.fire("late")
        run.complete("a", more=True)
        run.message("stop")
    run.complete("a", more=False)
    assert run.open == ["h", "h", "h"]


def test_an_event_thrown_twice_in_a_step_happens_twice() -> None:
    run = Lived(
        diagram(
            start("s"), boundary("seen", "work", signal("done"), interrupts=False), user("h"), end("e"), end("f"),
            sub("work", start("i"), user("go"), parallel("split"), throw("a", signal("done")), user("rest"), end("j"),
                throw("b", signal("done")), parallel("join"), path("i", "go", "split", "a", "join", "rest", "j"),
                path("split", "b", "join")),
            path("s", "work", "e"), path("seen", "h", "f"),
        )
    )  # fmt: skip
    run.start()
    run.complete("go")
    assert run.open == ["h", "h", "rest", "seen"]


def test_a_task_that_is_left_in_the_step_that_opened_it_does_not_show() -> None:
    run = Lived(
        diagram(
            start("s"), boundary("out", "work", signal("now")), user("h"), end("e"),
            sub("work", start("i"), parallel("split"), user("a"), boundary("late", "a", timer('"P1D"')),
                throw("b", signal("now")), end("j"), path("i", "split", "a", "j"), path("split", "b", "j"),
                path("late", "j")),
            path("s", "work", "e"), path("out", "h", "e"),
        )
    )  # fmt: skip
    step = run.start()
    assert (step.active, step.left, step.timers, run.open) == (["h#1"], [], [], ["h"])
    assert [offer.key for offer in step.offers] == ["h#1"]
