"""Dates that need no school's calendar: calendar days, weeks and months, working days, letters by post."""

import calendar as months
from datetime import date, timedelta

from services.case.clock import school_days
from services.case.clock.bank_holidays import DateOutOfReach
from services.case.clock.due_date import DueDate, Unit
from services.case.clock.school_calendar import WORKING_DAYS

DEEMED_WORKING_DAYS = 2
_DAYS: dict[Unit, int] = {"calendar_days": 1, "calendar_weeks": 7}


def after(count: int, unit: Unit, anchor: date) -> DueDate:
    """`count` calendar days, weeks or months after the anchor, which is day 0.

    A month ends on the same day of the next, or on its last day (UK GDPR article 12(3), as the ICO reads it).
    """
    due = _months_on(anchor, count) if unit == "calendar_months" else _days_on(anchor, count * _DAYS[unit])
    return DueDate(due=due, anchor=anchor, rule="within", count=count, unit=unit)


def ahead(count: int, unit: Unit, start: date) -> DueDate:
    """`count` calendar days, weeks or months ahead of `start`; here the day of the notice counts."""
    due = _months_on(start, -count) if unit == "calendar_months" else _days_on(start, -count * _DAYS[unit])
    return DueDate(due=due, anchor=start, rule="before_lenient", count=count, unit=unit)


def on(day: date) -> DueDate:
    """The day itself."""
    return DueDate(due=day, anchor=day, rule="on", unit="calendar_days")


def working_day_from(day: date) -> date:
    """The day itself or the next working day, to which a limit for a subject access request rolls over."""
    return school_days.nth_from(WORKING_DAYS, 1, day)


def deemed_service(posted: date) -> DueDate:
    """When a first-class letter counts as given: the second working day after posting (SI 2012/1033).

    For the exclusion regulations only: SI 2012/2532 took this rule away from off-site directions.
    """
    counted = school_days.within(WORKING_DAYS, DEEMED_WORKING_DAYS, posted)
    return DueDate(
        due=counted.due,
        anchor=posted,
        rule="deemed_service",
        count=counted.count,
        unit=counted.unit,
        skipped=counted.skipped,
    )


def look_back_has_passed(last_review: date, requested: date, weeks: int) -> bool:
    """Whether a request for a review obliges: the last one is more than `weeks` weeks ago (SI 2012/2532)."""
    return requested > after(weeks, "calendar_weeks", last_review).due


def _days_on(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise DateOutOfReach from error


def _months_on(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not date.min.year <= year <= date.max.year:
        raise DateOutOfReach
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
