"""The folder of calendars, and which of them a school follows."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from services.case.clock.calendar import Calendar
from services.case.clock.calendar_text import CalendarRefused, read_calendar
from services.case.clock.school_calendar import SchoolCalendar

_Year = tuple[str, int]


def read_calendar_file(path: Path) -> Calendar:
    """The calendar in a file. Raises CalendarRefused, also where the file cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CalendarRefused(path.name, "", "cannot be read as UTF-8 text") from error
    return read_calendar(text, path.name)


class CalendarShelf:
    """Every calendar known. A school has those that name it; its authority's default calendars stand in; on `closures`
    (URN -> days) it is closed all the same. `as_of`: the place in the log of the last change that it knows."""

    def __init__(self) -> None:
        self.as_of = 0
        self.calendars: list[Calendar] = []
        self._closures: dict[str, set[date]] = {}
        self._own: dict[_Year, tuple[str, Calendar]] = {}
        self._default: dict[_Year, tuple[str, Calendar]] = {}
        self._schools: dict[tuple[str, str | None], SchoolCalendar] = {}

    def add(self, calendar: Calendar, file: str) -> None:
        """Puts a calendar on the shelf. Raises CalendarRefused if a school or authority has one for that year."""
        for urn in (calendar.urn,) if calendar.urn else calendar.schools:
            key = "urn" if calendar.urn else "schools"
            self._put(self._own, urn, calendar, file, f"{key}: {urn}")
        if calendar.default and calendar.authority:
            self._put(self._default, calendar.authority, calendar, file, "default")
        self.calendars.append(calendar)
        self._schools.clear()

    def put(self, calendar: Calendar) -> None:
        """Puts a calendar on the shelf; from now on it counts for those whom it names, whatever counted before."""
        for urn in (calendar.urn,) if calendar.urn else calendar.schools:
            self._own[urn, calendar.start_year] = calendar.hash, calendar
        if calendar.default and calendar.authority:
            self._default[calendar.authority, calendar.start_year] = calendar.hash, calendar
        self.calendars = [*dict.fromkeys(held for _, held in (*self._own.values(), *self._default.values()))]
        self._schools.clear()

    def close(self, urn: str, days: Iterable[date]) -> None:
        """The school has no session on these days, in any calendar."""
        self._closures.setdefault(urn, set()).update(days)
        self._schools.clear()

    def has(self, urn: str, start_year: int) -> bool:
        """Whether a calendar names the school for the academic year that began in August of that year."""
        return (urn, start_year) in self._own

    def school(self, urn: str, authority: str) -> SchoolCalendar:
        """The days of a school; a school without calendars has days too, and they are provisional."""
        known = self._schools.get((urn, authority))
        if known is None:
            own = [calendar for (holder, _), (_, calendar) in self._own.items() if holder == urn]
            default = [calendar for (holder, _), (_, calendar) in self._default.items() if holder == authority]
            closures = self._closures.get(urn, ())
            known = self._schools[urn, authority] = SchoolCalendar(own, default, name=urn, closures=closures)
        return known

    @staticmethod
    def _put(held: dict[_Year, tuple[str, Calendar]], holder: str, calendar: Calendar, file: str, key: str) -> None:
        other = held.get((holder, calendar.start_year))
        if other is not None:
            reason = f"a calendar for {calendar.academic_year} is in {other[0]} already"
            raise CalendarRefused(file, key, reason)
        held[holder, calendar.start_year] = file, calendar


def load_calendars(*folders: Path) -> CalendarShelf:
    """The calendars in the `*.toml` files of some folders. Raises CalendarRefused with file and key."""
    shelf = CalendarShelf()
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        shelf.add(read_calendar_file(path), path.name)
    return shelf
