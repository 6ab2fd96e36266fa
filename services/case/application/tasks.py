"""Completing a task, agreeing to terms, withdrawing: what people answer, given to the process."""

from typing import Any

from services.case.application.circumstances import Around
from services.case.application.running import Running
from services.case.domain import events as e
from services.case.domain.case import Case, Task
from services.case.domain.errors import (
    AlreadyAnswered,
    CaseNotOpen,
    NotAParty,
    NoTerms,
    NothingToWithdraw,
    PreconditionMissing,
    ReasonMissing,
    TermsChanged,
)
from services.case.domain.people import FAMILY, PARTIES, Person
from services.case.domain.permissions import role_for
from services.case.domain.tasks import completable
from services.case.domain.trace import Trace
from services.case.process.engine import Complete


def complete(
    running: Running, number: int, person: Person, seen: str, answers: Any, reason: str = "", method: str = ""
) -> None:
    """Complete a task with the answers of its form.

    `seen` is the task's ETag as the person saw it. `method` says how a party answered for whom the person records it.
    Raises the refusals of `domain.tasks.completable`, AnswersInvalid, ReasonMissing.
    """
    decision, case = running.decision, running.case
    task, membership, on_behalf = completable(case, number, person, seen)
    if on_behalf and not method:
        raise ReasonMissing("Say how the answer reached you: by phone, on paper or in person.")
    decision.by = person.as_actor(membership, task.party if on_behalf else "")
    _answer(running, task, answers, reason, method)


def _answer(running: Running, task: Task, answers: Any, reason: str, method: str) -> None:
    decision, case = running.decision, running.case
    bundle = running.bundle_of(task.instance)
    name = bundle.elements[task.element].form
    around = Around(case, decision.today, running.reference)
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
        if not case.is_open:
            raise CaseNotOpen
        if party not in PARTIES:
            raise NotAParty
        if case.terms.answers.get(party):
            raise AlreadyAnswered(answer=case.terms.answers[party])
        raise NoTerms
    if not seen:
        raise PreconditionMissing
    if seen not in ("*", etag_of_terms(running.case)):
        raise TermsChanged(etag=etag_of_terms(running.case))
    complete(running, task.id, person, "*", answers, reason, method)


def etag_of_terms(case: Case) -> str:
    return f'"{case.ref}.terms.{case.terms.version}"'


def withdraw(running: Running, party: str, person: Person, reason: str) -> None:
    """A party takes its agreement back, at any time until completion (domain section 3.3). Also on a paused case."""
    case, decision = running.case, running.decision
    membership = role_for(person, case, "read")
    role = PARTIES.get(party)
    if role is None:
        raise NotAParty
    own = case.parties.get(party) == person.id if role in FAMILY else person.has(role, running.organisation(role))
    if not own:
        membership = role_for(person, case, "agree_for")
    decision.by = person.as_actor(membership, "" if own else party)
    if case.terms.answers.get(party) not in ("agreed", None):
        raise NothingToWithdraw
    for instance in list(case.instances.values()):
        if not instance.ended and running.awaits(instance.id, "agreement_withdrawn"):
            running.tell(instance.id, "agreement_withdrawn", {"party": party}, {"reason": reason})
            return
    raise NothingToWithdraw
