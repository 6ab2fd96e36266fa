"""What fills the placeholders of a notice: facts of the case as it was when the words came due, and what people last
answered in that process. Codes are said in the words of the form. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.case.application.reference import Reference
from services.case.domain import delivery_events as n
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.directory import long
from services.case.process.forms import Form, is_day
from services.case.process.notices import Notice
from services.case.store.mapper import Recorded

# The answers that fill a placeholder, by their fields, the first that is there.
USUAL: dict[str, tuple[str, ...]] = {
    "meeting_date": ("meeting_on", "hearing_on"),
    "start_date": (
        "start_on", "starts_on", "returns_on", "back_on", "joined_on", "begins_on", "next_day", "proposed_start_on",
    ),
    "review_date": ("review_on", "next_review_on", "first_review_on", "planned_end_on"),
    "reasons": ("reasons_stated", "reasons_given", "reasons", "reason", "why_not", "why"),
}  # fmt: skip
STRENGTHS = {"LAW": "fixed by law", "GUIDANCE": "by statutory guidance", "LOCAL": "by local practice"}
OUTCOMES = ("_decision", "_outcome")  # how fields end that say what was decided

HIDDEN = "······"  # what is told to nobody but whoever it is for

Given = tuple[Form, dict[str, Any]]  # answers with the form that asked


def values(
    words: Notice, case: Case, event: Recorded, history: Sequence[Recorded], reference: Reference, link: str
) -> dict[str, str]:
    """By placeholder; `case` and `history` reach to the end of the act that made the words due."""
    authority = reference.authorities[case.authority]
    known = {
        "reference": case.ref,
        "pupil_name": f"{case.personal.get('pupil_forename', '')} {case.personal.get('pupil_surname', '')}".strip(),
        "school_name": reference.directory.name_of(case.home_school),
        "receiving_school_name": reference.directory.name_of(str(case.facts.get("receiving_school", ""))),
        "authority_name": authority.name,
        "contact": authority.contact,
        "due_date": _due_date(case, event, history),
        "duty": _duty(case, event, reference),
        "link": link,
        "code": HIDDEN,
    }
    asked = words.asks() - known.keys()
    if asked and isinstance(event.event, e.NoticeDue):
        answers = list(_answers(case, event.event.instance, history, reference))
        known |= {name: _answered(name, words.values, answers) for name in asked}
    return known


def end_of_act(history: Sequence[Recorded], recorded: Recorded) -> int:
    """The version of the last event of the act to which one belongs; acts do not mix."""
    cause = recorded.event.meta.cause or f"{recorded.stream}.{recorded.version}"
    last = recorded.version
    while last < len(history) and history[last].event.meta.cause == cause:
        last += 1
    return last


def _duty(case: Case, recorded: Recorded, reference: Reference) -> str:
    """What is owed, of a reminder or a deadline that has moved, and who says so."""
    event = recorded.event
    deadline = case.deadlines.get(event.deadline) if isinstance(event, n.ReminderDue | e.DeadlineMoved) else None
    if deadline is None:
        return ""
    known = reference.bundle(case.instances[deadline.instance].bundle).about.deadlines
    title = known.get(deadline.name, {}).get("title", deadline.name)
    return f"{title} ({STRENGTHS[deadline.strength]})"


def _due_date(case: Case, recorded: Recorded, history: Sequence[Recorded]) -> str:
    """The deadline that it is about; of a process's notice the one that is set with it, else its next."""
    event = recorded.event
    if isinstance(event, n.ReminderDue | e.DeadlineMissed | e.DeadlineMoved):
        deadline = case.deadlines.get(event.deadline)
        return long(deadline.due) if deadline else ""
    instance = getattr(event, "instance", 0)
    for later in history[recorded.version :]:
        if isinstance(later.event, e.DeadlineSet) and later.event.instance == instance and later.event.duty:
            return long(later.event.due)
    due = [deadline.due for deadline in case.deadlines.values() if deadline.instance == instance]
    return long(min(due)) if due else ""


def _answers(case: Case, instance: int, history: Sequence[Recorded], reference: Reference) -> Iterable[Given]:
    """What was answered, newest first: in the instance, then in those that started it, then when the case was
    opened."""
    completed: dict[int, list[tuple[int, e.TaskCompleted | e.CaseOpened, dict[str, Any]]]] = {}  # with the version
    corrected: dict[tuple[int, str], Any] = {}
    for recorded in history:
        event, personal = recorded.event, recorded.event.personal or {}
        if isinstance(event, e.TaskCompleted):
            answers = {**event.answers, **personal.get("answers", {})}
            completed.setdefault(event.instance, []).append((recorded.version, event, answers))
        elif isinstance(event, e.CaseOpened):
            completed[0] = [(recorded.version, event, {**event.answers, **personal.get("answers", {})})]
        elif isinstance(event, e.AnswerCorrected):
            corrected[event.task, event.field] = personal.get("value", event.value)
    while True:
        for version, event, answers in reversed(completed.get(instance, [])):
            number = event.task if isinstance(event, e.TaskCompleted) else 0
            mine = {field: value for (task, field), value in corrected.items() if task == number}
            bundle = reference.bundle(case.instances[instance or 1].bundle_at(version))
            if event.form in bundle.forms:
                yield bundle.forms[event.form], {**answers, **mine}
        if not instance:
            return
        instance = case.instances[instance].starter


def _answered(name: str, own: Mapping[str, str], answers: Iterable[Given]) -> str:
    for form, given in answers:
        if name == "outcome" and name not in own:
            fields = [field for field in form.fields if field.endswith(OUTCOMES)]
        else:
            fields = [own[name]] if name in own else list(USUAL.get(name, ()))
        for field in fields:
            if given.get(field) not in (None, "", []):
                return said(form.fields[field], given[field])
    return ""


def said(field: Mapping[str, Any], value: Any) -> str:
    """An answer in words."""
    if isinstance(value, list):
        return "; ".join(said(field.get("items", {}), one) for one in value)
    for option in field.get("oneOf", []):
        if option["const"] == value:
            return str(option["title"])
    if isinstance(value, str) and is_day(value):
        return long(date.fromisoformat(value))
    return str(value)
