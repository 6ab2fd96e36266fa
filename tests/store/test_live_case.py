"""A case built from what is stored is the case that was lived through: engine, decisions and all."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.chain import GENESIS
from services.case.application.files import HOUSE
from services.case.application.live import Live
from services.case.application.reference import Reference, stream_of
from services.case.application.running import Running
from services.case.domain import events as e
from services.case.domain.meta import Event
from services.case.domain.trace import Effect
from services.case.process.bundle import process_folders
from services.case.process.engine import Diverged
from services.case.scenarios import REF, Run, scenarios_of
from services.case.store.event_store import EventStore

FOLDERS = process_folders([HOUSE])
SETS = {name: scenarios_of(folder)[1] for name, folder in FOLDERS.items()}
ALL = [(name, scenario) for name, folder in FOLDERS.items() for scenario in scenarios_of(folder)[0]]
IDS = [f"{name}: {scenario['name']}" for name, scenario in ALL]
R = TypeVar("R", bound=Run)
every_scenario = pytest.mark.parametrize(("process", "scenario"), ALL, ids=IDS)


class Lived(Run):
    """A scenario, and after each decision how many events there are and what every running engine is, as bytes."""

    def do(self, act: Callable[[Running], None]) -> None:
        super().do(act)
        self.moments = [*getattr(self, "moments", []), (len(self.events), engines(self.live))]


class Reloaded(Run):
    """A scenario in which the case is built anew from its events before every decision."""

    def do(self, act: Callable[[Running], None]) -> None:
        self.live = Live(stream_of(REF), self.reference)
        for event in self.events:
            self.live.follow(event)
        super().do(act)


def engines(live: Live) -> dict[int, bytes]:
    return {i.id: live.engine(i.id).snapshot() for i in live.case.instances.values() if not i.ended}


def live_through(kind: type[R], reference: Reference, process: str, scenario: dict[str, Any]) -> R:
    run = kind(reference, scenario, SETS[process])
    for step in scenario.get("when", []):
        run.step(step)
    return run


@every_scenario
def test_what_is_stored_gives_the_same_engines_after_every_decision(
    process: str, scenario: dict[str, Any], reference: Reference, store: EventStore
) -> None:
    lived = live_through(Lived, reference, process, scenario)
    store.append(stream_of(REF), 0, GENESIS, lived.events, datetime.now(UTC)).positions.result(20)

    stored = [recorded.event for recorded in store.load(stream_of(REF))]

    assert list(map(msgspec.json.encode, stored)) == list(map(msgspec.json.encode, lived.events))
    followed, upto = Live(stream_of(REF), reference), 0
    for count, snapshots in lived.moments:
        for event in stored[upto:count]:
            followed.follow(event)
        upto = count
        assert engines(followed) == snapshots
    anew = Live(stream_of(REF), reference)
    for event in stored:
        anew.follow(event)
    assert engines(anew) == lived.moments[-1][1]
    assert anew.case == followed.case == lived.live.case


@every_scenario
def test_whoever_decides_on_a_case_built_anew_decides_the_same(
    process: str, scenario: dict[str, Any], reference: Reference
) -> None:
    lived = live_through(Run, reference, process, scenario)
    reloaded = live_through(Reloaded, reference, process, scenario)

    assert reloaded.events == lived.events


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ALL), st.data())
def test_it_does_not_matter_when_an_engine_is_asked_for(
    reference: Reference, chosen: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    lived = live_through(Lived, reference, *chosen)
    asked = data.draw(st.sets(st.integers(0, len(lived.moments) - 1)))
    live, upto = Live(stream_of(REF), reference), 0
    for number, (count, snapshots) in enumerate(lived.moments):
        for event in lived.events[upto:count]:
            live.follow(event)
        upto = count
        if number in asked:
            assert engines(live) == snapshots
    assert engines(live) == lived.moments[-1][1]


CHANGES: dict[str, Callable[[Any], Any]] = {
    "path": lambda path: path[:-1] if path else [("flow", "element#1")],
    "left": lambda left: [*left, "element#1"],
    "active": lambda active: active[1:] if active else ["element#1"],
    "awaited": lambda awaited: [*awaited, ("element#1", "message")],
    "effects": lambda effects: effects[:-1] if effects else [Effect("element", "set_fact", {})],
    "ended": lambda ended: not ended,
    "outcome": lambda outcome: "SOMETHING_ELSE",
}


@pytest.mark.parametrize("part", CHANGES)
def test_a_record_of_a_step_that_says_something_else_raises_the_alarm(reference: Reference, part: str) -> None:
    lived = live_through(Run, reference, *ALL[0])
    inputs = [n for n, event in enumerate(lived.events) if isinstance(event, e.ProcessStarted | e.TaskCompleted)]
    for place in inputs[:8]:
        trace: Any = lived.events[place].trace  # type: ignore[attr-defined]
        changed = msgspec.structs.replace(trace, **{part: CHANGES[part](getattr(trace, part))})
        other: Event = msgspec.structs.replace(lived.events[place], trace=changed)
        live = Live(stream_of(REF), reference)
        for event in lived.events[:place]:
            live.follow(event)
        live.follow(other)
        with pytest.raises(Diverged):
            live.engine(other.instance)  # type: ignore[attr-defined]
