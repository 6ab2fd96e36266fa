"""Correcting an answer: a new event supersedes the old, which stays where it was (domain section 8, rectification)."""

from collections.abc import Sequence
from typing import Any

from services.case.application.circumstances import Around
from services.case.application.exclusions import revised, whose_of
from services.case.application.reference import Reference
from services.case.application.running import Running
from services.case.domain import events as e
from services.case.domain import pupil_events as p
from services.case.domain.case import Case
from services.case.domain.errors import AnswersInvalid, Erased, NothingToCorrect, ReasonMissing
from services.case.domain.lifecycle import refuse_if_edited
from services.case.domain.meta import Event
from services.case.process.forms import Form

OPENING = 0  # the number under which the start form's answers are corrected


def correct(
    running: Running, given: Sequence[Event], task: int, field: str, value: Any, seen: str, reason: str
) -> None:
    """Supersede one answer. `given` is the answering event of the task (or CaseOpened, task 0) and the corrections
    since.

    A corrected fact changes the case. Corrected terms that somebody is being asked to agree to are issued anew where
    the field is material. Raises NothingToCorrect, ReasonMissing, CaseEdited, AnswersInvalid.
    """
    decision, case = running.decision, running.case
    if case.erased:
        raise Erased
    refuse_if_edited(case, seen)
    if not reason.strip():
        raise ReasonMissing
    first = given[0] if given else None
    if not isinstance(first, e.TaskCompleted | e.CaseOpened):
        raise NothingToCorrect
    number = first.instance if isinstance(first, e.TaskCompleted) else 1
    form = form_of(running.reference, case, first)
    if form is None or field not in form.fields:
        raise NothingToCorrect
    answers = {**first.answers, **(first.personal or {}).get("answers", {})}
    for event in given[1:]:
        if isinstance(event, e.AnswerCorrected):
            personal = event.personal or {}
            answers[event.field] = personal.get("value", event.value)
    answers[field] = value
    try:
        form.check(answers, Around(case, decision.today, running.reference, lambda: running.register(number)))
    except AnswersInvalid as invalid:
        concerned = [error for error in invalid.details["errors"] if f"{error['pointer']}/".startswith(f"/{field}/")]
        if concerned:
            raise AnswersInvalid(concerned) from invalid
    is_personal = field in form.personal
    decision.emit(
        e.AnswerCorrected,
        {"reason": reason, **({"value": value} if is_personal else {})},
        task=task,
        field=field,
        value=None if is_personal else value,
        fact=form.facts.get(field, ""),
    )
    fact = form.facts.get(field, "")
    for told in list(case.exclusions):
        if fact == "pupil_upn" or (told == number and task and field in form.entry):
            _tell_register(running, told, {form.entry[field]: value} if field in form.entry else {})
    if case.is_open and task and task == case.drafted_by and field in form.material:
        for instance in list(case.instances.values()):
            if not instance.ended and running.awaits(instance.id, "terms_changed"):
                running.tell(instance.id, "terms_changed", {"field": field})


def form_of(reference: Reference, case: Case, given: e.TaskCompleted | e.CaseOpened) -> Form | None:
    """The form that asked, as it was when it was answered."""
    task = given.task if isinstance(given, e.TaskCompleted) else OPENING
    bundle = case.done[task].bundle if task else case.instances[1].began_on
    return reference.bundle(bundle).forms.get(given.form)


def _tell_register(running: Running, instance: int, changes: dict[str, Any]) -> None:
    """The register learns of a suspension or exclusion as it was put right, or that it is another pupil's."""
    case = running.case
    days = running.reference.calendars_of(case.authority, case.home_school, None).home
    entry = revised(case.exclusions[instance], days, **changes)
    running.decision.emit(p.ExclusionNotified, {"pupil": whose_of(case).named}, instance=instance, entry=entry)
