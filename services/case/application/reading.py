"""Reading a case from its events: as it was at a version or time, and why a task or a date is there.

Nothing here runs the engine, a clock or the network; two people who ask the same get the same.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from services.case.clock.due_date import DueDate
from services.case.clock.explanation import explain
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.errors import NothingToCorrect
from services.case.domain.folding import apply
from services.case.domain.trace import element_of
from services.case.store.mapper import Recorded


def upto(
    history: Iterable[Recorded],
    version: int | None = None,
    known_at: datetime | None = None,
    effective_on: date | None = None,
) -> list[Recorded]:
    """The events up to a version, those that had been recorded by a moment, or those true by a day."""
    return [
        recorded
        for recorded in history
        if (version is None or recorded.version <= version)
        and (known_at is None or recorded.recorded_at <= known_at)
        and (effective_on is None or recorded.event.meta.effective_on <= effective_on)
    ]


def as_at(case: Case, history: Iterable[Recorded], personal: bool) -> dict[str, Any]:
    """The state after these events: status, facts, open tasks, tokens by element, deadlines, answers visible then."""
    then = Case(case.stream)
    answers: dict[int, dict[str, Any]] = {}
    version = 0
    for recorded in history:
        event = recorded.event
        try:
            apply(then, event)
        except KeyError:
            continue  # by day of effect an event may come before what it is about
        version = recorded.version
        if isinstance(event, e.CaseOpened | e.TaskCompleted):
            number = event.task if isinstance(event, e.TaskCompleted) else 0
            sealed = (event.personal or {}).get("answers", {}) if personal else {}
            element = event.element if isinstance(event, e.TaskCompleted) else "start"
            answers[number] = {
                "task": then.task_id(number) if number else None,
                "element": element,
                "answers": {**event.answers, **sealed},
                "corrected": [],
            }
        elif isinstance(event, e.AnswerCorrected) and event.task in answers:
            sealed = event.personal or {}
            if "value" not in sealed or personal:
                answers[event.task]["answers"][event.field] = sealed.get("value", event.value)
            answers[event.task]["corrected"].append(event.field)
    return {
        "ref": then.ref,
        "version": version,
        "status": then.status,
        "outcome": then.outcome or None,
        "facts": {**then.facts, **(then.personal if personal else {})},
        "open_tasks": [task_facts(then, number) for number in then.tasks],
        "tokens": tokens(then),
        "deadlines": [deadline_facts(d) for d in then.deadlines.values()],
        "agreements": then.terms.answers,
        "answers": list(answers.values()),
    }


def answers_shown(
    history: Iterable[Recorded], instance: int, shows: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Any]:
    """The answers last given to fields of earlier tasks of an instance, as corrected since."""
    latest: dict[str, dict[str, Any]] = {}
    element_of_task: dict[int, str] = {}
    for recorded in history:
        event, personal = recorded.event, recorded.event.personal or {}
        if isinstance(event, e.TaskCompleted) and event.instance == instance:
            element_of_task[event.task] = event.element
            latest[event.element] = {**event.answers, **personal.get("answers", {})}
        elif isinstance(event, e.AnswerCorrected) and event.task in element_of_task:
            latest[element_of_task[event.task]][event.field] = personal.get("value", event.value)
    return {(task, field): latest[task][field] for task, field in shows if task in latest and field in latest[task]}


def tokens(case: Case) -> list[dict[str, Any]]:
    """How many tokens rest at which element of which instance. Of a multi-instance task its instances are counted."""
    found = []
    for instance in case.instances.values():
        if instance.ended:
            continue
        groups = {key.rpartition("[")[0] for key in instance.tokens if key.endswith("]")}
        counted = Counter(element_of(key) for key in instance.tokens if key not in groups)
        for element, count in counted.items():
            found.append({"instance": instance.id, "process": instance.process, "element": element, "tokens": count})
    return found


def task_facts(case: Case, number: int) -> dict[str, Any]:
    task = case.tasks[number]
    return {
        "task": case.task_id(number),
        "element": task.element,
        "instance": task.instance,
        "role": task.role,
        "org": task.org,
        "party": task.party or None,
        "assignee": task.assignee or None,
    }


def deadline_facts(deadline: Any) -> dict[str, Any]:
    return {
        "deadline": f"d{deadline.id}",
        "name": deadline.name,
        "due": deadline.due,
        "duty": deadline.duty,
        "strength": deadline.strength,
        "task": deadline.task or None,
        "missed": deadline.missed,
    }


def why_task(history: list[Recorded], number: int) -> dict[str, Any]:
    """Which event brought the task about, who caused that, and the way through the diagram that led to it."""
    offered = next((r for r in history if isinstance(r.event, e.TaskOffered) and r.event.task == number), None)
    if offered is None:
        raise NothingToCorrect("There is no such task in this case.")
    event = offered.event
    assert isinstance(event, e.TaskOffered)
    cause = _cause(history, offered)
    path = getattr(cause.event, "trace", None)
    return {
        "element": event.element,
        "offered_at": offered.recorded_at,
        "because_of": _brief(cause),
        "path": [{"flow": flow or None, "element": element_of(key), "key": key} for flow, key in path.path]
        if path
        else [],
    }


def why_deadline(history: list[Recorded], number: int) -> dict[str, Any]:
    """What set the date, how it was counted day by day, and how it moved since."""
    since = [r for r in history if getattr(r.event, "deadline", None) == number]
    first = since[0] if since else None
    if first is None or not isinstance(first.event, e.DeadlineSet):
        raise NothingToCorrect("There is no such deadline in this case.")
    event = first.event
    moves = [
        {"was": r.event.was, "due": r.event.due, "because": r.event.because, "at": r.recorded_at}
        for r in since
        if isinstance(r.event, e.DeadlineMoved)
    ]
    latest = next((r.event for r in reversed(since) if isinstance(r.event, e.DeadlineMoved)), event)
    return {
        "name": event.name,
        "title": event.title,
        "due": latest.due,
        "strength": event.strength,
        "provisional": latest.provisional,
        "set_at": first.recorded_at,
        "because_of": _brief(_cause(history, first)),
        "explanation": in_sentences(latest.how),
        "moved": moves,
    }


def in_sentences(how: dict[str, Any]) -> list[str]:
    """A stored explanation in words."""
    if how.get("rule") == "after":
        return [f"{how['duration']} after {how['anchor']} is {how['due']}."]
    return explain(msgspec.convert(how, DueDate))


def _cause(history: list[Recorded], recorded: Recorded) -> Recorded:
    cause = recorded.event.meta.cause.rpartition(".")[2]
    return next((r for r in history if str(r.version) == cause), recorded)


def _brief(recorded: Recorded) -> dict[str, Any]:
    by = recorded.event.meta.by
    return {
        "version": recorded.version,
        "type": recorded.type,
        "at": recorded.recorded_at,
        "by": by.person,
        "role": by.role or None,
        "task": getattr(recorded.event, "task", None),
    }
