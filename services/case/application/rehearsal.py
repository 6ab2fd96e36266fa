"""Rehearses a process instance on a draft: its recorded inputs are taken again, and what would be another is told.

Pure, and in facts only: nothing is written, nobody is asked, operators answer from the journal, and nothing personal is
needed. What the draft would do beyond the record (a notice more, say) is told and not done.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal, get_args

import msgspec

from services.case.application.live import InputEvent, as_input, stand, trace_of
from services.case.application.opened import Dated, asked_of, days_of
from services.case.application.reference import Reference
from services.case.application.same_day import another_day, days_without
from services.case.application.variables import values_of
from services.case.domain import events as e
from services.case.domain.case import Case, Instance
from services.case.domain.folding import apply
from services.case.domain.trace import Effect, Trace, element_of
from services.case.process import engine
from services.case.process.bundle import Bundle
from services.case.process.engine import CannotGoOn, Complete, Fire, Input, NotOpen, Receive, Start, Step
from services.case.process.expressions import VariableMissing
from services.case.store.mapper import Recorded

Verdict = Literal["same", "deadline moved", "different outcome", "stuck", "impossible"]  # from good to bad
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
SILENT = {"send_notice", "record_given", "set_fact", "enter_exclusion", "revise_exclusion", "cancel_exclusion"}
SILENT |= {"share_pack", "revoke_pack"}  # operators that answer nothing
FAULTS = {
    "Runaway": "it goes round without end",
    "NoWayOn": "no way on of a gateway fits",
    "NoRowMatches": "no row of a decision table fits",
    "TwoRowsMatch": "two rows of a decision table fit",
}


class Difference(msgspec.Struct, frozen=True):
    """What would be another: at which event (its version), which element of the draft or the case, in a sentence."""

    version: int
    element: str
    sentence: str


class Unanswered(Exception):
    """The draft asks an operator what it was never asked: nobody knows the answer."""


class Since(msgspec.Struct, frozen=True):
    """When something was opened: a day that goes with it is counted from there."""

    at: datetime
    day: date


class Rehearsal:
    """One instance on the draft. `first` is the first difference, `done` the first in what is done and cannot be
    undone, such as a notice sent or a milestone reached; days and tasks that are open can still be put right.
    """

    def __init__(self, draft: Bundle, reference: Reference, number: int) -> None:
        self.draft = draft
        self.number = number
        self.verdict: Verdict = "same"
        self.first: Difference | None = None
        self.done: Difference | None = None
        self.given: dict[str, Any] = {}  # what the draft knows from the start and the record does not say
        self.opened: dict[str, Since] = {}  # by key
        self.standing = Trace()  # where tokens rest and what is awaited
        self.engine = engine.Instance.new(draft.definition)
        self._reference = reference
        self._step: Step | None = None
        self._input: Recorded | None = None
        self._milestones: list[e.Milestone] = []
        self._over = False

    def take(self, recorded: Recorded, event: InputEvent, case: Case) -> None:
        """Take an input of the instance; the case has followed it already."""
        self._input, self._milestones = recorded, []
        if self._over:
            return
        given = as_input(event)
        if isinstance(given, Start):
            self.given = values_of(
                {n: s for n, s in self.draft.about.variables.items() if n not in given.variables}, case, self._reference
            )
            given = as_input(event, self.given)
        journal = list(event.trace.effects)
        try:
            self._step = step = self.engine.apply(given, lambda name, said: self._answer(journal, name, said, case))
        except NotOpen:
            self._stop("impossible", _place(given), self._not_open(given))
            return
        except Unanswered as unknown:
            self._stop("different outcome", _place(given), str(unknown))
            return
        except CannotGoOn as fault:
            self._stop("stuck", _place(given), _fault(fault))
            return
        for effect in journal:
            what = f"The draft does not do here what was done: {_call(effect)}."
            self._differs("different outcome", effect.element, what, True)
        self.standing = stand(self.standing, trace_of(step))
        since = Since(recorded.recorded_at, event.meta.effective_on)
        self.opened |= {offer.key: since for offer in step.offers} | {timer.key: since for timer in step.timers}

    def told(self, event: e.Milestone) -> None:
        """The record goes on to say that a milestone was reached."""
        self._milestones.append(event)

    def open_again(self, recorded: Recorded) -> None:
        """The case was reopened: days count from there."""
        since = Since(recorded.recorded_at, recorded.event.meta.effective_on)
        self.opened = dict.fromkeys(self.opened, since)

    def settle(self, case: Case) -> None:
        """All that came of the last input is recorded: compare."""
        step, self._step = self._step, None
        if step is None:
            return
        instance = case.instances[self.number]
        self._compare_end(step, instance)
        self._compare_milestones(step)
        self._compare_open(step, case, instance)
        if self.verdict == "same":
            days = list(days_of(step))
            for dated in days:
                self._compare_day(dated, case, instance)
            for key in days_without(days, step, case, self.number):
                self._differs("deadline moved", key, f"The draft sets no day for {named(self.draft, key)}.")
        if not self.engine.open and not self.engine.ended:
            self._stop("stuck", "", "Nothing is open on the draft any more: nobody could go on.")

    def _answer(self, journal: list[Effect], operator: str, parameters: dict[str, Any], case: Case) -> Any:
        called = Effect("", operator, parameters)
        same = next((f for f in journal if f.operator == operator and f.parameters == parameters), None)
        found = same or next((effect for effect in journal if effect.operator == operator), None)
        if found is None or found is not journal[0] or found is not same:
            what = f"The draft does here what was not done: {_call(called)}."
            self._differs("different outcome", found.element if found else "", what, True)
        if found is not None:
            journal.remove(found)
            return found.result
        if operator == "refresh":
            about = self.draft.about.variables
            read = {n: s for n, s in about.items() if s.fact is not None or s.policy is not None}
            return values_of(read, case, self._reference)
        if operator not in SILENT:
            raise Unanswered(f"The draft asks here what was never asked ({operator}), so how it goes on is not known.")
        return None

    def _compare_end(self, step: Step, instance: Instance) -> None:
        if step.ended and not instance.ended:
            self._differs("different outcome", "", f"The draft ends here ({step.outcome or 'no outcome'}).", True)
        elif instance.ended and not step.ended:
            sentence = f"The case ended here ({instance.outcome or 'no outcome'}); the draft goes on."
            self._differs("different outcome", "", sentence, True)
        elif step.ended and (step.outcome or "") != instance.outcome:
            sentence = f"The draft ends with {step.outcome or 'no outcome'}, the case with {instance.outcome}."
            self._differs("different outcome", "", sentence, True)

    def _compare_milestones(self, step: Step) -> None:
        """By name, outcome and fields; at which element they stand does not matter to anybody."""
        was = [(m.name, m.outcome, m.fields) for m in self._milestones]
        now = [(m.name, str(m.outcome or ""), m.fields) for m in step.milestones]
        for milestone in [*(m for m in now if m not in was), *(m for m in was if m not in now)][:1]:
            which = "reached on the draft only" if milestone in now else "not reached on the draft"
            sentence = f"The milestone {milestone[0]} is {which}, or it says something else."
            self._differs("different outcome", "", sentence, True)

    def _compare_open(self, step: Step, case: Case, instance: Instance) -> None:
        """What waits for people, days and messages."""
        if instance.ended or self.engine.ended:
            return
        tasks = {task.key: task for task in case.tasks.values() if task.instance == self.number}
        timers = {d.timer for d in case.deadlines.values() if d.instance == self.number and d.timer}
        was = dict.fromkeys([*tasks, *timers, *instance.awaited])
        own = self._reference.bundle(instance.bundle)
        for key in self.engine.open:
            if key not in was:
                self._differs("different outcome", key, f"{named(self.draft, key)} is open on the draft only.")
        for key in was:
            if key not in self.engine.open:
                self._differs("different outcome", key, f"{named(own, key)} is open in the case, and not on the draft.")
        for offer in step.offers:
            task = tasks.get(offer.key)
            asked = asked_of(offer, self.draft)
            if task is not None and (asked.role, asked.party) != (task.role, task.party):
                sentence = f"{named(self.draft, offer.key)} is for {asked.party or asked.role}, "
                sentence += f"and was for {task.party or task.role}."
                self._differs("different outcome", offer.key, sentence)

    def _compare_day(self, dated: Dated, case: Case, instance: Instance) -> None:
        own, since = self._reference.bundle(instance.bundle), self.opened[dated.task or dated.timer]
        sentence = another_day(dated, self.number, case, own, self.draft, since.at, since.day, self._reference)
        if sentence:
            self._differs("deadline moved", dated.task or dated.timer, sentence)

    def _not_open(self, given: Input) -> str:
        if isinstance(given, Receive):
            return f"Nothing on the draft waits for the message {given.message} here."
        key = _place(given)
        if element_of(key) not in self.draft.elements:
            return f"What was done here is no part of the draft: it has no {element_of(key)}."
        what = "open" if isinstance(given, Complete) else "awaited"
        return f"{named(self.draft, key)} is not {what} on the draft at this point."

    def _stop(self, verdict: Verdict, key: str, sentence: str) -> None:
        self._differs(verdict, key, sentence, True)
        self._over, self._step = True, None

    def _differs(self, verdict: Verdict, key: str, sentence: str, done: bool = False) -> None:
        assert self._input is not None
        difference = Difference(self._input.version, element_of(key), sentence)
        self.first = self.first or difference
        self.done = self.done or (difference if done else None)
        self.verdict = max(self.verdict, verdict, key=VERDICTS.index)


def rehearse(history: Iterable[Recorded], draft: Bundle, reference: Reference, case: Case) -> list[Rehearsal]:
    """Each instance of the draft's process in the history of a case, on the draft. `case` is empty, and follows."""
    rehearsals: dict[int, Rehearsal] = {}
    for recorded in history:
        event = recorded.event
        number = getattr(event, "instance", 0)
        if not event.meta.cause or (isinstance(event, InputEvent) and number in rehearsals):
            for rehearsal in rehearsals.values():
                rehearsal.settle(case)
        apply(case, event)
        if isinstance(event, e.ProcessStarted) and event.process == draft.process:
            rehearsals[number] = Rehearsal(draft, reference, number)
        if isinstance(event, e.CaseReopened):
            for rehearsal in rehearsals.values():
                rehearsal.open_again(recorded)
        elif number in rehearsals:
            if isinstance(event, InputEvent):
                rehearsals[number].take(recorded, event, case)
            elif isinstance(event, e.Milestone):
                rehearsals[number].told(event)
    for rehearsal in rehearsals.values():
        rehearsal.settle(case)
    return list(rehearsals.values())


def named(bundle: Bundle, key: str) -> str:
    """An element in the words of its diagram."""
    element = element_of(key)
    known = bundle.elements.get(element)
    return f"“{known.name or element}”" if known else element


def _place(given: Input) -> str:
    return given.key if isinstance(given, Complete | Fire) else ""


def _call(effect: Effect) -> str:
    """An operator's call, named by what is the diagram's own; values may be somebody's."""
    about = effect.parameters.get("notice") or effect.parameters.get("process") or effect.parameters.get("name")
    return f"{effect.operator} {about}" if isinstance(about, str) else effect.operator


def _fault(fault: BaseException) -> str:
    """Why the draft cannot go on; never the values at hand."""
    if isinstance(fault, VariableMissing):
        return f"The draft cannot go on here: it reads {fault.name}, which nothing has set."
    return f"The draft cannot go on here: {FAULTS.get(type(fault).__name__, 'an expression fails')}."
