"""Moves the running instances of a process in a case to another bundle, where all that was done is the same on it.

Open tasks stay, with whoever has claimed them, where the bundle has them too; those that it does not have are
cancelled, others offered. So with days: one that is another by the bundle is withdrawn and set anew, counted from when
its task or timer was opened.
"""

from collections.abc import Sequence

from services.case.application.days import day_of
from services.case.application.opened import Asked, Dated, asked_of, days_of
from services.case.application.rehearsal import Rehearsal, rehearse
from services.case.application.running import Running
from services.case.application.same_day import another_day, is_called_the_same
from services.case.domain import events as e
from services.case.domain.authority_events import BundleReason
from services.case.domain.case import Case, Task
from services.case.domain.errors import CaseNotOpen, MigrationRefused, NothingToMigrate
from services.case.domain.process_migration import ProcessMigrated
from services.case.domain.trace import Trace
from services.case.process.bundle import Bundle
from services.case.store.mapper import Recorded


class HistoryGrown(Exception):
    """More has happened in the case than the history that was read: read it again."""


def migrate(
    running: Running, history: Sequence[Recorded], bundle: Bundle, because: BundleReason, reason: str
) -> list[int]:
    """Let each running instance of the bundle's process follow the bundle; their numbers. `history` is the whole case.

    Raises HistoryGrown, NothingToMigrate, CaseNotOpen, MigrationRefused, Erased.
    """
    case = running.case
    if len(history) != case.version:
        raise HistoryGrown
    found = [i for i in case.instances.values() if i.process == bundle.process and not i.ended]
    older = [instance.id for instance in found if instance.bundle != bundle.hash]
    if not older:
        raise NothingToMigrate
    if not all(map(case.goes_on, older)):
        raise CaseNotOpen
    rehearsals = rehearse(history, bundle, running.reference, Case(case.stream))
    moving = [rehearsal for rehearsal in rehearsals if rehearsal.number in older]
    for done in (rehearsal.done for rehearsal in moving if rehearsal.done):
        sentence = f"This case cannot follow the other version. At its event {done.version}: {done.sentence}"
        raise MigrationRefused(sentence, version=done.version, element=done.element)
    running.live.touched = True
    for rehearsal in moving:
        _move(running, rehearsal, because, reason)
    return older


def _move(running: Running, rehearsal: Rehearsal, because: BundleReason, reason: str) -> None:
    case, number, bundle = running.case, rehearsal.number, rehearsal.draft
    own, instance = running.bundle_of(number), case.instances[rehearsal.number]
    outstanding = rehearsal.engine.outstanding()
    asked = {offer.key: (offer.element, asked_of(offer, bundle)) for offer in outstanding.offers}
    kept = {
        task.key: task.id
        for task in case.tasks.values()
        if task.instance == number and task.key in asked and _is_same(task, *asked[task.key], bundle)
    }
    standing, before = rehearsal.standing, list(dict.fromkeys([*instance.tokens, *instance.awaited]))
    running.decision.emit(
        ProcessMigrated,
        {"reason": reason},
        instance=number,
        process=bundle.process,
        was=own.hash,
        bundle=bundle.hash,
        because=because,
        given=rehearsal.given,
        trace=Trace(left=before, active=standing.active, awaited=standing.awaited),
        edited=[(task, asked[key][0]) for key, task in kept.items() if _asks_else(own, bundle, asked[key][0])],
    )
    running.live.restore(number, rehearsal.engine)
    for task in [t.id for t in case.tasks.values() if t.instance == number and t.key not in kept]:
        running.decision.emit(e.TaskCancelled, task=task)
    days = _days_to_set(running, rehearsal, own, list(days_of(outstanding)))
    for offer in outstanding.offers:
        task = kept.get(offer.key) or running.offer(number, offer)
        for dated in days:
            if dated.task == offer.key:
                _set(running, rehearsal, dated, task)
    for dated in days:
        if not dated.task:
            _set(running, rehearsal, dated, 0)


def _days_to_set(running: Running, rehearsal: Rehearsal, own: Bundle, days: list[Dated]) -> list[Dated]:
    """Withdraw the days that are others by the bundle; those that it has and the case has not."""
    case, number, bundle = running.case, rehearsal.number, rehearsal.draft
    for deadline in [d for d in case.deadlines.values() if d.instance == number]:
        task = case.tasks.get(deadline.task)
        place = (task.key if task else "", deadline.timer)
        same = None
        if bool(task) == bool(deadline.task):
            same = next((dated for dated in days if (dated.task, dated.timer) == place), None)
        if same is not None:
            since, reference = rehearsal.opened[same.task or same.timer], running.reference
            other = another_day(same, number, case, own, bundle, since.at, since.day, reference)
            if not other and is_called_the_same(same, deadline, bundle, reference):
                days.remove(same)
                continue
        running.decision.emit(e.DeadlineWithdrawn, deadline=deadline.id)
    return days


def _set(running: Running, rehearsal: Rehearsal, dated: Dated, task: int) -> None:
    since = rehearsal.opened[dated.task or dated.timer]
    day = day_of(dated.timing, dated.element, rehearsal.draft, running.case, since.at, since.day, running.reference)
    running.set_day(rehearsal.number, day, task, dated.timer)


def _is_same(task: Task, element: str, asked: Asked, bundle: Bundle) -> bool:
    """Whether the bundle asks the same of the same people."""
    theirs = (element, asked.role, asked.party, bundle.elements[element].agreement)
    return theirs == (task.element, task.role, task.party, task.agreement)


def _asks_else(own: Bundle, bundle: Bundle, element: str) -> bool:
    """Whether a task asks for something else by the bundle, or in other words."""
    was, now = own.elements[element], bundle.elements[element]
    form = f"forms/{now.form}.schema.json"
    return was != now or own.files.get(form) != bundle.files.get(form)
