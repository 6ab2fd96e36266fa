"""Who may fetch which files of a case.

Who works on the case fetches all of them, but those that somebody who added them keeps from their role (`x-readers` of
a form). Everybody else who has a part in it, such as a school with which the pack is shared, fetches what a task of
theirs shows, as long as they have that part. Everybody fetches what they added themselves. Auditors see that files are
there, not what is in them, unless they broke the glass.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.case.application.reading import answers_shown
from services.case.application.reference import Reference
from services.case.domain import events as e
from services.case.domain.case import Case, Task
from services.case.domain.errors import CaseUnknown, NotAllowed
from services.case.domain.file_errors import FileUnknown
from services.case.domain.people import Membership, Person
from services.case.domain.permissions import answering, is_for, oversees, relation
from services.case.store.mapper import Recorded


def reader(person: Person, case: Case) -> Membership:
    """The membership in which the person fetches files. Raises CaseUnknown; NotAllowed to who sees facts only."""
    related = relation(person, case)
    for level in ("full", "own", "pack"):
        for membership, mine in related.items():
            if mine == level:
                return membership
    for task in case.tasks.values():
        if is_for(person, case, task):
            return answering(person, case, task)
    raise NotAllowed if related else CaseUnknown


def refuse_unless_readable(
    person: Person, case: Case, file: str, history: Iterable[Recorded], reference: Reference
) -> None:
    """Raises FileUnknown."""
    if file not in readable(person, case, history, reference):
        raise FileUnknown


def readable(person: Person, case: Case, history: Iterable[Recorded], reference: Reference) -> set[str]:
    """The ids of the files that the person may fetch; `history` is that of the case."""
    related, recorded = relation(person, case), list(history)
    found = {file.id for file in case.files.values() if file.by == person.id}
    found |= _brought(person, case, recorded, reference) & set(case.files)
    if related and oversees(person, case):
        return set(case.files) if "full" in related.values() else found
    kept_from = _kept_from({membership.role for membership in related}, case, recorded, reference)
    if "full" in related.values():
        return set(case.files) - kept_from | found
    tasks = [(task, case.instances[task.instance].bundle) for task in case.tasks.values()]
    if related:
        tasks += [(over.task, over.bundle) for over in case.done.values()]
    shown: set[str] = set()
    for task, bundle in tasks:
        if is_for(person, case, task):
            shown |= set(_shown(task, bundle, recorded, reference))
    return (shown - kept_from | found) & set(case.files)


def _brought(person: Person, case: Case, history: list[Recorded], reference: Reference) -> set[str]:
    """The files that came with the form by which the person opened the case: of those the case itself tells."""
    for recorded in history:
        event = recorded.event
        if isinstance(event, e.CaseOpened) and event.meta.by.person == person.id:
            form = reference.bundle(case.instances[1].began_on).forms[event.form]
            return set(files_in(form.fields, {**event.answers, **(event.personal or {}).get("answers", {})}))
    return set()


def _kept_from(roles: set[str], case: Case, history: list[Recorded], reference: Reference) -> set[str]:
    """The files that answers, as corrected since, keep from whoever acts in these roles only."""
    latest: dict[int, tuple[Mapping[str, Any], dict[str, Any]]] = {}
    for recorded in history:
        event, personal = recorded.event, recorded.event.personal or {}
        if isinstance(event, e.CaseOpened | e.TaskCompleted):
            number, instance = (event.task, event.instance) if isinstance(event, e.TaskCompleted) else (0, 1)
            form = reference.bundle(case.instances[instance].bundle_at(recorded.version)).forms.get(event.form)
            if form is not None:
                latest[number] = form.fields, {**event.answers, **personal.get("answers", {})}
        elif isinstance(event, e.AnswerCorrected) and event.task in latest:
            latest[event.task][1][event.field] = personal.get("value", event.value)
    return {id for fields, answers in latest.values() for id in _kept(fields, answers, roles)}


def _kept(fields: Mapping[str, Any], answers: dict[str, Any], roles: set[str]) -> Iterator[str]:
    readers = [field["x-readers"].get(answers.get(name)) for name, field in fields.items() if "x-readers" in field]
    if any(one is not None and roles.isdisjoint(one) for one in readers):
        yield from files_in(fields, answers)
        return
    for name, given in answers.items():
        inside = fields.get(name, {}).get("items", {}).get("properties")
        for one in given if inside and isinstance(given, list) else ():
            yield from _kept(inside, one, roles)


def _shown(task: Task, hash: str, history: list[Recorded], reference: Reference) -> Iterator[str]:
    """The files in what others answered before and the diagram shows with the task."""
    bundle = reference.bundle(hash)
    shows = bundle.elements[task.element].shows
    if not shows:
        return
    for (element, name), answer in answers_shown(history, task.instance, shows).items():
        fields = bundle.forms[bundle.elements[element].form].fields
        yield from files_in({name: fields[name]}, {name: answer})


def files_in(fields: Mapping[str, Any], answers: Any) -> Iterator[str]:
    """The ids of the files that answers name, whatever else they say."""
    for name, given in answers.items() if isinstance(answers, dict) else ():
        field = fields.get(name, {})
        for one in given if isinstance(given, list) else [given]:
            if field.get("x-govuk", {}).get("file") and isinstance(one, str):
                yield one
            elif inside := field.get("items", {}).get("properties"):
                yield from files_in(inside, one)
