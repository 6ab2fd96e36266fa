"""One academic year laid out for counting: its school days, and the runs between them with reasons."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby

from services.case.clock.bank_holidays import is_bank_holiday
from services.case.clock.calendar import BANK_HOLIDAY, weekdays
from services.case.clock.due_date import Skipped


class SchoolYear:
    """Immutable. `days` are the school days, sorted; `half_days` those with one session; `assumed` says what
    stood in for a missing calendar, and is empty where there was one."""

    __slots__ = ("_run_firsts", "_run_lasts", "_runs", "assumed", "days", "half_days", "reasons")

    def __init__(
        self, reasons: Mapping[date, str], half_days: frozenset[date] = frozenset(), assumed: str = ""
    ) -> None:
        self.reasons = reasons
        self.days = [day for day, reason in reasons.items() if not reason]
        self.half_days = half_days
        self.assumed = assumed
        self._runs = [
            Skipped(run[0], run[-1], reason)
            for reason, days in groupby(reasons, key=reasons.__getitem__)
            if reason and (run := list(days))
        ]
        self._run_firsts = [run.first for run in self._runs]
        self._run_lasts = [run.last for run in self._runs]

    def skipped(self, first: date, last: date) -> list[Skipped]:
        """The runs without school between two dates, both included, cut off at the dates."""
        runs = self._runs[bisect_left(self._run_lasts, first) : bisect_right(self._run_firsts, last)]
        if runs and runs[0].first < first:
            runs[0] = Skipped(first, runs[0].last, runs[0].reason)
        if runs and runs[-1].last > last:
            runs[-1] = Skipped(runs[-1].first, last, runs[-1].reason)
        return runs


def monday_to_friday(start_year: int, assumed: str = "") -> SchoolYear:
    """Every weekday of an academic year except bank holidays."""
    reasons = {day: BANK_HOLIDAY if is_bank_holiday(day) else "" for day in weekdays(start_year)}
    return SchoolYear(reasons, assumed=assumed)


def same_day_in(year_shift: int, day: date) -> date:
    """The date with the same day and month some years on; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + year_shift)
    except ValueError:
        return (day - timedelta(days=1)).replace(year=day.year + year_shift)
