"""Totals of suspension in half days: the 45-day cap of a school year and the 5 and 15 days of a term.

Half-day units throughout, two to a school day (SI 2012/1033); a lunchtime counts as one (guidance).
The school year turns after 31 July. A term is the span between the reference dates 31 December, Easter Monday
and 31 July, for schools of three and of six terms alike.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Literal

import msgspec

from services.case.clock.bank_holidays import easter_monday
from services.case.clock.calendar import ONE_DAY, academic_year_name, academic_year_of
from services.case.clock.rules import law_number
from services.case.clock.school_calendar import DayBook
from services.case.clock.school_days import nth_from

HALF_DAYS_IN_A_DAY = 2

TermName = Literal["autumn", "spring", "summer"]
BoardDuty = Literal["none", "on_request", "always"]


class Term(msgspec.Struct, frozen=True, order=True):
    """A statutory term, such as spring 2026/27. Sorts by time: the names are in the order of the alphabet."""

    school_year: str
    name: TermName

    @property
    def span(self) -> tuple[date, date]:
        """First and last day, both included."""
        start = int(self.school_year[:4])
        easter = easter_monday(start + 1)
        if self.name == "autumn":
            return date(start, 8, 1), date(start, 12, 31)
        if self.name == "spring":
            return date(start + 1, 1, 1), easter
        return easter + ONE_DAY, date(start + 1, 7, 31)


class CapCheck(msgspec.Struct, frozen=True):
    """What a suspension would do to the year's total, all in half days; `left` is what may still be given."""

    total: int
    limit: int
    left: int

    @property
    def allowed(self) -> bool:
        """Whether the total stays within the limit; the limit itself may be reached."""
        return self.total <= self.limit


def term_of(day: date) -> Term:
    """The statutory term of a day."""
    year = academic_year_name(academic_year_of(day))
    if day.month >= 8:
        return Term(year, "autumn")
    return Term(year, "spring" if day <= easter_monday(day.year) else "summer")


def check_cap(used: int, proposed: int, on: date) -> CapCheck:
    """Whether `proposed` half days may be added to those `used` in the school year, at all schools (X8)."""
    limit = law_number("susp.maxDaysPerAcademicYear", on) * HALF_DAYS_IN_A_DAY
    return CapCheck(total=used + proposed, limit=limit, left=max(limit - used, 0))


def board_duty(term_total: int, on: date) -> BoardDuty:
    """What the governing board owes for a term total in half days (X9 to X11)."""
    if term_total > law_number("susp.thresholdHigh", on) * HALF_DAYS_IN_A_DAY:
        return "always"
    if term_total > law_number("susp.thresholdLow", on) * HALF_DAYS_IN_A_DAY:
        return "on_request"
    return "none"


def term_totals(entries: Iterable[tuple[date, int]]) -> dict[Term, int]:
    """Half days by term, from days with the half days taken on each, in any order."""
    totals: Counter[Term] = Counter()
    for day, half_days in entries:
        totals[term_of(day)] += half_days
    return dict(sorted(totals.items()))


def year_total(entries: Iterable[tuple[date, int]], school_year: str) -> int:
    """Half days of one school year, such as 2026/27."""
    return sum(units for day, units in entries if academic_year_name(academic_year_of(day)) == school_year)


def spread(book: DayBook, start: date, half_days: int, *, afternoon: bool = False) -> Iterator[tuple[date, int]]:
    """The school days that a suspension of so many half days takes up, with the half days of each.

    A day with one session takes one; so does the first, if it starts with the afternoon. An odd half day falls on
    the last day.
    """
    day = start
    while half_days > 0:
        day = nth_from(book, 1, day)
        one = afternoon or day in book.year(academic_year_of(day)).half_days
        sessions = 1 if one else HALF_DAYS_IN_A_DAY
        yield day, min(sessions, half_days)
        half_days -= sessions
        day += timedelta(days=1)
        afternoon = False


def lunchtimes(book: DayBook, start: date, count: int) -> Iterator[date]:
    """The school days of so many lunchtime suspensions, one a day."""
    day = start
    for _ in range(count):
        day = nth_from(book, 1, day)
        yield day
        day += timedelta(days=1)
