"""Working on tasks: claim, release, reassign, and whether one can be completed now."""

from services.case.domain.case import Case, Task
from services.case.domain.decision import Decision
from services.case.domain.errors import (
    CaseNotOpen,
    CaseOnHold,
    NotAllowed,
    PreconditionMissing,
    ReasonMissing,
    TaskEdited,
    TaskNotClaimed,
    TaskOver,
    TaskTaken,
    TaskUnknown,
)
from services.case.domain.events import TaskClaimed, TaskReassigned, TaskReleased
from services.case.domain.people import FAMILY, Membership, Person
from services.case.domain.permissions import answering, relation, role_for


def etag_of(case: Case, task: Task) -> str:
    """Changes when the task itself is edited, and with nothing else."""
    return f'"{case.task_id(task.id)}.{task.revision}"'


def open_task(case: Case, number: int, person: Person) -> tuple[Task, Membership]:
    """The open task and the membership in which the person may work on it.

    Raises TaskUnknown, TaskOver, NotAllowed.
    """
    task = case.tasks.get(number)
    if task is None:
        if number in case.done and relation(person, case):
            raise TaskOver(ended_at_version=case.done[number])
        raise TaskUnknown
    return task, answering(person, case, task)


def completable(case: Case, number: int, person: Person, seen: str) -> tuple[Task, Membership, bool]:
    """The task if this person may complete it now; whether they do it for a party that cannot sign in.

    First what happened to it (over, taken, on hold), then whether it was edited since it was seen (`seen` its ETag).
    """
    task = case.tasks.get(number)
    on_behalf = False
    if task is not None and task.role in FAMILY and task.person != person.id:
        membership = role_for(person, case, "agree_for")
        on_behalf = True
    else:
        task, membership = open_task(case, number, person)
    refuse_if_paused(case)
    if task.assignee and task.assignee != person.id:
        raise TaskTaken(claimed_by=task.assignee)
    _refuse_if_edited(case, task, seen)
    return task, membership, on_behalf


def refuse_if_paused(case: Case) -> None:
    """Raises CaseNotOpen or CaseOnHold."""
    if case.status == "held":
        raise CaseOnHold
    if not case.is_open:
        raise CaseNotOpen


def claim(decision: Decision, number: int, person: Person) -> None:
    """Take a task on. Claiming what one has is no change. Raises TaskTaken where somebody else has it."""
    task, _ = open_task(decision.case, number, person)
    if task.assignee == person.id:
        return
    if task.assignee:
        raise TaskTaken(claimed_by=task.assignee)
    decision.emit(TaskClaimed, task=number, person=person.id)


def release(decision: Decision, number: int, person: Person, seen: str, reason: str) -> None:
    """Give a task back to the team."""
    case = decision.case
    task, _ = open_task(case, number, person)
    if task.assignee and task.assignee != person.id:
        raise TaskTaken(claimed_by=task.assignee)
    if not task.assignee:
        raise TaskNotClaimed
    _refuse_if_edited(case, task, seen)
    decision.emit(TaskReleased, {"reason": reason}, task=number)


def reassign(decision: Decision, number: int, person: Person, to: str, seen: str, reason: str) -> None:
    """Give a task to somebody else, with a reason. Also a colleague's, who may be away."""
    case = decision.case
    task = case.tasks.get(number)
    if task is None:
        open_task(case, number, person)
    assert task is not None
    try:
        answering(person, case, task)
    except NotAllowed:
        role_for(person, case, "reassign")
    if task.role in FAMILY:
        raise NotAllowed("A family's own answer cannot be given to somebody else.")
    if not reason.strip():
        raise ReasonMissing
    _refuse_if_edited(case, task, seen)
    decision.emit(TaskReassigned, {"reason": reason}, task=number, to=to)


def _refuse_if_edited(case: Case, task: Task, seen: str) -> None:
    if not seen:
        raise PreconditionMissing
    if seen not in ("*", etag_of(case, task)):
        raise TaskEdited(etag=etag_of(case, task), assignee=task.assignee)
