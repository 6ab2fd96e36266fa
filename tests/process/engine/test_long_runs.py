"""Thousands of rounds: no stall, no growth, no recursion."""

from services.case.process.engine import Complete, Instance, Start
from tests.process.engine.diagrams import (
    boundary,
    diagram,
    end,
    exclusive,
    message,
    parallel,
    path,
    script,
    start,
    sub,
    timer,
    user,
    when,
)
from tests.process.engine.lived import define, nothing

ROUNDS = 5_000


def looping(body: str, *ids: str) -> bytes:
    return diagram(
        start("s"), exclusive("m"), body, exclusive("x", otherwise="e"), end("e"),
        path("s", "m", *ids, "x", "e"), when("x", "m", "n < 5000"),
    )  # fmt: skip


def test_a_loop_of_scripts_runs_its_rounds_in_one_step() -> None:
    instance = Instance.new(define(looping(script("count", "n += 1"), "count")))
    step = instance.apply(Start({"n": 0}), nothing)
    assert step.ended and instance.variables == {"n": ROUNDS}


def test_a_loop_of_sub_processes_and_joins_runs_its_rounds_in_one_step() -> None:
    body = sub(
        "work", start("i"), parallel("split"), script("count", "n += 1"), script("other", "k = n"), parallel("join"),
        end("j"), path("i", "split", "count", "join", "j"), path("split", "other", "join"),
    )  # fmt: skip
    instance = Instance.new(define(looping(body, "work")))
    assert instance.apply(Start({"n": 0}), nothing).ended


def test_five_thousand_reviews_leave_the_instance_as_small_as_one() -> None:
    body = user("a") + boundary("late", "a", timer('"P5D"')) + boundary("note", "a", message("n"), False)
    extra = path("late", "m") + end("f") + path("note", "f")
    instance = Instance.new(define(looping(body + extra, "a")))
    instance.apply(Start({"n": 0}), nothing)
    small = len(instance.snapshot())
    for n in range(1, ROUNDS + 1):
        step = instance.apply(Complete(f"a#{n}", {"n": n}), nothing)
    assert step.ended
    assert len(instance.snapshot()) < small + 20
