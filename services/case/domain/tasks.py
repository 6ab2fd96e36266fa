"""Working on tasks: claim, release, reassign, and whether one can be completed now.

What happened to a task (over, taken, case on hold) is told first, then that it was edited since it was seen.
"""

from services.case.domain.case import Case, Over, Task
from services.case.domain.decision import Decision
from services.case.domain.errors import (
    CaseNotOpen,
    CaseOnHold,
    CaseUnknown,
    NotAllowed,
    ReasonMissing,
    Refusal,
    SamePerson,
    TaskEdited,
    TaskNotClaimed,
    TaskOver,
    TaskTaken,
    TaskUnknown,
)
from services.case.domain.events import TaskClaimed, TaskReassigned, TaskReleased
from services.case.domain.people import FAMILY, Membership, Person
from services.case.domain.permissions import answering, is_for, relation, role_for
from services.case.domain.seen import is_as_seen


def etag_of(case: Case, task: Task) -> str:
    """Changes when the task itself is edited, and with nothing else."""
    return f'"{case.task_id(task.id)}.{task.revision}"'


def open_task(case: Case, number: int, person: Person) -> tuple[Task, Membership, bool]:
    """The open task, the membership in which the person may work on it, and whether they do it for a family that may
    not be able to sign in.

    Raises TaskUnknown, TaskOver, NotAllowed.
    """
    task = case.tasks.get(number)
    if task is None:
        over = case.done.get(number)
        if over is not None and _may_know(case, over.task, person):
            raise _told(over)
        raise TaskUnknown
    if task.role in FAMILY and task.person != person.id:
        try:
            return task, role_for(person, case, "agree_for"), True
        except CaseUnknown as unknown:
            raise TaskUnknown from unknown
    return task, answering(person, case, task), False


def _may_know(case: Case, task: Task, person: Person) -> bool:
    """Whoever works with the case, or could have done the task."""
    return bool(relation(person, case)) or is_for(person, case, task)


def _told(over: Over) -> Refusal:
    sentence = f"This task is not open any more: it was {over.how} on {over.on:%d/%m/%Y}."
    return TaskOver(sentence, happened=over.how, on=over.on, role=over.role or None, version=over.version)


def completable(case: Case, number: int, person: Person) -> tuple[Task, Membership, bool]:
    """The task as `open_task` gives it, if this person may complete it now.

    Raises what `open_task` raises, CaseOnHold, CaseNotOpen, TaskTaken.
    """
    found = open_task(case, number, person)
    refuse_if_paused(case, found[0].instance)
    _refuse_if_taken(found[0], person)
    return found


def refuse_if_paused(case: Case, instance: int = 0) -> None:
    """Raises CaseNotOpen, but for an instance that goes on after closing, or CaseOnHold."""
    if case.status == "held":
        raise CaseOnHold
    if not case.goes_on(instance):
        raise CaseNotOpen


def refuse_if_same_person(case: Case, task: Task, element: str, person: Person) -> None:
    """Raises SamePerson if the person did the last task at that element of the instance, which this one is to check."""
    before = [o for o in case.done.values() if (o.task.instance, o.task.element) == (task.instance, element)]
    done = [over for over in before if over.how == "completed"]
    if done and max(done, key=lambda over: over.version).person == person.id:
        raise SamePerson


def claim(decision: Decision, number: int, person: Person) -> None:
    """Take a task on. Claiming what one has is no change. Raises TaskTaken where somebody else has it."""
    task, membership, on_behalf = open_task(decision.case, number, person)
    if on_behalf:
        raise NotAllowed("A family's own answer is not for somebody else to claim.")
    _refuse_if_taken(task, person)
    if not task.assignee:
        decision.by = person.as_actor(membership)
        decision.emit(TaskClaimed, task=number, person=person.id)


def release(decision: Decision, number: int, person: Person, seen: str, reason: str) -> None:
    """Give a task back to the team."""
    task, membership, _ = open_task(decision.case, number, person)
    _refuse_if_taken(task, person)
    if not task.assignee:
        raise TaskNotClaimed
    refuse_if_edited(decision.case, task, seen)
    decision.by = person.as_actor(membership)
    decision.emit(TaskReleased, {"reason": reason}, task=number)


def reassign(decision: Decision, number: int, person: Person, to: str, seen: str, reason: str) -> None:
    """Give a task to somebody else, with a reason. Also a colleague's, who may be away."""
    case = decision.case
    task = case.tasks.get(number)
    if task is None:
        open_task(case, number, person)
    assert task is not None
    try:
        membership = answering(person, case, task)
    except NotAllowed:
        membership = role_for(person, case, "reassign")
    if task.role in FAMILY:
        raise NotAllowed("A family's own answer cannot be given to somebody else.")
    refuse_if_edited(case, task, seen)
    if not reason.strip():
        raise ReasonMissing
    decision.by = person.as_actor(membership)
    decision.emit(TaskReassigned, {"reason": reason}, task=number, to=to)


def _refuse_if_taken(task: Task, person: Person) -> None:
    if task.assignee and task.assignee != person.id:
        raise TaskTaken(claimed_by=task.assignee)


def refuse_if_edited(case: Case, task: Task, seen: str) -> None:
    """Raises PreconditionMissing without `seen`, TaskEdited if the task is not as it was seen (`seen` its ETag)."""
    if not is_as_seen(seen, etag_of(case, task)):
        raise TaskEdited(etag=etag_of(case, task), assignee=task.assignee or None)
