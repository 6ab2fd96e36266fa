"""More than a million dates against a second way of counting: one day after another, on a plain set of dates.

The second way reads the calendars, and knows the bank holidays, on its own.
"""

import random
import re
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta

from services.case.clock import school_days
from services.case.clock.calendar import Calendar, Closed
from services.case.clock.calendar_text import read_calendar
from services.case.clock.explanation import explain
from services.case.clock.school_calendar import SchoolCalendar
from tests.clock.schools import CALENDARS

SEED = 20261006
MADE_UP_SCHOOLS = 11
COUNTS = 60
WEEKS = 12
DAY = timedelta(days=1)

# England and Wales, as published by the government.
BANK_HOLIDAYS = {
    *(date(2025, m, n) for m, n in ((8, 25), (12, 25), (12, 26))),
    *(date(2026, m, n) for m, n in ((1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28))),
    *(date(2027, m, n) for m, n in ((1, 1), (3, 26), (3, 29), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28))),
    *(date(2028, m, n) for m, n in ((1, 3), (4, 14), (4, 17), (5, 1), (5, 29))),
}

Year = tuple[list[tuple[date, date]], list[date]]


def test_a_million_dates_agree_with_counting_day_by_day() -> None:
    chance = random.Random(SEED)
    compared = 0
    for school, open_days in _schools(chance):
        for offset in range(365):
            anchor = date(2026, 8, 1) + offset * DAY
            compared += _compare(school, open_days, anchor)
    assert compared >= 1_000_000


def test_what_is_explained_is_what_was_counted() -> None:
    chance = random.Random(SEED)
    for school, open_days in _schools(chance):
        for _ in range(60):
            anchor = date(2026, 8, 1) + chance.randrange(365) * DAY
            count = chance.randrange(1, COUNTS)
            counted = [line for line in explain(school_days.within(school, count, anchor)) if _COUNTED.match(line)]
            walked = [day for day, _ in zip(_walk(open_days, anchor + DAY, DAY), range(count), strict=False)]
            assert counted == [f"day {n}: {day:%a} {day.day} {day:%b %Y}" for n, day in enumerate(walked, 1)]


_COUNTED = re.compile(r"day [1-9]\d*: ")


def _compare(school: SchoolCalendar, open_days: set[date], anchor: date) -> int:
    forwards = _walk(open_days, anchor + DAY, DAY)
    inclusive = _walk(open_days, anchor, DAY)
    backwards = _walk(open_days, anchor - DAY, -DAY)
    behind = next(backwards)
    for count in range(1, COUNTS + 1):
        assert school_days.within(school, count, anchor).due == next(forwards)
        assert school_days.nth_day(school, count, anchor).due == next(inclusive)
        assert school_days.before(school, count, anchor, lenient=True).due == behind
        behind = next(backwards)
        assert school_days.before(school, count, anchor).due == behind
    for count, last in zip(range(1, WEEKS + 1), _week_ends(open_days, anchor), strict=False):
        assert school_days.school_weeks(school, count, anchor).due == last
    return 4 * COUNTS + WEEKS


def _walk(open_days: set[date], day: date, step: timedelta) -> Iterator[date]:
    while True:
        if day in open_days:
            yield day
        day += step


def _week_ends(open_days: set[date], day: date) -> Iterator[date]:
    """The last school day of each week that has one on or after the first day."""
    last = None
    while True:
        if day in open_days:
            last = day
        if day.weekday() == 6 and last is not None:
            yield last
            last = None
        day += DAY


def _schools(chance: random.Random) -> Iterator[tuple[SchoolCalendar, set[date]]]:
    for letter in "wab":
        text = (CALENDARS / f"{letter}.toml").read_text()
        table = tomllib.loads(text)
        written: Year = (
            [(first, last) for first, last in table["ranges"]],
            [closure["date"] for closure in table.get("closed", ())],
        )
        before, after = _made_up(chance, 2025), _made_up(chance, 2027)
        own = [_calendar(2025, before), read_calendar(text, f"{letter}.toml"), _calendar(2027, after)]
        yield SchoolCalendar(own), _open_days([before, written, after])
    for _ in range(MADE_UP_SCHOOLS):
        years = [_made_up(chance, year) for year in (2025, 2026, 2027)]
        yield SchoolCalendar(map(_calendar, (2025, 2026, 2027), years)), _open_days(years)


def _open_days(years: list[Year]) -> set[date]:
    found = set()
    for ranges, closed in years:
        for first, last in ranges:
            day = first
            while day <= last:
                if day.isoweekday() < 6 and day not in BANK_HOLIDAYS and day not in closed:
                    found.add(day)
                day += DAY
    return found


def _made_up(chance: random.Random, year: int) -> Year:
    """Terms with breaks of any length, beginning and ending on any day of the week, and a few closures."""
    ranges, day = [], date(year, 8, 1) + chance.randrange(20, 45) * DAY
    while day < date(year + 1, 7, 1):
        last = min(day + chance.randrange(1, 60) * DAY, date(year + 1, 7, 31))
        ranges.append((day, last))
        day = last + chance.randrange(2, 25) * DAY
    inside = [first + n * DAY for first, last in ranges for n in range((last - first).days + 1)]
    return ranges, chance.sample(inside, 8)


def _calendar(year: int, written: Year) -> Calendar:
    ranges, closed = written
    return Calendar(
        academic_year=f"{year}/{year + 1 - 2000}",
        ranges=tuple(ranges),
        urn="900099",
        closed=tuple(Closed(day=day, type="inset") for day in closed),
    )
