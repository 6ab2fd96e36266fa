"""A pupil's suspensions and permanent exclusions, at whichever school of whichever council, and what they add up to.

Half days are the unit, two to a school day (SI 2012/1033); a lunchtime counts as one. Entries come in any order, more
than once, and corrected: the highest revision of an id counts.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

Kind = Literal["SUSP", "LNCH", "PERM"]  # suspension, lunchtime suspension, permanent exclusion (census codes)

Session = Literal["morning", "afternoon"]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A suspension or permanent exclusion as it is known at a revision.

    `half_days` as notified, of a lunchtime suspension its lunchtimes · `terms`: the half days that count, by statutory
    term such as `2026/27 autumn`; after a cancellation those that the pupil was out all the same · `each`: what one
    lunchtime counts · `session`: with which it starts · `end`: the last school day, none for a permanent exclusion ·
    `case`: the case that told of it.
    """

    id: str
    revision: int
    kind: Kind
    authority: str
    school: str
    start: date
    half_days: int
    terms: dict[str, int]
    cancelled: bool
    each: int = 1
    session: Session = "morning"
    end: date | None = None
    reasons: list[str] = []
    case: str = ""

    @property
    def counted(self) -> int:
        """Half days that count, in whichever term."""
        return sum(self.terms.values())


class TermTotal(msgspec.Struct, frozen=True, order=True):
    """What a pupil has been out in a statutory term, in half days; `lunchtimes` says how many of these were such."""

    school_year: str
    term: str
    half_days: int
    lunchtimes: int


def rank(entry: Entry) -> tuple[int, bytes]:
    """Of two entries of one id the one that ranks higher counts: by revision; of two that name one revision and differ,
    one and the same is chosen whichever came first."""
    return entry.revision, msgspec.json.encode(entry, order="sorted")


def totals_of(entries: Iterable[Entry]) -> list[TermTotal]:
    """The totals of entries that all count, by term in order of time."""
    half_days: defaultdict[str, int] = defaultdict(int)
    lunchtimes: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        for term, counted in entry.terms.items():
            half_days[term] += counted
            lunchtimes[term] += counted // entry.each if entry.kind == "LNCH" else 0
    named = ((*term.split(" "), term) for term, counted in half_days.items() if counted)
    return sorted(TermTotal(year, name, half_days[term], lunchtimes[term]) for year, name, term in named)
