"""The three calendars of the examples, and dates written short."""

from datetime import date
from pathlib import Path

from services.case.clock.calendar_files import read_calendar_file
from services.case.clock.school_calendar import SchoolCalendar

CALENDARS = Path(__file__).parent.parent / "calendars"


def school(letter: str) -> SchoolCalendar:
    """A school that has calendar w, a or b, of 2026/27 alone."""
    return SchoolCalendar([read_calendar_file(CALENDARS / f"{letter}.toml")])


W, A, B = school("w"), school("a"), school("b")


def d(text: str) -> date:
    """`6 Oct 2026` as a date."""
    day, month, year = text.split()
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return date(int(year), months.index(month) + 1, int(day))
