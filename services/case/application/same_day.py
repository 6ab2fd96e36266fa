"""Whether a draft means the same day as a deadline of a case: by its rule and what it counts from, else by counting."""

from collections.abc import Iterable
from datetime import date, datetime

from services.case.application.days import counted, day_of
from services.case.application.moving import anchor_of
from services.case.application.opened import Dated
from services.case.application.reference import Reference
from services.case.clock.bank_holidays import DateOutOfReach
from services.case.clock.deadlines import CountUnknown
from services.case.clock.rules import NotInForce
from services.case.domain.case import Case, Deadline
from services.case.process import expressions
from services.case.process.bundle import Bundle
from services.case.process.engine import Step


def deadline_at(case: Case, instance: int, task: str, timer: str) -> Deadline | None:
    """The open deadline of the task and timer of these keys."""
    for deadline in case.deadlines.values():
        if deadline.instance == instance and deadline.timer == timer:
            found = case.tasks.get(deadline.task)
            if (found.key if found else "") == task:
                return deadline
    return None


def another_day(
    dated: Dated, instance: int, case: Case, own: Bundle, draft: Bundle, at: datetime, since: date, reference: Reference
) -> str:
    """What is another about the day, in a sentence; "" where it is the same. `own` is the bundle that the instance
    follows; days count from `since` where the diagram names none. Both are counted with the calendars in force, so that
    a change of calendars is none of the draft."""
    deadline = deadline_at(case, instance, dated.task, dated.timer)
    words = draft.elements[dated.element].name or dated.element
    if deadline is None:
        return f"The draft sets a day for “{words}” that the case does not have."
    if _is_same_rule(dated, deadline, own, draft, since, reference):
        return ""
    try:
        now = day_of(dated.timing, dated.element, draft, case, at, since, reference)
        was = deadline.due
        if deadline.name in own.about.deadlines:
            was = counted(deadline.name, own, anchor_of(deadline), case, reference).due
    except (CountUnknown, DateOutOfReach, NotInForce):
        return f"The day for “{words}” cannot be counted by the draft."
    if now.due == was and now.duty == deadline.duty:
        return ""
    return f"“{now.title or words}” is due on {_said(now.due)} by the draft, and on {_said(was)} in the case."


def days_without(days: Iterable[Dated], step: Step, case: Case, instance: int) -> list[str]:
    """Keys of the tasks that a step offered and that have a day in the case, but none by the draft."""
    dated = {one.task for one in days}
    owed = {deadline.task for deadline in case.deadlines.values() if deadline.instance == instance}
    with_a_day = {case.tasks[number].key for number in owed if number in case.tasks}
    return [offer.key for offer in step.offers if offer.key in with_a_day - dated]


def is_called_the_same(dated: Dated, deadline: Deadline, draft: Bundle, reference: Reference) -> bool:
    """Whether a deadline of the case would have its name and strength by the draft."""
    if not isinstance(dated.timing, expressions.Deadline):
        return True
    rule = reference.deadline_rule(draft, dated.timing.name)
    return (deadline.name, deadline.strength) == (dated.timing.name, rule.strength)


def _is_same_rule(
    dated: Dated, deadline: Deadline, own: Bundle, draft: Bundle, since: date, reference: Reference
) -> bool:
    timing = dated.timing
    if isinstance(timing, expressions.Duration):
        return bool(deadline.how.get("duration") == timing.iso)
    if not isinstance(timing, expressions.Deadline) or timing.name not in own.about.deadlines:
        return False
    if deadline.name != timing.name or (timing.anchor or since.isoformat()) != deadline.how["anchor"]:
        return False
    return reference.deadline_rule(own, timing.name) == reference.deadline_rule(draft, timing.name)


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
