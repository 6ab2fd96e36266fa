"""Runs process instances for a decision: what the engine says of each input becomes events.

The order is always the same: the input with its trace; what it took away; what operators brought about; milestones;
what is offered and awaited now; then linked instances that it started, and the end.
"""

import logging
from collections.abc import Callable
from typing import Any

from services.case.application.calling import Called
from services.case.application.days import Day, day_of
from services.case.application.exclusions import RegisterOf, known, whose_of
from services.case.application.live import Live, trace_of
from services.case.domain import events as e
from services.case.domain.decision import Decision
from services.case.domain.errors import ProcessCannotGoOn
from services.case.domain.people import NAMED, PARTIES, SCHOOL_ROLES
from services.case.domain.pupil_register import Register
from services.case.domain.trace import Trace, scope_of
from services.case.process.bundle import Bundle
from services.case.process.engine import Await, CannotGoOn, Input, NotOpen, Offer, Receive, Start, Step

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

    def start(
        self, process: str, given: dict[str, Any], starter: int = 0, number: int = 0, aside: bool = False
    ) -> int:
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
            )

        self.take(number, Start(variables), record)
        return number
                aside=aside,

    def sources(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The values of a process's `[variables]`, from the facts of the case and its policy, else the default."""
        values: dict[str, Any] = {}
        for name, source in variables.items():
            if source.fact is not None:
                value = self.case.facts.get(source.fact)
                values[name] = source.default if value is None else value
            elif source.policy is not None:
                values[name] = self.reference.policy(self.case.policy)[source.policy]
            else:
                values[name] = source.given
        return values

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
        """Tasks to offer and days to set. A timer that means the same day as its task's due date is one with it."""
        timers = list(step.timers)
        for offer in step.offers:
            task = self._offer(number, offer)
            if offer.due is not None:
                here = scope_of(offer.key)
                timer = next((t for t in timers if t.when == offer.due and scope_of(t.key) == here), None)
                if timer is not None:
                    timers.remove(timer)
                self._set_day(number, self._day(number, offer.due, offer.element), task, timer.key if timer else "")
        for timer in timers:
            self._set_day(number, self._day(number, timer.when, timer.element), 0, timer.key)

    def _offer(self, number: int, offer: Offer) -> int:
        bundle = self.bundle_of(number)
        party, _, org = (offer.party or "").partition("@")
        role = PARTIES.get(party, party) if party else bundle.about.lanes[offer.lane or ""]
        task = self.case.next("task")
        self.decision.emit(
            e.TaskOffered,
            task=task,
            instance=number,
            key=offer.key,
            element=offer.element,
            role=role,
            org=org or self.organisation(role),
            party=party,
            person=self.case.parties.get(party, "") if role in NAMED else "",
            agreement=bundle.elements[offer.element].agreement,
        )
        return task

    def organisation(self, role: str) -> str:
        """The organisation whose `role` acts in this case."""
        if role == "receiving-head":
            return str(self.case.facts.get("receiving_school") or "")
        if role == "ap-provider":
            return str(self.case.facts.get("provider") or "")
        if role in SCHOOL_ROLES:
            return self.case.home_school
        return "" if role in ("pupil", "parent") else self.case.authority

    def _day(self, number: int, timing: Any, element: str) -> Day:
        bundle = self.bundle_of(number)
        d = self.decision
        return day_of(timing, element, bundle, self.case, d.at, d.effective_on, self.reference)

    def _set_day(self, number: int, day: Day, task: int, timer: str) -> None:
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
