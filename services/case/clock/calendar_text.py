"""Reads a calendar from its TOML text and refuses, naming file and key, what cannot be a calendar."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import msgspec

from services.case.clock.bank_holidays import FIRST_YEAR, LAST_YEAR
from services.case.clock.calendar import Calendar, academic_year_of, days_between
from services.case.clock.refused import FileRefused, key_and_reason

_URN = re.compile(r"[1-9]\d{5}")
_AUTHORITY = re.compile(r"\d{3}")
_ACADEMIC_YEAR = re.compile(r"(\d{4})/(\d{2})")


class CalendarRefused(FileRefused):
    """This file is not a school calendar."""


def read_calendar(text: str, file: str) -> Calendar:
    """The calendar in a TOML text; `file` is only named in refusals.

    Raises CalendarRefused: bad TOML, unknown key, wrong type or code, reversed, unordered or overlapping
    ranges, a date outside the academic year, an exception that is stated twice or contradicts another.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CalendarRefused(file, "", f"is not TOML: {error}") from error
    if isinstance(table.get("urn"), int):
        table["urn"] = str(table["urn"])
    try:
        calendar = msgspec.convert(table, Calendar)
    except msgspec.ValidationError as error:
        raise CalendarRefused(file, *key_and_reason(error)) from error
    for key, reason in _faults(calendar):
        raise CalendarRefused(file, key, reason)
    return calendar


def _faults(calendar: Calendar) -> Iterator[tuple[str, str]]:
    """What is wrong, the most basic first: later checks rely on earlier ones."""
    yield from _holder_faults(calendar)
    year = _ACADEMIC_YEAR.fullmatch(calendar.academic_year)
    if year is None or (int(year[1]) + 1) % 100 != int(year[2]):
        yield "academic_year", f"{calendar.academic_year} should be two years in a row, such as 2026/27"
    elif not FIRST_YEAR <= calendar.start_year < LAST_YEAR:
        yield "academic_year", f"{calendar.academic_year} is too far away to be counted"
    for place, exception in enumerate(calendar.year_groups):
        if (exception.day is None) == (exception.days is None):
            yield f"year_group[{place}]", "has either date, or dates with the first and the last"
        if bool(exception.open) == bool(exception.closed):
            yield f"year_group[{place}]", "names either the years that it is open to or those it is closed to"
    for key, day in _dates(calendar):
        if academic_year_of(day) != calendar.start_year:
            yield key, f"{day} is not in the academic year {calendar.academic_year} (1 August to 31 July)"
    yield from _range_faults(calendar)
    yield from _closed_faults(calendar)
    yield from _exception_faults(calendar)


def _holder_faults(calendar: Calendar) -> Iterator[tuple[str, str]]:
    if (calendar.urn is None) == (calendar.authority is None):
        yield "urn", "a calendar names either a school (urn) or an authority, not both and not neither"
    if calendar.urn is not None and not _URN.fullmatch(calendar.urn):
        yield "urn", f"{calendar.urn} should have six digits"
    if calendar.urn is not None and (calendar.schools or calendar.default):
        yield "urn", "a school's own calendar has no schools and is nobody's default"
    if calendar.authority is not None and not _AUTHORITY.fullmatch(calendar.authority):
        yield "authority", f"{calendar.authority} should have three digits"
    if calendar.authority is not None and not (calendar.schools or calendar.default):
        yield "schools", "nobody follows this calendar: name schools, or say default = true"
    for place, urn in enumerate(calendar.schools):
        if not _URN.fullmatch(urn):
            yield f"schools[{place}]", f"{urn} should have six digits"
        if urn in calendar.schools[:place]:
            yield f"schools[{place}]", f"{urn} is named twice"


def _dates(calendar: Calendar) -> Iterator[tuple[str, date]]:
    for place, span in enumerate(calendar.ranges):
        yield from ((f"ranges[{place}]", day) for day in span)
    for place, closure in enumerate(calendar.closed):
        yield f"closed[{place}].date", closure.day
    for place, half in enumerate(calendar.half_days):
        yield f"half_day[{place}].date", half.day
    for place, exception in enumerate(calendar.year_groups):
        yield from ((f"year_group[{place}].{'date' if exception.day else 'dates'}", day) for day in exception.span)


def _range_faults(calendar: Calendar) -> Iterator[tuple[str, str]]:
    if not calendar.ranges:
        yield "ranges", "there is none, so no day would be a school day"
    for place, (first, last) in enumerate(calendar.ranges):
        if last < first:
            yield f"ranges[{place}]", f"ends on {last}, before it starts on {first}"
    for place, (before, after) in enumerate(pairwise(calendar.ranges), start=1):
        if after[0] <= before[1]:
            yield (
                f"ranges[{place}]",
                f"starts on {after[0]}, when the range before it lasts until {before[1]}",
            )


def _closed_faults(calendar: Calendar) -> Iterator[tuple[str, str]]:
    seen: set[date] = set()
    for place, closure in enumerate(calendar.closed):
        key = f"closed[{place}].date"
        if closure.day in seen:
            yield key, f"{closure.day} is closed twice"
        if closure.type in ("occasional", "unplanned") and not _in_ranges(calendar, closure.day):
            yield key, f"{closure.day} is outside the ranges, when the school is not open anyway"
        seen.add(closure.day)


def _exception_faults(calendar: Calendar) -> Iterator[tuple[str, str]]:
    school_days = {day for day, reason in calendar.reasons().items() if not reason}
    closed = {closure.day for closure in calendar.closed}
    seen: set[date] = set()
    for place, exception in enumerate(calendar.year_groups):
        key = f"year_group[{place}]"
        first, last = exception.span
        if last < first:
            yield f"{key}.dates", f"ends on {last}, before it starts on {first}"
        for day in days_between(first, last):
            if day in seen:
                yield key, f"{day} has an exception already: name all its years together"
            if day in closed:
                yield key, f"{day} is closed too: a day open to some is a school day, leave out the closure"
            seen.add(day)
        if not any(day in school_days for day in days_between(first, last)):
            yield key, f"{first} is no school day anyway"
    halves: set[date] = set()
    for place, half in enumerate(calendar.half_days):
        if half.day not in school_days:
            yield f"half_day[{place}].date", f"{half.day} is no school day, so it has no session"
        if half.day in halves:
            yield f"half_day[{place}].date", f"{half.day} is a half day twice"
        halves.add(half.day)


def _in_ranges(calendar: Calendar, day: date) -> bool:
    return any(first <= day <= last for first, last in calendar.ranges)
