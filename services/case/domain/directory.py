"""What the directories hold: schools, providers of alternative provision, and the ethical inclusion directory; and
whether an entry can be chosen on a day.

A work contact is an office with its telephone and mailbox, never a person by name.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from services.case.domain.errors import (
    Refusal,
    SchoolClosed,
    SchoolNotOpenYet,
    StrategyNotInUse,
)

Need = Literal["SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "DS", "OTH", "NSA"]
KeyStage = Literal["EY", "KS1", "KS2", "KS3", "KS4", "KS5"]
AGES: dict[
    str, tuple[int, int]
] = {  # from, to below: a school or provider has a key stage if it takes some of its ages
    "EY": (0, 5),
    "KS1": (5, 7),
    "KS2": (7, 11),
    "KS3": (11, 14),
    "KS4": (14, 16),
    "KS5": (16, 19),
}
Status = Literal["open", "closing", "proposed", "closed"]
Phase = Literal["nursery", "primary", "middle_primary", "secondary", "middle_secondary", "post_16", "all_through", ""]
YearGroup = Literal["N1", "N2", "R", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14"]
Line = Annotated[str, Meta(max_length=200)]
Words = Annotated[str, Meta(max_length=2_000)]
Link = Annotated[str, Meta(max_length=300, pattern=r"^(https://\S+)?$")]
Count = Annotated[int, Meta(ge=0, le=10_000)]
Pounds = Annotated[float, Meta(ge=0, le=1_000_000)]


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of what a directory holds: what is not said is left out."""


class School(Struct, frozen=True, gc=False):
    """What decisions ask of a school. `urn` is six digits, `authority` the code of the council it lies in."""

    urn: str
    name: str
    authority: str
    status: Status = "open"
    opens_on: date | None = None
    closed_on: date | None = None
    successors: tuple[str, ...] = ()

    def is_closed(self, day: date) -> bool:
        """A school is open on the day on which it closes."""
        return self.status == "closed" if self.closed_on is None else self.closed_on < day

    def is_open(self, day: date) -> bool:
        return not self.is_closed(day) and not self._is_yet_to_open(day)

    def _is_yet_to_open(self, day: date) -> bool:
        return self.status == "proposed" and (self.opens_on is None or self.opens_on > day)

    def refusal(self, day: date, name_of: Callable[[str], str]) -> Refusal | None:
        """Why it cannot be chosen on a day; `name_of` gives the names of its successors."""
        if self.is_closed(day):
            since = f" on {long(self.closed_on)}" if self.closed_on else ""
            after = " and ".join(f"{name_of(urn)} ({urn})" for urn in self.successors)
            return SchoolClosed(f"{self.name} closed{since}. {f'It was followed by {after}.' if after else ''}".strip())
        if self._is_yet_to_open(day):
            return SchoolNotOpenYet(f"{self.name} has not opened yet.")
        return None


class Office(Entry, frozen=True):
    """Whom to ask: an office or a post, with its telephone and mailbox."""

    office: Line = ""
    phone: Annotated[str, Meta(max_length=30)] = ""
    email: Annotated[str, Meta(max_length=200, pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""


class YearPlaces(Entry, frozen=True):
    """Places of a year group, and how many of them are free."""

    year: YearGroup
    places: Count
    free: Count = 0


class Additions(Entry, frozen=True):
    """What an authority adds to the public register of schools (domain section 7.4). `takes_part`: in its protocol of
    managed moves. Contacts are kept apart, with `Contacts`."""

    capacity: tuple[YearPlaces, ...] = ()
    counted_on: date | None = None
    takes_part: bool = True
    note: Line = ""


class Contacts(Entry, frozen=True):
    """The offices of a school, provider or offer; sealed in events."""

    contact: Office | None = None
    safeguarding: Office | None = None


class Strategy(Entry, frozen=True):
    """An entry of the ethical inclusion directory (domain section 13.1): what helps, for whom, and where to ask.

    `rungs` are codes of the authority's ladder; `areas` names of districts, none for all; `waiting_weeks` about how
    long one waits. `link` and `version` are those of the document, where it is one.
    """

    title: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Literal[
        "strategy", "outreach", "school_support", "transition", "protocol", "send_guidance", "template", "training"
    ]
    purpose: Words = ""
    steps: tuple[Line, ...] = ()
    needs: tuple[Need, ...] = ()
    rungs: tuple[Annotated[str, Meta(max_length=60)], ...] = ()
    phases: tuple[Phase, ...] = ()
    areas: tuple[Line, ...] = ()
    time: Line = ""
    evidence: Words = ""
    cost: Line = ""
    waiting_weeks: Count | None = None
    link: Link = ""
    version: Line = ""
    in_use_from: date | None = None
    in_use_until: date | None = None

    def refusal(self, day: date) -> Refusal | None:
        """Why it cannot be chosen on a day."""
        if self.in_use_until is not None and self.in_use_until < day:
            return StrategyNotInUse(f"“{self.title}” has not been offered since {long(self.in_use_until)}.")
        if self.in_use_from is not None and self.in_use_from > day:
            return StrategyNotInUse(f"“{self.title}” is offered from {long(self.in_use_from)}.")
        return None


def key_stages(low: int | None, high: int | None) -> list[str]:
    """The key stages of a range of ages, both included; none where it is not known.

    >>> key_stages(11, 16)
    ['KS3', 'KS4']
    """
    if low is None or high is None:
        return []
    return [stage for stage, (first, below) in AGES.items() if low < below and high > first]


def long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def as_facts(entry: Struct) -> dict[str, object]:
    """An entry as plain JSON values, as events keep it."""
    facts: dict[str, object] = msgspec.json.decode(msgspec.json.encode(entry))
    return facts
