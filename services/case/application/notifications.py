"""Notifications of suspensions and exclusions as schools' systems send them: one JSON object a line, in any order, more
than once, corrected or cancelled by a higher revision of the same id."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated

import msgspec

from services.case.application.exclusions import Period, by_term
from services.case.clock.bank_holidays import FIRST_YEAR, LAST_YEAR
from services.case.clock.half_days import term_of
from services.case.clock.school_calendar import DayBook
from services.case.domain.pupil import Entry, Kind, rank

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Count = Annotated[int, msgspec.Meta(ge=0)]
HalfDays = Annotated[int, msgspec.Meta(ge=0, le=400)]  # a school year has 380
DaysOf = Callable[[str], DayBook | None]  # the school days of a school, where its calendar is known


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """A suspension (`SUSP`), lunchtime suspension (`LNCH`) or permanent exclusion (`PERM`), as notified.

    `half_days`: of a lunchtime suspension its lunchtimes · `cancelled`: it counts nothing but the `half_days_out`, for
    which the pupil was out before the cancellation (SI 2012/1033 as amended by SI 2023/571).
    """

    id: Text
    revision: Count
    upn: Text
    school_urn: Text
    type: Kind
    start: date
    half_days: HalfDays = 0
    cancelled: bool = False
    half_days_out: HalfDays = 0
    reasons: list[Text] = []


MAY_BE_NUMBERS = ("id", "school_urn")  # systems that have them as numbers write them so
EXPECTED = {
    **dict.fromkeys(("id", "upn", "school_urn"), "a text of up to 200 characters"),
    "revision": "a whole number, not below 0",
    **dict.fromkeys(("half_days", "half_days_out"), "a whole number from 0 to 400"),
    "type": "SUSP, LNCH or PERM",
    "start": "a date such as 2026-10-19",
    "cancelled": "true or false",
    "reasons": "a list of codes",
}


def sorted_out(lines: Iterable[str | bytes]) -> tuple[dict[int, Notification], dict[int, str]]:
    """By number of the line: the notifications, and why a line is none, without what it says, which may name a pupil.
    Empty lines are passed over."""
    told: dict[int, Notification] = {}
    wrong: dict[int, str] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            said = _read(line)
            if isinstance(said, str):
                wrong[number] = said
            else:
                told[number] = said
    return told, wrong


def _read(line: str | bytes) -> Notification | str:
    try:
        given = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "it is not JSON"
    if not isinstance(given, dict):
        return "it is not a JSON object"
    as_text = {name: str(given[name]) for name in MAY_BE_NUMBERS if type(given.get(name)) is int}
    try:
        told = msgspec.convert({**given, **as_text}, Notification)
    except msgspec.ValidationError as error:
        return _why(str(error))
    if not FIRST_YEAR < told.start.year < LAST_YEAR - 1:
        return "start is not a date that can be meant"
    if told.type != "PERM" and not told.cancelled and "half_days" not in given:
        return "half_days is missing"
    return told


def _why(error: str) -> str:
    if missing := re.search(r"required field `(\w+)`", error):
        return f"{missing[1]} is missing"
    at = re.search(r"at `\$\.(\w+)", error)
    return f"{at[1]} is not {EXPECTED[at[1]]}" if at else "it is not as expected"


def entry_of(told: Notification, authority: str, days: DayBook | None) -> Entry:
    """The entry of a notification. Half days fall on the school's days; where these are not known, all fall in the
    statutory term of the first."""
    half_days = told.half_days_out if told.cancelled else told.half_days
    kind: Kind = "SUSP" if told.cancelled and told.type == "PERM" else told.type  # days out before it was cancelled
    terms, end = _counted(Period(kind, told.start, half_days), days)
    return Entry(
        id=told.id,
        revision=told.revision,
        kind=told.type,
        authority=authority,
        school=told.school_urn,
        start=told.start,
        half_days=told.half_days,
        terms=terms,
        cancelled=told.cancelled,
        end=end,
        reasons=told.reasons,
    )


def _counted(period: Period, days: DayBook | None) -> tuple[dict[str, int], date | None]:
    if period.kind == "PERM" or not period.half_days:
        return {}, None
    if days is None:
        term = term_of(period.start)
        return {f"{term.school_year} {term.name}": period.half_days}, None
    taken = period.taken(days)
    return by_term(taken), taken[-1][0]


def counting(notifications: Iterable[Notification], days_of: DaysOf) -> dict[str, list[Entry]]:
    """By pupil number, the entries that count: of each id the highest revision, whoever it names."""
    latest: dict[str, tuple[str, Entry]] = {}
    for told in notifications:
        entry = entry_of(told, "", days_of(told.school_urn))
        known = latest.get(told.id)
        if known is None or (rank(entry), told.upn) > (rank(known[1]), known[0]):
            latest[told.id] = told.upn, entry
    pupils: dict[str, list[Entry]] = {}
    for upn, entry in latest.values():
        pupils.setdefault(upn, []).append(entry)
    return pupils
