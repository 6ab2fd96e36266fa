"""What a subscriber would get of a case: events as the store would keep them, chained and sealed, then published."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec

from services.case.application.files import HOUSE, read_reference
from services.case.application.reference import Reference
from services.case.domain.meta import Event
from services.case.process.bundle import process_folders
from services.case.publishing import integration_event
from services.case.samples import sample_directory
from services.case.scenarios import REF, run_scenario, scenarios_of
from services.case.store.cipher import StreamKey
from services.case.store.mapper import Recorded, to_recorded, to_stored

THIRD = Path(__file__).parents[1] / "third_council"
STREAM = UUID("7c1f3f0e-2f5f-5b5e-9d35-6b1d0c9f0a52")
KEY = bytes(range(32))
RECORDED_AT = "2026-11-03T09:00:00.000000Z"


class Played(msgspec.Struct, frozen=True):
    """A scenario that was played: what is stored of it, and what is published."""

    recorded: list[Recorded]
    published: list[dict[str, Any]]

    @property
    def sealed(self) -> set[str]:
        """Every text that was sealed."""
        return {text for recorded in self.recorded for text in leaves(recorded.event.personal) if isinstance(text, str)}


def stored(events: Iterable[Event], stream: UUID = STREAM) -> Iterator[Recorded]:
    """Events as a stream of the log, read back."""
    previous, key = bytes(32), StreamKey(stream, KEY)
    for version, event in enumerate(events, start=1):
        row, previous = to_stored(event, stream, version, previous, RECORDED_AT, key)
        yield to_recorded(stream, version, row.topic, row.state, 1000 + version, lambda _: key)


def _scenarios() -> Iterator[tuple[str, Path, Path, dict[str, Any]]]:
    for authorities, root in ((HOUSE / "authorities", HOUSE), (THIRD / "authorities", THIRD / "bpmn")):
        for process, folder in process_folders([root]).items():
            for scenario in scenarios_of(folder)[0]:
                yield f"{process}: {scenario['name']}", authorities, folder, scenario


SCENARIOS = {name: (authorities, folder, scenario) for name, authorities, folder, scenario in _scenarios()}


@cache
def _reference(authorities: Path) -> Reference:
    return read_reference([HOUSE, THIRD / "bpmn"], authorities, sample_directory())


@cache
def play(name: str) -> Played:
    """A scenario of the house, or of a third council whose bundles are its own."""
    authorities, folder, scenario = SCENARIOS[name]
    events = run_scenario(_reference(authorities), scenario, scenarios_of(folder)[1]).events
    recorded = list(stored(events, uuid5(STREAM, name)))
    return Played(recorded, [integration_event(one, "937", REF) for one in recorded])


def leaves(value: Any) -> Iterator[Any]:
    """The values within, not the names of fields."""
    if isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    elif value is not None:
        yield value
