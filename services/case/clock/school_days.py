"""Counts school days (or working days), forwards and backwards. Calendars and dates in, explained date out.

The exclusion regulations (SI 2012/1033) give the model: "the fifteenth school day after the day on which the
application is made", so that the day itself is day 0 and the limit ends with day 15.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from services.case.clock.calendar import ONE_DAY, academic_year_of
from services.case.clock.due_date import Counting, DueDate, Skipped
from services.case.clock.school_calendar import DayBook

SIXTH = 6
_WEEK = timedelta(days=7)


class CountTooSmall(ValueError):
    """A count of days or weeks starts at 1."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def within(book: DayBook, count: int, after: date) -> DueDate:
    """The last day of a limit of `count` days after `after`, which is day 0."""
    due = nth_after(book, count, after)
    return _due_date(book, "within", count, after, due, after + ONE_DAY, due)


def before(book: DayBook, count: int, start: date, *, lenient: bool = False) -> DueDate:
    """The last day for a notice of "not less than `count` days" ahead of `start`.

    The days in between are clear: neither end counts. Lenient: the day of the notice counts.
    SI 2010/1156 (off-site direction) does not say which; clear days are the safe reading.
    """
    if count < 1:
        raise CountTooSmall
    due = nth_before(book, count if lenient else count + 1, start)
    rule: Counting = "before_lenient" if lenient else "before_clear"
    first = due if lenient else due + ONE_DAY
    return _due_date(book, rule, count, start, due, first, start - ONE_DAY)


def nth_day(book: DayBook, count: int, start: date) -> DueDate:
    """Day `count` of a period whose first day is `start`, or the first school day after it."""
    due = nth_from(book, count, start)
    return _due_date(book, "inclusive", count, start, due, start, due)


def sixth_day(book: DayBook, start: date) -> DueDate:
    """The day from which education is owed, an exclusion starting on `start` (SI 2007/1870; SI 2014/3216)."""
    return nth_day(book, SIXTH, start)


def sixth_days(book: DayBook, spans: Iterable[tuple[date, date]]) -> tuple[DueDate, ...]:
    """The sixth days of suspensions, given with first and last day, where one reaches so far.

    Suspensions that follow one another without a school day in between count as one (SI 2007/1870).
    """
    runs: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if runs and not has_day_between(book, runs[-1][1], first):
            runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
        else:
            runs.append((first, last))
    return tuple(due for first, last in runs if (due := sixth_day(book, first)).due <= last)


def school_weeks(book: DayBook, count: int, start: date) -> DueDate:
    """The last school day of week `count`, the week of `start` being the first.

    A week counts if it has a school day on or after the start, so that a holiday week never does.
    """
    if count < 1:
        raise CountTooSmall
    monday = _monday(nth_from(book, 1, start))
    for _ in range(count - 1):
        monday = _monday(nth_from(book, 1, monday + _WEEK))
    due = nth_before(book, 1, monday + _WEEK)
    skipped, assumed = _between(book, start, due)
    return DueDate(
        due=due,
        anchor=start,
        rule="inclusive",
        count=count,
        unit="school_weeks",
        provisional=bool(assumed),
        calendars=book.names,
        skipped=skipped,
        assumed=assumed,
    )


def nth_after(book: DayBook, count: int, after: date) -> date:
    """The `count`th day later than `after`."""
    return _forwards(book, count, after, bisect_right)


def nth_from(book: DayBook, count: int, start: date) -> date:
    """The `count`th day from `start` on, `start` included if it is a school day."""
    return _forwards(book, count, start, bisect_left)


def nth_before(book: DayBook, count: int, start: date) -> date:
    """The `count`th day earlier than `start`, counted backwards."""
    if count < 1:
        raise CountTooSmall
    start_year = academic_year_of(start)
    while True:
        days = book.year(start_year).days
        place = bisect_left(days, start) - count
        if place >= 0:
            return days[place]
        count = -place
        start_year -= 1


def _forwards(book: DayBook, count: int, day: date, place_of: Callable[[list[date], date], int]) -> date:
    if count < 1:
        raise CountTooSmall
    start_year = academic_year_of(day)
    while True:
        days = book.year(start_year).days
        place = place_of(days, day) + count - 1
        if place < len(days):
            return days[place]
        count = place - len(days) + 1
        start_year += 1


def school_days_between(book: DayBook, first: date, last: date) -> int:
    """How many school days there are from `first` to `last`, both included. Across school years too."""
    count = 0
    for year in range(academic_year_of(first), academic_year_of(last) + 1):
        days = book.year(year).days
        count += max(bisect_right(days, last) - bisect_left(days, first), 0)
    return count


def has_day_between(book: DayBook, earlier: date, later: date) -> bool:
    """Whether a school day lies between two dates, neither of them included."""
    return earlier < later and nth_after(book, 1, earlier) < later


def _due_date(book: DayBook, rule: Counting, count: int, anchor: date, due: date, first: date, last: date) -> DueDate:
    """The date found, with what was passed over from `first` to `last`."""
    skipped, assumed = _between(book, first, last)
    return DueDate(
        due=due,
        anchor=anchor,
        rule=rule,
        count=count,
        unit=book.unit,
        provisional=bool(assumed),
        calendars=book.names,
        skipped=skipped,
        assumed=assumed,
    )


def _between(book: DayBook, first: date, last: date) -> tuple[tuple[Skipped, ...], tuple[str, ...]]:
    """The runs without school from first to last, and which of the years concerned were assumed."""
    start_year, end_year = academic_year_of(first), academic_year_of(last)
    if start_year == end_year:
        year = book.year(start_year)
        return tuple(year.skipped(first, last)), (year.assumed,) if year.assumed else ()
    years = [book.year(start) for start in range(start_year, end_year + 1)]
    runs = _joined([run for year in years for run in year.skipped(first, last)])
    return runs, tuple(year.assumed for year in years if year.assumed)


def _joined(runs: Sequence[Skipped]) -> tuple[Skipped, ...]:
    """Runs with one reason on both sides of 31 July become one."""
    joined: list[Skipped] = []
    for run in runs:
        turn = joined and academic_year_of(joined[-1].last) != academic_year_of(run.first)
        if turn and joined[-1].reason == run.reason and run.first == _next_weekday(joined[-1].last):
            joined[-1] = Skipped(joined[-1].first, run.last, run.reason)
        else:
            joined.append(run)
    return tuple(joined)


def _next_weekday(day: date) -> date:
    return day + timedelta(days=3 if day.weekday() == 4 else 1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def between(book: DayBook, first: date, last: date) -> int:
    """The school days after `first`, up to `last` and with it; 0 where `last` is not later."""
    years = (book.year(year).days for year in range(academic_year_of(first), academic_year_of(last) + 1))
    return max(0, sum(bisect_right(days, last) - bisect_right(days, first) for days in years))
