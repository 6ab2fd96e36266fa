"""A date that somebody must keep, with what is needed to show day by day how it was counted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec

Unit = Literal["school_days", "working_days", "school_weeks", "calendar_days", "calendar_weeks", "calendar_months"]
Counting = Literal[
    "within",  # the anchor is day 0
    "inclusive",  # the anchor is day 1, or the first school day after it
    "before_clear",  # neither the anchor nor the day due counts
    "before_lenient",  # the day due counts, the anchor does not
    "on",  # the day itself
    "deemed_service",  # when a letter sent by first-class post counts as given
]


class Skipped(msgspec.Struct, frozen=True, array_like=True):
    """A run of days, both ends included, that did not count. Weekends inside and around are not stated."""

    first: date
    last: date
    reason: str


class DueDate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`due` is `count` `unit`s from `anchor` by `rule`; the due day itself is in time until its end.

    `calendars` whose school days were counted (URN, or the authority's) · `skipped` days in between ·
    `provisional` with `assumed`: which calendars were missing and what stood in for them ·
    `compared`: what each calendar gave, where the date had to be safe for two schools ·
    `served`: how the anchor itself came about, where a letter started the count.
    """

    due: date
    anchor: date
    rule: Counting
    count: int = 0
    unit: Unit = "school_days"
    provisional: bool = False
    calendars: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    assumed: tuple[str, ...] = ()
    compared: tuple[tuple[str, date], ...] = ()
    served: "DueDate | None" = None


def schools_in(stored: Mapping[str, Any]) -> frozenset[str]:
    """The schools on whose days a stored `DueDate` rests; none where no school's days were counted."""
    compared = [name for names, _ in stored.get("compared", ()) for name in names.split(" and ")]
    return frozenset([*stored.get("calendars", ()), *compared])


def served_by(letter: DueDate, limit: DueDate) -> DueDate:
    """A limit that runs from the day on which a letter counts as given, with that day explained too."""
    assert limit.anchor == letter.due
    return msgspec.structs.replace(limit, served=letter)


def earlier_of(dues: Sequence[DueDate]) -> DueDate:
    """The earliest date, safe for every school concerned, with what the other calendars gave."""
    return _compared(dues, min(dues, key=lambda due: due.due))


def later_of(dues: Sequence[DueDate]) -> DueDate:
    """The latest date, by which every school concerned has had its days."""
    return _compared(dues, max(dues, key=lambda due: due.due))


def _compared(dues: Sequence[DueDate], chosen: DueDate) -> DueDate:
    if len({due.calendars for due in dues}) < 2:
        return chosen
    each = tuple((" and ".join(due.calendars), due.due) for due in dues)
    assumed = tuple(dict.fromkeys(note for due in dues for note in due.assumed))
    return msgspec.structs.replace(chosen, compared=each, assumed=assumed, provisional=bool(assumed))
