"""Says day by day how a date was counted: from the stored `DueDate` alone, so for ever the same."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from services.case.clock.due_date import DueDate

_Day = tuple[date, str]
_ONE_DAY = timedelta(days=1)
_WEEKEND = "weekend"
_UNITS = {
    "school_days": "school day",
    "working_days": "working day",
    "school_weeks": "school week",
    "calendar_days": "calendar day",
    "calendar_weeks": "calendar week",
    "calendar_months": "calendar month",
}
_COUNTED_BY_DAY = ("school_days", "working_days")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def explain(due: DueDate) -> list[str]:
    """One sentence for each day counted and each run passed over, then the date and what to know about it."""
    lines = explain(due.served) if due.served else []
    if due.unit in _COUNTED_BY_DAY:
        lines += _backwards(due) if due.rule.startswith("before") else _forwards(due)
    elif due.unit == "school_weeks":
        lines += _weeks(due)
    lines.append(_conclusion(due))
    lines += [f"by {name} alone: {in_words(day)}" for name, day in due.compared]
    lines += [f"provisional: {note}" for note in due.assumed]
    return lines


def in_words(day: date) -> str:
    """A date as `Mon 22 Feb 2027`, in English whatever the machine's language."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _forwards(due: DueDate) -> Iterator[str]:
    inclusive = due.rule == "inclusive"
    if not inclusive:
        yield f"day 0: {in_words(due.anchor)}"
    first = due.anchor if inclusive else due.anchor + _ONE_DAY
    yield from _numbered(_days(due, first, due.due), "day")


def _backwards(due: DueDate) -> Iterator[str]:
    clear = due.rule == "before_clear"
    yield f"start: {in_words(due.anchor)}"
    first = due.due + _ONE_DAY if clear else due.due
    yield from _numbered(_days(due, first, due.anchor - _ONE_DAY)[::-1], "clear day" if clear else "day")


def _numbered(days: list[_Day], word: str) -> Iterator[str]:
    """A line for each day that counts, and one for each run that does not."""
    number = 1
    for reason, run in groupby(days, key=_reason_of):
        met = [day for day, _ in run]
        if reason:
            yield f"{word} {number} skipped: {reason}, {_span(min(met), max(met))}"
            continue
        for day in met:
            yield f"{word} {number}: {in_words(day)}"
            number += 1


def _weeks(due: DueDate) -> Iterator[str]:
    """A line for each week that counts, from its first to its last school day, and for each that does not."""
    number = 1
    for monday, week in groupby(_days(due, due.anchor, due.due), key=_monday_of):
        days = list(week)
        counted = [day for day, reason in days if not reason]
        if counted:
            yield f"week {number}: {_span(counted[0], counted[-1])}"
            number += 1
        else:
            reasons = dict.fromkeys(reason for day, reason in days if day.weekday() < 5)
            yield f"week of {in_words(monday)} skipped: {', '.join(reasons) or _WEEKEND}"


def _days(due: DueDate, first: date, last: date) -> list[_Day]:
    """Every day from first to last with the reason why it does not count, empty where it does."""
    runs = iter(due.skipped)
    run = next(runs, None)
    days = []
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        while run is not None and run.last < day:
            run = next(runs, None)
        if run is not None and run.first <= day:
            days.append((day, run.reason))
        else:
            days.append((day, _WEEKEND if day.weekday() >= 5 else ""))
    return days


def _conclusion(due: DueDate) -> str:
    said, anchor = in_words(due.due), in_words(due.anchor)
    unit = _UNITS[due.unit] + ("" if due.count == 1 else "s")
    by = f", by the calendar of {' and '.join(due.calendars)}" if due.calendars else ""
    match due.rule:
        case "within":
            return f"due {said}: {due.count} {unit} after {anchor}{by}"
        case "inclusive" if due.unit == "school_weeks":
            return f"due {said}: the last school day of {due.count} {unit} from {anchor}{by}"
        case "inclusive":
            return f"due {said}: {_UNITS[due.unit]} {due.count} counted from {anchor} inclusive{by}"
        case "before_clear":
            return f"due {said}: {due.count} clear {unit} before {anchor}, neither end counted{by}"
        case "before_lenient":
            return f"due {said}: {due.count} {unit} before {anchor}, the day due counted{by}"
        case "on":
            return f"due {said}: the day itself"
        case "deemed_service":
            return f"given {said}: posted first class on {anchor}, {due.count} {unit} before"


def _span(first: date, last: date) -> str:
    if first == last:
        return in_words(first)
    start = in_words(first)
    return f"{start.removesuffix(f' {first.year}') if first.year == last.year else start} to {in_words(last)}"


def _reason_of(day: _Day) -> str:
    return day[1]


def _monday_of(day: _Day) -> date:
    return day[0] - timedelta(days=day[0].weekday())
