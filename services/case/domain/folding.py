"""`apply`: a case after one more event. It only assigns; every event type has its line in `APPLY`."""

from collections.abc import Callable
from typing import Any

from services.case.domain import deliveries, files, links, process_migration
from services.case.domain import events as e
from services.case.domain import pupil_events as p
from services.case.domain.case import Case, Deadline, Instance, Over, Reached, Strategy, Task, Terms
from services.case.domain.meta import Event
from services.case.domain.trace import Trace


def apply(case: Case, event: Event) -> None:
    """Change `case` to what it is after `event`, its next. The chain's hash is the store's to keep."""
    case.version += 1
    APPLY[type(event)](case, event)


def _opened(case: Case, event: e.CaseOpened) -> None:
    case.ref, case.process, case.authority = event.ref, event.process, event.authority
    case.home_school, case.policy = event.home_school, event.policy
    case.parties, case.facts = dict(event.parties), dict(event.facts)
    case.personal = dict((event.personal or {}).get("facts", {}))
    case.opened_on = event.meta.effective_on
    case.status = "open"
    case.erased = False


def _started(case: Case, event: e.ProcessStarted) -> None:
    case.counts["instance"] = max(event.instance, case.counts.get("instance", 0))
    aside = event.aside or case.status == "closed"
    case.instances[event.instance] = Instance(
        event.instance, event.process, event.bundle, event.starter, after_closing=aside, began_on=event.bundle
    )
    _trace(case, event.instance, event.trace)


def _trace(case: Case, instance: int, trace: Trace) -> None:
    at = case.instances[instance]
    for key in trace.left:
        at.tokens.pop(key, None)
        at.awaited.pop(key, None)
    for key in trace.active:
        at.tokens[key] = None
    at.awaited.update(trace.awaited)


def _offered(case: Case, event: e.TaskOffered) -> None:
    case.counts["task"] = event.task
    case.tasks[event.task] = Task(
        event.task,
        event.instance,
        event.key,
        event.element,
        event.role,
        event.org,
        event.party,
        event.person,
        event.agreement,
        bundle=case.instances[event.instance].bundle,
    )
    case.involved[f"{event.role}@{event.org}"] = None


def _claimed(case: Case, event: e.TaskClaimed) -> None:
    task = case.tasks[event.task]
    task.assignee = event.person
    task.revision += 1


def _released(case: Case, event: e.TaskReleased) -> None:
    task = case.tasks[event.task]
    task.assignee = ""
    task.revision += 1


def _reassigned(case: Case, event: e.TaskReassigned) -> None:
    task = case.tasks[event.task]
    task.assignee = event.to
    task.revision += 1


def _completed(case: Case, event: e.TaskCompleted) -> None:
    task = _over(case, event.task, "completed", event)
    personal = event.personal or {}
    _set_facts(case, event.facts, personal.get("facts", {}))
    if task.agreement == "draft":
        case.drafted = {**event.answers, **personal.get("answers", {})}
        case.drafted_by = event.task
    elif task.agreement == "terms":
        case.terms.answers[event.party] = "agreed" if event.answers.get("agree") == "yes" else "refused"
    _trace(case, event.instance, event.trace)


def _set_facts(case: Case, facts: dict[str, Any], personal: dict[str, Any]) -> None:
    case.facts.update(facts)
    case.personal.update(personal)
    for name, person in facts.items():
        if name.endswith("_account"):
            case.stand_in(name.removesuffix("_account"), str(person or ""))


def _cancelled(case: Case, event: e.TaskCancelled) -> None:
    _over(case, event.task, "cancelled", event)


def _over(case: Case, number: int, how: str, event: Event) -> Task:
    task = case.tasks.pop(number)
    on, by = event.meta.effective_on, event.meta.by
    bundle = case.instances[task.instance].bundle if how == "completed" else task.bundle
    case.done[number] = Over(task, how, on, by.role, case.version, by.person, bundle)
    return task


def _deadline_set(case: Case, event: e.DeadlineSet) -> None:
    case.counts["deadline"] = event.deadline
    case.deadlines[event.deadline] = Deadline(
        event.deadline,
        event.name,
        event.duty,
        event.due,
        event.acts_at,
        event.strength,
        event.instance,
        event.timer,
        event.task,
        False,
        event.how,
        event.calendars,
        event.provisional,
        event.meta.effective_on,
        event.reminders,
    )


def _deadline_moved(case: Case, event: e.DeadlineMoved) -> None:
    deadline = case.deadlines[event.deadline]
    deadline.due, deadline.acts_at = event.due, event.acts_at
    deadline.how, deadline.calendars, deadline.provisional = event.how, event.calendars, event.provisional
    deadline.reminders = event.reminders
    deadline.missed = False  # by its new day, it is or will be missed anew


def _deadline_missed(case: Case, event: e.DeadlineMissed) -> None:
    deadline = case.deadlines[event.deadline]
    if deadline.task:
        deadline.missed = True  # the work is still owed
    else:
        del case.deadlines[event.deadline]


def _deadline_over(case: Case, event: e.DeadlineMet | e.DeadlineWithdrawn) -> None:
    del case.deadlines[event.deadline]


def _timer_fired(case: Case, event: e.TimerFired) -> None:
    _trace(case, event.instance, event.trace)
    case.deadlines[event.deadline].timer = ""


def _message(case: Case, event: e.MessageReceived) -> None:
    _trace(case, event.instance, event.trace)
    if event.message == "agreement_withdrawn":
        case.terms.answers[event.payload["party"]] = "withdrawn"
    linked = case.instances.get(event.payload.get("instance", 0))
    if linked is not None and event.message == f"{linked.process}_ended":
        linked.heard = True


def _fact(case: Case, event: e.FactSet) -> None:
    _set_facts(case, {event.name: event.value}, {})


def _terms(case: Case, event: e.TermsIssued) -> None:
    case.terms = Terms(event.version, event.hash, event.task)
    case.counts["terms"] = event.version


def _notice(case: Case, event: e.NoticeDue) -> None:
    case.instances[event.instance].told_on = event.meta.effective_on


def _shared(case: Case, event: e.PackShared) -> None:
    case.shared_with[event.with_] = event.org


def _revoked(case: Case, event: e.PackRevoked) -> None:
    case.shared_with.pop(event.with_, None)


def _ended(case: Case, event: e.ProcessEnded) -> None:
    instance = case.instances[event.instance]
    instance.ended, instance.outcome = True, event.outcome
    instance.tokens, instance.awaited = {}, {}


def _noted(case: Case, event: e.NoteAdded) -> None:
    case.counts["note"] = event.note


def _corrected(case: Case, event: e.AnswerCorrected) -> None:
    personal = event.personal or {}
    if event.task and event.task == case.drafted_by:
        case.drafted = {**case.drafted, event.field: personal.get("value", event.value)}
    if event.fact:
        if "value" in personal:
            case.personal[event.fact] = personal["value"]
        else:
            _set_facts(case, {event.fact: event.value}, {})
    case.changes.append(event.fact or event.field)


def _concern(case: Case, event: e.ConcernRaised) -> None:
    case.counts["concern"] = event.concern
    case.concerned = True
    _status(case, "held")


def _status(case: Case, status: str) -> None:
    if case.status != status:
        case.status = status
        case.changes.append("status")


def _held(case: Case, event: e.CaseHeld) -> None:
    _status(case, "held")


def _resumed(case: Case, event: e.CaseResumed) -> None:
    case.concerned = False
    _status(case, "open")


def _closed(case: Case, event: e.CaseClosed) -> None:
    case.outcome = event.outcome
    _status(case, "closed")


def _reopened(case: Case, event: e.CaseReopened) -> None:
    case.outcome = ""
    _status(case, "open")


def _erased(case: Case, event: e.SubjectKeyDestroyed) -> None:
    case.personal, case.contacts, case.drafted, case.erased = {}, {}, {}, True
    for file in case.files.values():
        file.name = file.description = ""


def _milestone(case: Case, event: e.Milestone) -> None:
    on = event.meta.effective_on
    case.milestones[event.name] = Reached(on, event.outcome, event.fields)
    rung = event.fields.get("rung")
    if rung and event.name.startswith("strategy."):
        _attempt(case, event, rung)


def _attempt(case: Case, event: e.Milestone, rung: str) -> None:
    """A rung was started, reviewed or concluded; one marked not appropriate is concluded without ever starting."""
    on = event.meta.effective_on
    running = next((s for s in reversed(case.strategies) if s.rung == rung and s.concluded_on is None), None)
    if running is None:
        running = Strategy(rung, on)
        case.strategies.append(running)
    if event.name == "strategy.reviewed":
        running.reviews += 1
    elif event.name == "strategy.concluded":
        running.concluded_on, running.outcome = on, event.outcome


def _notified(case: Case, event: p.ExclusionNotified) -> None:
    case.exclusions[event.instance] = event.entry


APPLY: dict[type, Callable[[Case, Any], None]] = {
    e.CaseOpened: _opened,
    e.ProcessStarted: _started,
    e.TaskOffered: _offered,
    e.DeadlineSet: _deadline_set,
    e.TaskClaimed: _claimed,
    e.TaskReleased: _released,
    e.TaskReassigned: _reassigned,
    e.TaskCompleted: _completed,
    e.TaskCancelled: _cancelled,
    e.TimerFired: _timer_fired,
    e.MessageReceived: _message,
    e.FactSet: _fact,
    e.TermsIssued: _terms,
    e.NoticeDue: _notice,
    e.PackShared: _shared,
    e.PackRevoked: _revoked,
    e.DeadlineMet: _deadline_over,
    e.DeadlineMissed: _deadline_missed,
    e.DeadlineMoved: _deadline_moved,
    e.DeadlineWithdrawn: _deadline_over,
    e.ProcessEnded: _ended,
    e.NoteAdded: _noted,
    e.AnswerCorrected: _corrected,
    e.ConcernRaised: _concern,
    e.CaseHeld: _held,
    e.CaseResumed: _resumed,
    e.CaseClosed: _closed,
    e.CaseReopened: _reopened,
    e.SubjectKeyDestroyed: _erased,
    e.Milestone: _milestone,
    p.ExclusionNotified: _notified,
    **process_migration.APPLY,
    **deliveries.APPLY,
    **links.APPLY,
    **files.APPLY,
}
