"""Cases of a few events, written straight into the store: also events that cannot be published."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from contracts.chain import GENESIS
from services.case.application.reference import stream_of
from services.case.domain import events as e
from services.case.domain.meta import Actor, Event, Meta
from services.case.domain.pupil import Entry
from services.case.wiring import House

AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
META = Meta(Actor("asha", "caseworker", "937"), date(2026, 11, 3))
ENTRY = Entry(
    id="SU-2026-000042.1",
    revision=1,
    kind="SUSP",
    authority="937",
    school="900001",
    start=date(2026, 10, 21),
    half_days=3,
    terms={"2026/27 autumn": 3},
    cancelled=False,
)


class Stream:
    """One case's stream: opened, then whatever is added."""

    def __init__(self, house: House, number: int) -> None:
        self._store = house.store
        self.ref = f"MM-2026-{number:06}"
        self.id = stream_of(self.ref)
        self._version, self._hash = 0, GENESIS
        self.add(opened(self.ref))

    def add(self, *events: Event) -> Sequence[int]:
        """Their positions."""
        appended = self._store.append(self.id, self._version, self._hash, events, AT)
        positions = appended.positions.result(30)
        if appended.key is not None:
            self._store.keys.keep(appended.key)
        self._version, self._hash = self._version + len(events), appended.hash
        return positions

    def notes(self, *numbers: int) -> Sequence[int]:
        return self.add(*(e.NoteAdded(meta=META, note=number, personal={"text": "Rang."}) for number in numbers))


def opened(ref: str) -> e.CaseOpened:
    return e.CaseOpened(
        meta=META,
        ref=ref,
        process="managed_move",
        authority="937",
        home_school="900001",
        policy="0" * 64,
        parties={},
        form="refer",
        answers={},
        facts={},
        personal={"facts": {"pupil_surname": "Example"}},
    )


def breaking_its_contract() -> Event:
    """Notes are counted from one."""
    return e.NoteAdded(meta=META, note=-1)


def of_size(bytes: int) -> Event:
    """An event whose record has about so many bytes."""
    fields = {f"field_{number:06}": "x" * 32 for number in range(bytes // 50)}
    return e.Milestone(meta=META, name="managed_move.ended", instance=1, element="end", outcome="x", fields=fields)
