"""Completing a task, agreeing to terms, withdrawing: what people answer, given to the process."""

from typing import Any

from services.case.application.circumstances import Around
from services.case.application.running import Running
from services.case.domain import events as e
from services.case.domain.case import Case, Task
from services.case.domain.contacts import organisation_of
from services.case.domain.errors import (
    AlreadyAnswered,
    CaseNotOpen,
    NotAParty,
    NoTerms,
    NothingToWithdraw,
    ReasonMissing,
    Refusal,
    TermsChanged,
)
from services.case.domain.people import FAMILY, NAMED, PARTIES, Person
from services.case.domain.permissions import role_for
from services.case.domain.seen import is_as_seen
from services.case.domain.tasks import completable, refuse_if_edited, refuse_if_same_person
from services.case.domain.trace import Trace
from services.case.process.engine import Complete


def complete(
    running: Running, number: int, person: Person, seen: str, answers: Any, reason: str = "", method: str = ""
) -> None:
    """Complete a task with the answers of its form.

    `seen` is the task's ETag as the person saw it. `method` says how a party answered for whom the person records it.
    Raises the refusals of `domain.tasks.completable`, PreconditionMissing, TaskEdited, SamePerson, AnswersInvalid,
    ReasonMissing.
    """
    task, _, _ = completable(running.case, number, person)
    refuse_if_edited(running.case, task, seen)
    _complete(running, number, person, answers, reason, method)


def _complete(running: Running, number: int, person: Person, answers: Any, reason: str, method: str) -> None:
    task, membership, on_behalf = completable(running.case, number, person)
    if on_behalf and not method:
        raise ReasonMissing("Say how the answer reached you: by phone, on paper or in person.")
    if other_than := running.bundle_of(task.instance).elements[task.element].other_than:
        refuse_if_same_person(running.case, task, other_than, person)
    running.decision.by = person.as_actor(membership, task.party if on_behalf else "")
    _answer(running, task, answers, reason, method)


def _answer(running: Running, task: Task, answers: Any, reason: str, method: str) -> None:
    decision, case = running.decision, running.case
    bundle = running.bundle_of(task.instance)
    name = bundle.elements[task.element].form
    around = Around(case, decision.today, running.reference, lambda: running.register(task.instance))
    if name:
        checked = bundle.forms[name].check(answers, around)
        clear, personal, variables = checked.clear, checked.personal, checked.variables
        facts, personal_facts = checked.facts, checked.personal_facts
    else:
        clear, personal, variables, facts, personal_facts = {}, {}, {}, {}, {}

    def record(trace: Trace) -> None:
        decision.emit(
            e.TaskCompleted,
            {"answers": personal, "facts": personal_facts, "reason": reason},
            task=task.id,
            instance=task.instance,
            key=task.key,
            element=task.element,
            answers=clear,
            variables=variables,
            facts=facts,
            trace=trace,
            form=name,
            party=task.party,
            method=method,
        )

    # Operators that run in this very step shall already see what was answered.
    case.facts.update(facts)
    case.personal.update(personal_facts)
    if task.agreement == "draft":
        case.drafted, case.drafted_by = {**clear, **personal}, task.id
    running.take(task.instance, Complete(task.key, variables), record)


def agree(
    running: Running, party: str, person: Person, seen: str, answers: Any, reason: str = "", method: str = ""
) -> None:
    """Record a party's answer to the terms issued. `seen` is the ETag of the terms that were read."""
    case = running.case
    role_for(person, case, "read")
    task = next((t for t in case.tasks.values() if t.agreement == "terms" and t.party == party), None)
    if task is None:
        raise _why_not(case, party)
    completable(case, task.id, person)
    if not is_as_seen(seen, etag_of_terms(case)):
        raise TermsChanged(etag=etag_of_terms(case), version=case.terms.version)
    _complete(running, task.id, person, answers, reason, method)


def _why_not(case: Case, party: str) -> Refusal:
    """Why the party is not asked at the moment."""
    if party in case.terms.answers:
        return AlreadyAnswered(answer=case.terms.answers[party])
    others_are_asked = any(task.agreement == "terms" for task in case.tasks.values())
    if party not in PARTIES or others_are_asked:
        return NotAParty()
    return NoTerms() if case.is_open else CaseNotOpen()


def etag_of_terms(case: Case) -> str:
    return f'"{case.ref}.terms.{case.terms.version}"'


def withdraw(running: Running, party: str, person: Person, reason: str) -> None:
    """A party takes its agreement back, at any time until completion (domain section 3.3). Also on a paused case."""
    case, decision = running.case, running.decision
    membership = role_for(person, case, "read")
    role = PARTIES.get(party)
    if role is None:
        raise NotAParty
    named = case.parties.get(party) if role in NAMED else None
    own = named == person.id if named or role in FAMILY else person.has(role, organisation_of(running.case, role))
    if not own:
        membership = role_for(person, case, "agree_for")
    if not case.is_open:
        raise CaseNotOpen
    decision.by = person.as_actor(membership, "" if own else party)
    if case.terms.answers.get(party) not in ("agreed", None):
        raise NothingToWithdraw
    for instance in list(case.instances.values()):
        if not instance.ended and running.awaits(instance.id, "agreement_withdrawn"):
            running.tell(instance.id, "agreement_withdrawn", {"party": party}, {"reason": reason})
            return
    raise NothingToWithdraw
