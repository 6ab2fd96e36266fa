"""A school's calendars year after year, and what stands in, openly, for a year whose calendar is missing."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, Protocol

from services.case.clock.bank_holidays import check_reach
from services.case.clock.calendar import (
    CLOSURE_REASONS,
    Calendar,
    academic_year_name,
    academic_year_of,
    weekdays,
)
from services.case.clock.school_year import SchoolYear, monday_to_friday, same_day_in

UNPLANNED = CLOSURE_REASONS["unplanned"]


class DayBook(Protocol):
    """Days that can be counted: of one school, of two at once, or working days."""

    @property
    def names(self) -> tuple[str, ...]:
        """Whose days."""
        ...

    @property
    def unit(self) -> Literal["school_days", "working_days"]:
        """What a day in it is called."""
        ...

    def year(self, start_year: int) -> SchoolYear:
        """The academic year that began in August of `start_year`, laid out for counting."""
        ...


class SchoolCalendar:
    """One school's days. A year without a calendar of its own is laid out too, but says so in `assumed`.

    What stands in, best first: the authority's default calendar of that year; the terms of the nearest year
    of the school, then of the authority, on the same dates; Monday to Friday without bank holidays.
    With `year_group` a day on which that year has no session is no school day. `closures` are days on which the school
    was closed, whatever its calendars say.
    """

    unit: Literal["school_days"] = "school_days"

    def __init__(
        self,
        own: Iterable[Calendar] = (),
        default: Iterable[Calendar] = (),
        *,
        name: str | None = None,
        year_group: str | None = None,
        closures: Iterable[date] = (),
    ) -> None:
        self._own = {calendar.start_year: calendar for calendar in own}
        self._default = {calendar.start_year: calendar for calendar in default}
        self._year_group = year_group
        self._closures = frozenset(closures)
        held = [*self._own.values(), *self._default.values()]
        self.name = name or (held[0].holder if held else "a school without calendars")
        self.names = (self.name,)
        self._laid_out: dict[int, SchoolYear] = {}

    def year(self, start_year: int) -> SchoolYear:
        """The academic year that began in August of `start_year`, laid out for counting."""
        found = self._laid_out.get(start_year)
        if found is None:
            found = self._laid_out[start_year] = self._lay_out(start_year)
        return found

    def for_year_group(self, year_group: str | None) -> "SchoolCalendar":
        """The same calendars, for the sessions of one year group."""
        return SchoolCalendar(
            self._own.values(),
            self._default.values(),
            name=self.name,
            year_group=year_group,
            closures=self._closures,
        )

    def _lay_out(self, start_year: int) -> SchoolYear:
        check_reach(start_year)
        own = self._own.get(start_year)
        if own is not None:
            return self._as_written(own)
        missing = f"no calendar of {self.name} for {academic_year_name(start_year)}"
        default = self._default.get(start_year)
        if default is not None:
            return self._as_written(default, f"{missing}: the authority's default calendar is used")
        for calendars in (self._own, self._default):
            if calendars:
                nearest = calendars[min(calendars, key=lambda year: (abs(year - start_year), year))]
                repeated = _repeated(nearest, start_year)
                note = f"{missing}: the terms of {nearest.academic_year} are repeated on the same dates"
                return SchoolYear(self._closed(repeated.reasons(self._year_group)), assumed=note)
        assumed = f"{missing}: every Monday to Friday except bank holidays is counted"
        return SchoolYear(self._closed(dict(monday_to_friday(start_year).reasons)), assumed=assumed)

    def _as_written(self, calendar: Calendar, assumed: str = "") -> SchoolYear:
        halves = frozenset(half.day for half in calendar.half_days) - self._closures
        return SchoolYear(self._closed(calendar.reasons(self._year_group)), halves, assumed)

    def _closed(self, reasons: dict[date, str]) -> dict[date, str]:
        return {day: UNPLANNED if not why and day in self._closures else why for day, why in reasons.items()}


class JointCalendar:
    """The days on which both schools are open, as a joint meeting needs."""

    unit: Literal["school_days"] = "school_days"

    def __init__(self, one: DayBook, other: DayBook) -> None:
        self._both = (one, other)
        self.names = tuple(dict.fromkeys(one.names + other.names))
        self._laid_out: dict[int, SchoolYear] = {}

    def year(self, start_year: int) -> SchoolYear:
        """The academic year that began in August of `start_year`, laid out for counting."""
        found = self._laid_out.get(start_year)
        if found is None:
            years = [book.year(start_year) for book in self._both]
            reasons = {day: self._reason(day, years) for day in weekdays(start_year)}
            halves = years[0].half_days | years[1].half_days
            assumed = " · ".join(dict.fromkeys(year.assumed for year in years if year.assumed))
            found = self._laid_out[start_year] = SchoolYear(reasons, halves, assumed)
        return found

    def _reason(self, day: date, years: list[SchoolYear]) -> str:
        one, other = (year.reasons[day] for year in years)
        if one == other or (one and other):
            return one
        at = self._both[0] if one else self._both[1]
        return f"{one or other} at {' and '.join(at.names)}"


class WorkingDays:
    """Monday to Friday except bank holidays in England and Wales."""

    unit: Literal["working_days"] = "working_days"
    names: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._laid_out: dict[int, SchoolYear] = {}

    def year(self, start_year: int) -> SchoolYear:
        """The twelve months from August of `start_year`, laid out for counting."""
        found = self._laid_out.get(start_year)
        if found is None:
            check_reach(start_year)
            found = self._laid_out[start_year] = monday_to_friday(start_year)
        return found


WORKING_DAYS = WorkingDays()


def why_not(book: DayBook, day: date) -> str:
    """Why it is no school day, or an empty text where it is one."""
    return book.year(academic_year_of(day)).reasons.get(day, "weekend")


def is_school_day(book: DayBook, day: date) -> bool:
    """Whether the school has a session on that day."""
    return not why_not(book, day)


def _repeated(calendar: Calendar, start_year: int) -> Calendar:
    """The ranges of a calendar on the same dates of another year, without its closures and exceptions."""
    shift = start_year - calendar.start_year
    ranges = tuple((same_day_in(shift, first), same_day_in(shift, last)) for first, last in calendar.ranges)
    return Calendar(academic_year=academic_year_name(start_year), ranges=ranges, urn=calendar.urn)
