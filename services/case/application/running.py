"""Runs process instances for a decision: what the engine says of each input becomes events.

The order is always the same: the input with its trace; what it took away; what operators brought about; milestones;
what is offered and awaited now; then linked instances that it started, and the end.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from services.case.application.calling import Called
from services.case.application.days import Day, day_of
from services.case.application.exclusions import RegisterOf, known, whose_of
from services.case.application.live import Live, trace_of
from services.case.application.opened import Dated, asked_of, days_of
from services.case.application.reminding import still_to_come
from services.case.application.variables import values_of
from services.case.domain import events as e
from services.case.domain.contacts import organisation_of
from services.case.domain.decision import Decision
from services.case.domain.errors import ProcessCannotGoOn
from services.case.domain.people import NAMED
from services.case.domain.pupil_register import Register
from services.case.domain.trace import Trace
from services.case.process.bundle import Bundle
from services.case.process.engine import Await, CannotGoOn, Input, NotOpen, Offer, Receive, Start, Step
from services.case.process.process_file import Source

Record = Callable[[Trace], None]

log = logging.getLogger(__name__)


class Running:
    """The engine side of one decision."""

    def __init__(self, decision: Decision, live: Live, registers: RegisterOf) -> None:
        self._registers = registers
        self.decision = decision
        self.live = live
        self.case = live.case
        self.reference = live.reference
        self._new: dict[int, Bundle] = {}
        self._last = live.case.counts.get("instance", 0)

    def register(self, number: int) -> Register:
        """The pupil's register with what this case has told of, without what this instance itself is about.

        Raises RegisterWanted.
        """
        return known(self.case, self._registers(whose_of(self.case)), self.exclusion_id(number))

    def exclusion_id(self, number: int) -> str:
        """The id under which an instance's suspension or exclusion is in the register."""
        return f"{self.case.ref}.{number}"

    def bundle_of(self, number: int) -> Bundle:
        """The bundle that an instance follows, also while its first step is under way."""
        return self._new.get(number) or self.reference.bundle(self.case.instances[number].bundle)

    def next_instance(self) -> int:
        """A number for an instance that will start in this decision."""
        self._last += 1
        return self._last

    def start(self, process: str, given: dict[str, Any], starter: int = 0, number: int = 0, aside: bool = False) -> int:
        """A new instance of a process in use, with `given` for the variables it is handed. Raises ProcessUnknown."""
        bundle = self.reference.current(self.case.authority, process)
        number = number or self.next_instance()
        variables = {**self.sources(bundle.about.variables), **given}
        self._new[number] = bundle
        self.live.new_engine(number, bundle.hash)

        def record(trace: Trace) -> None:
            self.decision.emit(
                e.ProcessStarted,
                instance=number,
                process=process,
                bundle=bundle.hash,
                variables=variables,
                trace=trace,
                starter=starter,
                aside=aside,
            )

        self.take(number, Start(variables), record)
        return number

    def sources(self, variables: Mapping[str, Source]) -> dict[str, Any]:
        """The values of a process's `[variables]`, from the facts of the case and its policy, else the default."""
        return values_of(variables, self.case, self.reference)

    def take(self, number: int, given: Input, record: Record) -> None:
        """Give the input to the instance; `record` emits the input's own event.

        Raises NotOpen, nothing changed; ProcessCannotGoOn.
        """
        engine = self.live.engine(number)
        called = Called(self, number)
        self.live.touched = True
        try:
            step = engine.apply(given, called)
        except CannotGoOn as fault:
            # Not its words: they may quote what somebody answered.
            log.error("%s, instance %s: %s in the diagram", self.case.ref, number, type(fault).__name__)
            raise ProcessCannotGoOn from fault
        record(trace_of(step))
        self._take_away(number, step)
        for kind, facts in called.brought:
            self.decision.emit(kind, **facts)
        for reached in step.milestones:
            self.decision.emit(
                e.Milestone,
                name=reached.name,
                instance=number,
                element=reached.element,
                outcome=str(reached.outcome or ""),
                fields=reached.fields,
            )
        self._open_up(number, step)
        for reserved, process, handed in called.starts:
            self.start(process, handed, number, reserved)
        for thrown in step.thrown:
            if thrown.kind == "message":
                self._pass_on(number, thrown.name, thrown.payload)
        if step.ended:
            self._end(number, step.outcome or "")
        else:
            self._hear_late(number, step.awaits)

    def _take_away(self, number: int, step: Step) -> None:
        """Tasks and timers that the step closed without anybody doing them."""
        gone = set(step.left)
        for task in [t for t in self.case.tasks.values() if t.instance == number and t.key in gone]:
            self.decision.emit(e.TaskCancelled, task=task.id)
        for deadline in list(self.case.deadlines.values()):
            if deadline.task and deadline.task not in self.case.tasks:
                over = e.DeadlineMet if self._was_done(deadline.task) else e.DeadlineWithdrawn
                late: dict[str, Any] = {"late": True} if deadline.missed and over is e.DeadlineMet else {}
                self.decision.emit(over, deadline=deadline.id, **late)
            elif not deadline.task and deadline.instance == number and deadline.timer in gone:
                self.decision.emit(e.DeadlineWithdrawn, deadline=deadline.id)

    def _was_done(self, task: int) -> bool:
        return any(isinstance(event, e.TaskCompleted) and event.task == task for event in self.decision.events)

    def _open_up(self, number: int, step: Step) -> None:
        """Tasks to offer and days to set: a task's own day right after it, those of timers last."""
        days = list(days_of(step))
        for offer in step.offers:
            task = self.offer(number, offer)
            for dated in days:
                if dated.task == offer.key:
                    self.set_day(number, self._day(number, dated), task, dated.timer)
        for dated in days:
            if not dated.task:
                self.set_day(number, self._day(number, dated), 0, dated.timer)

    def offer(self, number: int, offer: Offer) -> int:
        """Offer a task of the instance; its number."""
        bundle = self.bundle_of(number)
        asked = asked_of(offer, bundle)
        role, party = asked.role, asked.party
        task = self.case.next("task")
        self.decision.emit(
            e.TaskOffered,
            task=task,
            instance=number,
            key=offer.key,
            element=offer.element,
            role=role,
            org=asked.org or organisation_of(self.case, role),
            party=party,
            person=self.case.parties.get(party, "") if role in NAMED else "",
            agreement=bundle.elements[offer.element].agreement,
        )
        return task

    def _day(self, number: int, dated: Dated) -> Day:
        bundle, d = self.bundle_of(number), self.decision
        return day_of(dated.timing, dated.element, bundle, self.case, d.at, d.effective_on, self.reference)

    def set_day(self, number: int, day: Day, task: int, timer: str) -> None:
        """Set a day of the instance, for a task (its number) or a timer (its key), or for both."""
        self.decision.emit(
            e.DeadlineSet,
            deadline=self.case.next("deadline"),
            name=day.name,
            title=day.title,
            duty=day.duty,
            due=day.due,
            acts_at=day.acts_at,
            how=day.how,
            strength=day.strength,
            provisional=day.provisional,
            instance=number,
            timer=timer,
            task=task,
            calendars=day.calendars,
            reminders=still_to_come(day, self.case.tasks.get(task), self.decision.effective_on),
        )

    def offer_again(self, number: int) -> None:
        """What is open in the instance, offered and set anew: the case was closed in between."""
        self._open_up(number, self.live.engine(number).outstanding())

    def awaits(self, number: int, message: str) -> bool:
        return self.live.engine(number).awaits(message)

    def tell(self, number: int, message: str, payload: dict[str, Any], personal: dict[str, Any] | None = None) -> None:
        """Make a message known to an instance. Raises NotOpen if it awaits no such message."""

        def record(trace: Trace) -> None:
            self.decision.emit(
                e.MessageReceived, personal, instance=number, message=message, payload=payload, trace=trace
            )

        self.take(number, Receive(message, payload), record)

    def tell_if_awaited(self, number: int, message: str, payload: dict[str, Any]) -> bool:
        try:
            self.tell(number, message, payload)
        except NotOpen:
            return False
        return True

    def _pass_on(self, sender: int, message: str, payload: Any) -> None:
        """A message that left one instance, to the others of the case that await it."""
        for instance in list(self.case.instances.values()):
            if instance.id != sender and not instance.ended:
                self.tell_if_awaited(instance.id, message, payload if isinstance(payload, dict) else {})

    def _end(self, number: int, outcome: str) -> None:
        self.live.ended(number)
        self.decision.emit(e.ProcessEnded, instance=number, outcome=outcome)
        instance = self.case.instances[number]
        starter = self.case.instances.get(instance.starter)
        if starter is not None and not starter.ended:
            self.tell_if_awaited(starter.id, f"{instance.process}_ended", {"outcome": outcome, "instance": number})
        self._close_if_over()

    def _hear_late(self, number: int, awaits: list[Await]) -> None:
        """A linked instance may have ended before its starter came to wait for it."""
        for awaited in awaits:
            for linked in list(self.case.instances.values()):
                unheard = linked.ended and linked.starter == number and not linked.heard
                meant = awaited.message == f"{linked.process}_ended" and awaited.instance in (None, linked.id)
                if unheard and meant:
                    payload = {"outcome": linked.outcome, "instance": linked.id}
                    self.tell_if_awaited(number, awaited.message, payload)

    def _close_if_over(self) -> None:
        """A case is over with its last instance, and has the outcome of the one that began it (again, if reopened)."""
        mine = [i for i in self.case.instances.values() if not i.after_closing]
        if self.case.is_open and all(instance.ended for instance in mine):
            first = [i for i in mine if not i.starter and i.process == self.case.process][-1]
            self.decision.emit(e.CaseClosed, outcome=first.outcome)
            self.begin_after_closing()

    def begin_after_closing(self) -> None:
        """What the authority has in use for closed cases, such as feedback; not what has begun at an earlier closing
        and still goes on."""
        case = self.case
        running = {i.process for i in case.instances.values() if i.after_closing and not i.ended}
        for bundle in self.reference.processes(case.authority):
            start = bundle.about.start
            meant = start.at == "closing" and (not start.closed_as or case.outcome in start.closed_as)
            if meant and bundle.process not in running:
                closed_on = self.decision.effective_on.isoformat()
                self.start(bundle.process, {"closed_as": case.outcome, "closed_on": closed_on})
