"""A pupil's register: one stream per pupil, the fold of its events, and what may be done to it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import msgspec

from services.case.domain import pupil_events as p
from services.case.domain.errors import EntryUnknown, RegistersAlreadyOne
from services.case.domain.meta import Event, Meta
from services.case.domain.pupil import Entry, TermTotal, rank, totals_of


class Register(msgspec.Struct):
    """The aggregate. `given`: entries that belong to another pupil's register, and to which · `goes_on_in`: the
    register of the same pupil in which all is kept since two were merged · `hash` is the store's to keep."""

    stream: UUID
    version: int = 0
    hash: bytes = bytes(32)
    entries: dict[str, Entry] = {}
    given: dict[str, UUID] = {}
    goes_on_in: UUID | None = None
    erased: bool = False

    def is_news(self, entry: Entry) -> bool:
        """Whether the entry says more than is known of its id here."""
        known = self.entries.get(entry.id)
        return known is None or rank(entry) > rank(known)

    def term_total(self, term: str) -> int:
        """Half days of one term, such as `2026/27 autumn`, at all schools."""
        return sum(entry.terms.get(term, 0) for entry in self.entries.values())

    def year_total(self, school_year: str) -> int:
        """Half days of one school year, such as `2026/27`, at all schools."""
        return sum(self.by_school(school_year).values())

    def by_school(self, school_year: str) -> dict[tuple[str, str], int]:
        """Half days of one school year by authority and school, where there are some."""
        found: defaultdict[tuple[str, str], int] = defaultdict(int)
        for entry in self.entries.values():
            found[entry.authority, entry.school] += sum(
                counted for term, counted in entry.terms.items() if term.startswith(school_year)
            )
        return {place: counted for place, counted in sorted(found.items()) if counted}

    @property
    def totals(self) -> list[TermTotal]:
        """By term, in order of time; only terms with half days."""
        return totals_of(self.entries.values())


def apply(register: Register, event: Event) -> None:
    """Change `register` to what it is after `event`, its next."""
    register.version += 1
    APPLY[type(event)](register, event)


def _entered(register: Register, event: p.ExclusionEntered) -> None:
    register.entries[event.entry.id] = event.entry


def _taken(register: Register, event: p.EntriesTaken) -> None:
    register.goes_on_in = None
    for entry in event.entries:
        register.given.pop(entry.id, None)
        if register.is_news(entry):
            register.entries[entry.id] = entry


def _given(register: Register, event: p.EntriesGiven) -> None:
    for id in event.ids:
        del register.entries[id]
        register.given[id] = event.to
    if event.merged:
        register.goes_on_in = event.to


def _erased(register: Register, event: p.RegisterErased) -> None:
    register.erased = True


APPLY: dict[type, Callable[[Register, Any], None]] = {
    p.ExclusionEntered: _entered,
    p.EntriesTaken: _taken,
    p.EntriesGiven: _given,
    p.RegisterErased: _erased,
}


def enter(register: Register, entry: Entry, meta: Meta, pupil: dict[str, str]) -> list[Event]:
    """Enter what is news; nothing where it is known or outdated. Whoever was erased is not named again."""
    if not register.is_news(entry):
        return []
    totals = totals_of([*(known for id, known in register.entries.items() if id != entry.id), entry])
    personal = {"pupil": pupil} if pupil and not register.erased else None
    return [p.ExclusionEntered(meta=meta, personal=personal, entry=entry, totals=totals)]


def move(
    giver: Register, taker: Register, ids: Iterable[str] | None, meta: Meta, reason: str
) -> tuple[p.EntriesGiven, p.EntriesTaken]:
    """The events on both registers, to be stored together: of the giver, of the taker.

    Without `ids` two registers of one pupil become one: the giver's entries, and all that comes for it, count with
    the taker. With `ids` these were the taker's pupil's all along. Raises RegistersAlreadyOne, EntryUnknown.
    """
    if giver.stream == taker.stream:
        raise RegistersAlreadyOne
    merged = ids is None
    moving = sorted(giver.entries if ids is None else set(ids))
    if not all(id in giver.entries for id in moving):
        raise EntryUnknown
    entries = [giver.entries[id] for id in moving]
    gone, came = msgspec.structs.replace(giver), msgspec.structs.replace(taker)
    gone.entries, gone.given = dict(giver.entries), dict(giver.given)
    came.entries, came.given = dict(taker.entries), dict(taker.given)
    given = p.EntriesGiven(meta=meta, to=taker.stream, merged=merged, ids=moving, totals=[])
    taken = p.EntriesTaken(meta=meta, from_=giver.stream, merged=merged, entries=entries, totals=[])
    apply(gone, given)
    apply(came, taken)
    return (
        msgspec.structs.replace(given, totals=gone.totals, personal=_because(giver, reason)),
        msgspec.structs.replace(taken, totals=came.totals, personal=_because(taker, reason)),
    )


def _because(register: Register, reason: str) -> dict[str, str] | None:
    return {"reason": reason} if reason and not register.erased else None
