"""Days that pass: timers of processes fire, duties are missed. In due order, once each, late or not."""

from services.case.application.reminding import MANAGER, MISSED, owed_by
from services.case.application.running import Running
from services.case.clock.now import LONDON, morning
from services.case.domain import delivery_events as n
from services.case.domain import events as e
from services.case.domain.people import CLOCK
from services.case.domain.trace import Trace
from services.case.process.engine import Fire, NotOpen


def pass_day(running: Running, number: int) -> None:
    """Do what the passing of this deadline means. Nothing, if it is over, not yet due, or the case is paused and the
    law does not run on regardless."""
    decision, case = running.decision, running.case
    deadline = case.deadlines.get(number)
    if deadline is None or not case.goes_on(deadline.instance) or deadline.acts_at > decision.at:
        return
    if case.status == "held" and deadline.strength != "LAW":
        return
    decision.by = CLOCK
    decision.effective_on = deadline.acts_at.astimezone(LONDON).date()  # noticed late or not: days that follow count on
    if deadline.timer:
        _fire(running, number, deadline.instance, deadline.timer)
    if number in case.deadlines and not deadline.missed:
        to = owed_by(case, deadline)
        decision.emit(e.DeadlineMissed if deadline.duty else e.DeadlineMet, deadline=number)
        if deadline.duty and to:
            told = list(dict.fromkeys([*to, MANAGER]))
            decision.emit(n.ReminderDue, deadline=number, days=MISSED, to=told)


def remind(running: Running, number: int) -> None:
    """Tell whoever owes it that a duty is owed soon; of several reminders that are late the last one. Nothing, if it is
    over or was missed, or the case is paused and the law does not run on regardless."""
    decision, case = running.decision, running.case
    deadline = case.deadlines.get(number)
    if deadline is None or deadline.missed or not case.goes_on(deadline.instance):
        return
    if case.status == "held" and deadline.strength != "LAW":
        return
    come = [days for days, day in deadline.reminders.items() if morning(day) <= decision.at]
    if not come:
        return
    decision.by = CLOCK
    to, rest = owed_by(case, deadline), [day for days, day in deadline.reminders.items() if days < min(come)]
    next_at = min(map(morning, rest), default=None)
    decision.emit(n.ReminderDue, deadline=number, days=min(come), to=to, next_at=next_at)


def _fire(running: Running, number: int, instance: int, key: str) -> None:
    def record(trace: Trace) -> None:
        running.decision.emit(e.TimerFired, instance=instance, key=key, deadline=number, trace=trace)

    try:
        running.take(instance, Fire(key), record)
    except NotOpen:
        running.decision.emit(e.DeadlineWithdrawn, deadline=number)
