"""Deadlines that move: counted again when school days have changed, and never earlier for a notice already sent.

A date was counted from a day (its anchor) by a rule of the process; both stay. Only what the calendars say is new, so
that counting again is harmless however often it is done.
"""

from collections.abc import Callable, Iterable
from datetime import date

from services.case.application.days import Day, counted
from services.case.application.in_use import Change
from services.case.application.reminding import still_to_come
from services.case.application.running import Running
from services.case.clock.calendar import academic_year_name, academic_year_of
from services.case.clock.due_date import schools_in
from services.case.domain import events as e
from services.case.domain.case import Case, Deadline
from services.case.domain.people import SYSTEM


def count_again(running: Running, changes: Iterable[Change]) -> tuple[int, int]:
    """Give every open deadline of the case the day that it has by the calendars in force. How many moved, and how many
    were kept although they would be earlier now."""
    case, decision = running.case, running.decision
    decision.by = SYSTEM
    moved = kept = 0
    for deadline in list(case.deadlines.values()):
        bundle = running.bundle_of(deadline.instance)
        if (
            not case.goes_on(deadline.instance)
            or not schools_in(deadline.how)
            or deadline.name not in bundle.about.deadlines
        ):
            continue
        day = counted(deadline.name, bundle, anchor_of(deadline), case, running.reference)
        if day.due == deadline.due and day.provisional == deadline.provisional:
            continue
        if day.due < deadline.due and _was_told(case, deadline):
            kept += 1
            continue
        _move(running, deadline, day, _because(case, deadline, day, changes))
        moved += 1
    return moved, kept


def _move(running: Running, deadline: Deadline, day: Day, because: str) -> None:
    running.decision.emit(
        e.DeadlineMoved,
        deadline=deadline.id,
        was=deadline.due,
        due=day.due,
        acts_at=day.acts_at,
        how=day.how,
        because=because,
        provisional=day.provisional,
        task=deadline.task,
        calendars=day.calendars,
        reminders=still_to_come(day, running.case.tasks.get(deadline.task), running.decision.today),
    )


def _was_told(case: Case, deadline: Deadline) -> bool:
    """Whether people were sent a notice since the day was set, by the process that set it. A day by which a notice
    itself must be given, counted back from what it is ahead of, has been told to nobody."""
    if deadline.how["rule"].startswith("before"):
        return False
    told_on = case.instances[deadline.instance].told_on
    return told_on is not None and deadline.set_on is not None and told_on >= deadline.set_on


def _because(case: Case, deadline: Deadline, day: Day, changes: Iterable[Change]) -> str:
    if deadline.provisional and not day.provisional:
        return "calendar_arrived"
    since = [change for change in changes if change.position > deadline.calendars]
    concerning = [change for change in since if change.concerns(schools_in(deadline.how), case.authority)]
    closures_only = bool(concerning) and all(change.closure for change in concerning)
    return "unplanned_closure" if closures_only else "calendar_changed"


def missing_calendars(case: Case, deadline: Deadline, has: Callable[[str, int], bool]) -> set[tuple[str, str]]:
    """School and academic year of the calendars for want of which a deadline is provisional. `has(urn, year)` says
    whether a calendar names the school for the year."""
    if not deadline.provisional:
        return set()
    first, last = sorted((anchor_of(deadline), deadline.due))
    years = range(academic_year_of(first), academic_year_of(last) + 1)
    return {
        (school, academic_year_name(year))
        for school in schools_in(deadline.how)
        for year in years
        if not has(school, year)
    }


def anchor_of(deadline: Deadline) -> date:
    """The day from which it was counted."""
    return date.fromisoformat(deadline.how["anchor"])
