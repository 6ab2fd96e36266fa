"""Parallel gateways: a join waits for one token per incoming flow, however often it is passed, in whatever order."""

from itertools import permutations, product

import pytest

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
    user,
    when,
)  # fmt: skip
from tests.process.engine.lived import Lived, define


def looped(branches: str) -> bytes:
    return diagram(
        start("s"), exclusive("merge"), parallel("split"), parallel("join"), exclusive("again", otherwise="e"),
        end("e"), path("s", "merge", "split"), path("join", "again", "e"), when("again", "merge", "more"),
        *[user(b) + path("split", b, "join") for b in branches],
    )  # fmt: skip


@pytest.mark.parametrize(("branches", "rounds"), [("ab", 3), ("abc", 3)])
def test_a_join_in_a_loop_fires_once_a_round_in_every_order(branches: str, rounds: int) -> None:
    definition = define(looped(branches))
    for orders in product(permutations(branches), repeat=rounds):
        run = Lived(definition)
        run.start()
        for round, order in enumerate(orders, start=1):
            assert run.live.open == [f"{b}#{round}" for b in branches]
            for branch in order[:-1]:
                assert not run.complete(branch, more=round < rounds).offers
            last = run.complete(order[-1], more=round < rounds)
            assert last.ended is (round == rounds)


def test_branches_see_what_the_others_set_and_the_join_loses_nothing() -> None:
    run = Lived(
        diagram(
            start("s"), parallel("split"), user("a"), user("b"), parallel("join"), script("sum", "n = x + y"), end("e"),
            path("s", "split", "a", "join", "sum", "e"), path("split", "b", "join"),
        )
    )  # fmt: skip
    run.start(x=0, y=0)
    run.complete("a", x=1)
    assert run.variables == {"x": 1, "y": 0}
    run.complete("b", y=2)
    assert run.variables == {"x": 1, "y": 2, "n": 3}


EXCESS = diagram(
    start("s"), parallel("split"), sub("side", start("i"), user("work"), end("j"), path("i", "work", "j")),
    boundary("extra", "side", message("extra"), interrupts=False), user("b"), exclusive("meet"), user("a"),
    parallel("join"), user("after"), end("e"),
    path("s", "split", "side", "meet", "a", "join", "after", "e"), path("extra", "meet"), path("split", "b", "join"),
)  # fmt: skip


def test_a_second_token_on_a_flow_stays_for_the_next_time() -> None:
    run = Lived(EXCESS)
    run.start()
    run.message("extra")
    assert run.open == ["a", "b", "extra", "work"]
    run.complete("a")
    run.complete("work")
    assert run.open == ["a", "b"]
    assert run.complete("a").active == ["join#2"]
    assert run.open == ["b"]
    step = run.complete("b")
    assert step.left == ["b#1", "join#1"]  # the first token that came goes on with this one, the second stays
    run.complete("after")
    assert run.tokens == {"join#2"} and not run.live.ended


def test_flows_that_lead_straight_from_the_split_to_the_join_count_each() -> None:
    run = Lived(
        diagram(
            start("s"), parallel("split"), user("a"), parallel("join"), end("e"), path("s", "split", "a", "join", "e"),
            '<sequenceFlow id="one" sourceRef="split" targetRef="join"/>',
            '<sequenceFlow id="two" sourceRef="split" targetRef="join"/>',
        )
    )  # fmt: skip
    step = run.start()
    assert step.active == ["a#1", "join#1", "join#2"]
    assert run.complete("a").ended


def test_a_gateway_can_join_and_split_at_once() -> None:
    run = Lived(
        diagram(
            start("s"), parallel("split"), user("a"), user("b"), parallel("both"), user("c"), user("d"), end("e"),
            path("s", "split", "a", "both", "c", "e"), path("split", "b", "both", "d", "e"),
        )
    )  # fmt: skip
    run.start()
    run.complete("b")
    assert run.open == ["a"]
    run.complete("a")
    assert run.open == ["c", "d"]


def test_branches_can_end_separately_and_the_instance_ends_with_the_last() -> None:
    run = Lived(
        diagram(
            start("s"), parallel("split"), user("a"), user("b"), end("e"), end("f", outcome="DONE"),
            path("s", "split", "a", "e"), path("split", "b", "f"),
        )
    )  # fmt: skip
    run.start()
    assert not run.complete("b").ended
    step = run.complete("a")
    assert step.ended and step.outcome == "DONE"  # reached on the way, told when it is over
