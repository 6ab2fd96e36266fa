"""What fails half way leaves nothing to be trusted; the inputs give the state before."""

from typing import Any

import pytest

from services.case.process.engine import Complete, Instance, Stale, Start
from services.case.process.engine.gateways import NoWayOn
from services.case.process.engine.scope import Runaway
from services.case.process.expressions import ExpressionFailed
from tests.process.engine.diagrams import (
    diagram,
    end,
    exclusive,
    parallel,
    path,
    script,
    service,
    several,
    start,
    sub,
    user,
    when,
)
from tests.process.engine.lived import Lived, define, nothing


class Offline(Exception):
    pass


def offline(operator: str, parameters: dict[str, Any]) -> None:
    raise Offline(operator)


def failing(what: str) -> bytes:
    return diagram(
        start("s"), user("a"), parallel("split"), user("b"), what, user("c"), parallel("join"), end("e"),
        path("s", "a", "split", "b", "join", "e"), path("split", "w", "c", "join"),
    )  # fmt: skip


def test_an_operator_that_raises() -> None:
    run = Lived(failing(service("w", "send_notice")))
    run.start(x=[1])
    run.fails(Complete("a#1", {"x": [2]}), Offline, offline)
    assert run.open == ["a"] and run.variables == {"x": [1]}
    run.complete("a", x=[2])
    run.complete("b")
    assert run.complete("c").ended


def test_a_script_that_cannot_be_worked_out_inside_a_sub_process_of_many() -> None:
    body = start("i"), script("t", "y = x['n']"), user("d"), end("j"), path("i", "t", "d", "j")
    run = Lived(failing(sub("w", several("people", "out", "x", "y"), *body)))
    run.start(people=[{"n": 1}, {}])
    run.fails(Complete("a#1"), ExpressionFailed)
    run.complete("a", people=[{"n": 1}, {"n": 2}])
    assert run.open == ["b", "d", "d"]


def test_a_gateway_with_no_way_on() -> None:
    run = Lived(
        diagram(
            start("s"), user("a"), exclusive("x"), user("b"), user("c"), end("e"),
            path("s", "a", "x"), when("x", "b", "n == 1"), when("x", "c", "n == 2"), path("b", "e"), path("c", "e"),
        )
    )  # fmt: skip
    run.start(n=0)
    run.fails(Complete("a#1", {"n": 3}), NoWayOn)
    run.complete("a", n=2)
    assert run.open == ["c"]


def test_a_snapshot_of_another_format_is_not_read() -> None:
    definition = define(failing(user("w")))
    instance = Instance.new(definition)
    instance.apply(Start({}), nothing)
    for state in (b"[0]", b"[99,1,2,3]", instance.snapshot().replace(b"[1,", b'["1",', 1)):
        with pytest.raises(Stale):
            Instance.restore(definition, state)


def test_a_loop_without_end() -> None:
    run = Lived(diagram(
        start("s"), user("a"), exclusive("m"), script("w", "n += 1"), exclusive("x", otherwise="e"), end("e"),
        path("s", "a", "m", "w", "x", "e"), when("x", "m", "n > 0"),
    ))  # fmt: skip
    run.start(n=0)
    run.fails(Complete("a#1", {}), Runaway)
    assert run.open == ["a"] and run.variables == {"n": 0}
