"""Opening a case: who may, for which school, on which policy, and its first process. Starting another process in it;
closing it by hand; reopening it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.case.application.circumstances import Around
from services.case.application.file_access import files_in
from services.case.application.running import Running
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.errors import (
    AnswersInvalid,
    CaseAlreadyOpen,
    CaseNotOpen,
    NotAllowed,
    ProcessRunning,
    ReasonMissing,
    SchoolUnknown,
)
from services.case.domain.files import File, add_file
from services.case.domain.lifecycle import close, refuse_if_edited
from services.case.domain.people import SCHOOL_ROLES, Person
from services.case.domain.permissions import ACTIONS, role_among, role_anywhere, role_for

NOTHING: Mapping[str, Any] = MappingProxyType({})
NO_NUMBER = ("temporary", "unknown", None)


def open_case(
    running: Running,
    ref: str,
    person: Person,
    process: str,
    answers: Any,
    known: Mapping[str, Any] = NOTHING,
    held: Mapping[str, File] = NOTHING,
) -> None:
    """Open a case with a process and the answers of its start form; `known` are facts from elsewhere, `held` the files
    that came with the form.

    Raises NotAllowed, ProcessUnknown, SchoolUnknown, AnswersInvalid. Whether the pupil has a case already is for the
    store to say (`claims_of`).
    """
    decision, case, reference = running.decision, running.case, running.reference
    membership = role_anywhere(person, "open")
    bundle = reference.current(person.authority, process)
    form = bundle.forms[bundle.about.start_form]
    case.ref, case.authority = ref, person.authority
    case.policy = reference.policy_at(person.authority, decision.effective_on).hash
    if isinstance(answers, dict):
        case.home_school = str(answers.get("home_school", ""))
    checked = form.check(answers, Around(case, decision.today, reference, coming=held))
    school = str(checked.facts.get("home_school", ""))
    try:
        if reference.school(school).authority != person.authority:
            raise SchoolUnknown
    except SchoolUnknown as unknown:
        raise AnswersInvalid([{"pointer": "/home_school", "detail": str(unknown)}]) from unknown
    if membership.role in SCHOOL_ROLES and not any(m.org == school for m in person.memberships):
        raise NotAllowed("You can open a case for your own school's pupils only.")
    decision.by = person.as_actor(membership)
    decision.emit(
        e.CaseOpened,
        {"answers": checked.personal, "facts": checked.personal_facts},
        ref=ref,
        process=process,
        authority=person.authority,
        home_school=school,
        policy=case.policy,
        parties={name.removesuffix("_account"): value for name, value in checked.facts.items() if name in ACCOUNTS},
        form=form.name,
        answers=checked.clear,
        facts=checked.facts,
    )
    for id in dict.fromkeys(files_in(form.fields, answers)):
        add_file(decision, held[id])
    for name, value in known.items():
        decision.emit(e.FactSet, name=name, value=value)
    running.start(process, checked.variables)


ACCOUNTS = ("pupil_account", "parent_account", "parent2_account", "social_worker_account")


def start_by_hand(running: Running, person: Person, process: str) -> None:
    """A person starts a process in a case of theirs, one of a kind at a time unless it says otherwise. Its variable
    `started_by` is who it was, as a party.

    Raises CaseUnknown, CaseNotOpen, ProcessUnknown, NotAllowed, ProcessRunning.
    """
    case, decision = running.case, running.decision
    role_for(person, case, "read")
    bundle = running.reference.current(case.authority, process)
    membership = role_among(person, case, bundle.about.start.by or ACTIONS["start_process"])
    if not case.is_open:
        raise CaseNotOpen
    if not bundle.about.several and any(i.process == process and not i.ended for i in case.instances.values()):
        raise ProcessRunning
    decision.by = person.as_actor(membership)
    form = bundle.forms[bundle.about.start_form]
    known = {name: case.facts.get(fact) for name, fact in form.facts.items() if name in form.variables}
    running.start(
        process, {**dict.fromkeys(form.variables), **known, "started_by": person.party(membership, case.parties)}
    )


def close_by_hand(running: Running, seen: str, outcome: str, reason: str) -> None:
    """Close a case whatever its processes are at; what the authority has in use for closed cases begins."""
    close(running.decision, seen, outcome, reason)
    running.begin_after_closing()


def reopen(running: Running, seen: str, reason: str) -> None:
    """Open a closed case again: its processes go on where they were; if all had ended, the first begins anew. What
    began after closing is told by the message `case_reopened`."""
    decision, case = running.decision, running.case
    if case.is_open:
        raise CaseAlreadyOpen
    if seen:
        refuse_if_edited(case, seen)
    if not reason.strip():
        raise ReasonMissing
    decision.emit(e.CaseReopened, {"reason": reason})
    going_on = [instance for instance in case.instances.values() if not instance.ended]
    unfinished = [instance.id for instance in going_on if not instance.after_closing]
    for number in unfinished:
        running.offer_again(number)
    for instance in going_on:
        if instance.after_closing:
            running.tell_if_awaited(instance.id, "case_reopened", {})
    if not unfinished:
        bundle = running.reference.current(case.authority, case.process)
        form = bundle.forms[bundle.about.start_form]
        known = {name: case.facts.get(fact) for name, fact in form.facts.items() if name in form.variables}
        running.start(case.process, {**dict.fromkeys(form.variables), **known})


def claims_of(case: Case) -> list[tuple[str, tuple[str, ...]]]:
    """What this open case holds alone in its authority: the pupil's number, and the name with the date of birth."""
    personal = case.personal
    claims: list[tuple[str, tuple[str, ...]]] = []
    if personal.get("pupil_upn") not in NO_NUMBER:
        claims.append((f"upn:{case.authority}", (str(personal["pupil_upn"]),)))
    name = [str(personal.get(f"pupil_{part}", "")).casefold().strip() for part in ("surname", "forename", "dob")]
    if all(name):
        claims.append((f"name:{case.authority}", tuple(name)))
    return claims
