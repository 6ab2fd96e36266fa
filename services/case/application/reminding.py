"""Reminders of what is owed: five days ahead, two, and on the day itself, in the days in which the deadline is counted;
and once it was missed. Families are not reminded: nobody hurries them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from services.case.clock.deadlines import Calendars, DeadlineRule
from services.case.clock.school_calendar import WORKING_DAYS
from services.case.clock.school_days import nth_before
from services.case.domain.case import Case, Deadline, Task
from services.case.domain.people import FAMILY

if TYPE_CHECKING:
    from services.case.application.days import Day

AHEAD = (5, 2)
MISSED = -1
MANAGER = "inclusion_team"


def reminders(due: date, rule: DeadlineRule, calendars: Calendars) -> Mapping[int, date]:
    """The days on which a duty is reminded of, by how many days ahead of it that is."""
    return {**{days: _ahead(days, due, rule, calendars) for days in AHEAD}, 0: due}


def _ahead(days: int, due: date, rule: DeadlineRule, calendars: Calendars) -> date:
    if rule.unit in ("calendar_days", "calendar_weeks"):
        return due - timedelta(days=days)
    if rule.unit == "working_days":
        return nth_before(WORKING_DAYS, days, due)
    book = calendars.receiving if rule.calendar == "receiving" and calendars.receiving else calendars.home
    return nth_before(book, days, due)


def still_to_come(day: "Day", task: Task | None, today: date) -> dict[int, date]:
    """Those of a day that is set now; none where the family owes it."""
    if task is not None and task.role in FAMILY:
        return {}
    return {days: on for days, on in day.reminders.items() if on > today}


def owed_by(case: Case, deadline: Deadline) -> list[str]:
    """Whoever owes it: the party or role that its task is for, else the inclusion team; nobody, if it is the family."""
    task = case.tasks.get(deadline.task)
    if task is None:
        return [MANAGER]
    return [] if task.role in FAMILY else [named(task)]


def named(task: Task) -> str:
    """Whom a task is for, as notices name them."""
    return task.party or (f"{task.role}@{task.org}" if task.org else task.role)
