"""Break-glass: whoever oversees reads what is in one case for a while, with a reason; and each use told with what was
looked at meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from services.case.application.looking import access_stream, as_code
from services.case.clock.now import Clock
from services.case.domain.access_events import CaseLookedAt, GlassBroken
from services.case.domain.people import OVERSIGHT, Person
from services.case.projections.glass import held_since, holding, uses
from services.case.store.event_store import EventStore
from services.case.store.mapper import Recorded

LATELY = timedelta(days=7)


class Look(msgspec.Struct, frozen=True):
    """`what` as in CaseLookedAt; `file` where it was one."""

    at: datetime
    what: str
    file: str = ""


class Use(msgspec.Struct, frozen=True):
    """`number`: its position in the log · `reason`: "" once the case was erased · `looks`: what was looked at until it
    held no more."""

    number: int
    ref: str
    person: str
    role: str
    at: datetime
    until: datetime
    reason: str
    looks: list[Look]


class BreakGlass:
    """All of it blocks."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def as_it_holds(self, person: Person) -> Person:
        """The person with what they may read now of cases that they oversee."""
        if not is_overseer(person):
            return person
        glass = holding(self._store.database, as_code(person.id), person.authority, self._clock.now())
        return msgspec.structs.replace(person, glass=glass)

    def lately(self, authority: str) -> int:
        """How many uses there were in an authority in the last seven days."""
        return held_since(self._store.database, authority, self._clock.now() - LATELY)

    def uses(self, authority: str, before: int, limit: int) -> list[Use]:
        """Each use in an authority before a position, the last first."""
        found, streams = [], {}
        for position, ref, version in uses(self._store.database, authority, before, limit):
            if ref not in streams:
                streams[ref] = self._store.load(access_stream(ref))
            found.append(_use(position, streams[ref], version))
        return found


def is_overseer(person: Person) -> bool:
    return not person.roles.isdisjoint(OVERSIGHT)


def _use(position: int, stream: Sequence[Recorded], version: int) -> Use:
    broken = stream[version - 1]
    event = broken.event
    assert isinstance(event, GlassBroken)
    looks = [
        Look(one.recorded_at, one.event.what, one.event.file)
        for one in stream[version:]
        if isinstance(one.event, CaseLookedAt) and one.event.person == event.person and one.recorded_at < event.until
    ]
    by, reason = event.meta.by, str((event.personal or {}).get("reason", ""))
    return Use(position, event.ref, by.person, by.role, broken.recorded_at, event.until, reason, looks)
