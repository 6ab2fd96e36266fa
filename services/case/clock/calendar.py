"""One school's calendar for one academic year: which days have a school session (Education Act 1996 s579)."""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Literal

import msgspec

from services.case.clock.bank_holidays import is_bank_holiday

ClosureType = Literal["inset", "bank_holiday", "occasional", "unplanned"]
YearGroup = Literal[
    "E1",
    "E2",
    "N1",
    "N2",
    "R",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "11",
    "12",
    "13",
    "14",
    "X",
]

HOLIDAY = "holiday"
BANK_HOLIDAY = "bank holiday"
CLOSURE_REASONS: dict[ClosureType, str] = {
    "inset": "INSET",
    "bank_holiday": BANK_HOLIDAY,
    "occasional": "occasional day",
    "unplanned": "unplanned closure",
}

ONE_DAY = timedelta(days=1)


class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day without a session. One that lies outside the ranges only gives that day a truer name."""

    day: date = msgspec.field(name="date")
    type: ClosureType


class HalfDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day with one session only, the one named. It is a school day."""

    day: date = msgspec.field(name="date")
    session: Literal["am", "pm"]


class YearGroupDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Days that differ by year group: open to those named only, or closed to those named only.

    A day open to some is a school day of the school, also outside its ranges; for a pupil's own count
    (`year_group` of `SchoolCalendar`) it is one only for the years that have a session.
    """

    day: date | None = msgspec.field(name="date", default=None)
    days: tuple[date, date] | None = msgspec.field(name="dates", default=None)
    open: tuple[YearGroup, ...] = ()
    closed: tuple[YearGroup, ...] = ()

    @property
    def span(self) -> tuple[date, date]:
        """First and last day, both included."""
        if self.days is not None:
            return self.days
        assert self.day is not None
        return self.day, self.day

    def admits(self, year_group: str) -> bool:
        """Whether a pupil of that year group has a session on these days."""
        return year_group in self.open if self.open else year_group not in self.closed


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The days of one academic year (1 August to 31 July), of one school or of schools that share them.

    `urn` names a school. Instead, `authority` with `schools` names schools that follow a shared calendar,
    and `authority` with `default` the calendar to fall back on, provisionally, for its other schools.
    """

    academic_year: str
    ranges: tuple[tuple[date, date], ...]
    urn: str | None = None
    authority: str | None = None
    schools: tuple[str, ...] = ()
    default: bool = False
    closed: tuple[Closed, ...] = ()
    half_days: tuple[HalfDay, ...] = msgspec.field(name="half_day", default=())
    year_groups: tuple[YearGroupDays, ...] = msgspec.field(name="year_group", default=())
    term_model: Literal["three", "six"] = "three"
    published_on: date | None = None
    source: str = ""

    @property
    def start_year(self) -> int:
        """2026 for 2026/27."""
        return int(self.academic_year[:4])

    @property
    def holder(self) -> str:
        """Whose calendar it is, in words that fit into an explanation."""
        if self.urn is not None:
            return self.urn
        return f"authority {self.authority}" if self.default else " and ".join(self.schools)

    @property
    def hash(self) -> str:
        """Of `to_bytes`, in hexadecimal digits: two calendars that say the same have the same."""
        return sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        """Canonical JSON: keys sorted, no spaces, UTF-8."""
        return msgspec.json.encode(self, order="sorted")

    def reasons(self, year_group: str | None = None) -> dict[date, str]:
        """For each Monday to Friday of the year why it is no school day; an empty text where it is one."""
        found = dict.fromkeys(weekdays(self.start_year), HOLIDAY)
        for first, last in self.ranges:
            for day in days_between(first, last):
                if day in found:
                    found[day] = BANK_HOLIDAY if is_bank_holiday(day) else ""
        for closure in self.closed:
            if closure.day in found:
                found[closure.day] = CLOSURE_REASONS[closure.type]
        for exception in self.year_groups:
            for day in days_between(*exception.span):
                if day in found and (not found[day] or (exception.open and not is_bank_holiday(day))):
                    shut_out = year_group is not None and not exception.admits(year_group)
                    found[day] = f"no session for year {year_group}" if shut_out else ""
        return found


def academic_year_of(day: date) -> int:
    """The year in which the academic year of that day began; it turns after 31 July (SI 2012/1033)."""
    return day.year if day.month >= 8 else day.year - 1


def academic_year_name(start_year: int) -> str:
    """2026 becomes 2026/27."""
    return f"{start_year}/{(start_year + 1) % 100:02d}"


def days_between(first: date, last: date) -> Iterator[date]:
    """Every date from first to last, both included."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


def weekdays(start_year: int) -> Iterator[date]:
    """Every Monday to Friday of an academic year."""
    return (day for day in days_between(date(start_year, 8, 1), date(start_year + 1, 7, 31)) if day.weekday() < 5)
