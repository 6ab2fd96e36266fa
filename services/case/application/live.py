"""A case in memory with its process instances, ready to decide on.

The engine is built only when a decision needs it, from the recorded inputs, and each re-run is checked against what
was recorded. Reading never comes here.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from services.case.application.reference import Reference
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.folding import apply
from services.case.domain.meta import Event
from services.case.domain.process_migration import ProcessMigrated
from services.case.domain.trace import Trace
from services.case.process.engine import Complete, Diverged, Fire, Input, Instance, Receive, Start, Step

NOTHING: Mapping[str, Any] = MappingProxyType({})
InputEvent = e.ProcessStarted | e.TaskCompleted | e.TimerFired | e.MessageReceived


class NeedsAll(Exception):
    """An instance follows another bundle now and is built anew from all its inputs: read the whole case."""


class Live:
    """`touched` as soon as an engine was given an input: after a failure it is worth nothing then, throw it away."""

    def __init__(self, stream: UUID, reference: Reference) -> None:
        self.case = Case(stream)
        self.reference = reference
        self.touched = False
        self._engines: dict[int, Instance] = {}
        self._inputs: dict[int, list[InputEvent | ProcessMigrated]] = {}

    def follow(self, event: Event) -> None:
        """Take an event from the store: the case follows at once, the engine when it is needed. Raises NeedsAll."""
        apply(self.case, event)
        if isinstance(event, InputEvent):
            self._inputs.setdefault(event.instance, []).append(event)
        elif isinstance(event, ProcessMigrated):
            inputs = self._inputs.get(event.instance)
            if not inputs or not isinstance(inputs[0], e.ProcessStarted):
                raise NeedsAll
            inputs.append(event)
        elif isinstance(event, e.ProcessEnded):
            self._engines.pop(event.instance, None)
            self._inputs.pop(event.instance, None)

    def engine(self, number: int) -> Instance:
        """The process instance of that number, up to date. Raises Diverged if a re-run differs from the record.

        One that was moved to another bundle is built from its inputs on that one alone: those before do on it what the
        move says, those after what each says itself.
        """
        if number not in self._engines:
            bundle = self.reference.bundle(self.case.instances[number].bundle)
            self._engines[number] = Instance.new(bundle.definition)
        instance = self._engines[number]
        inputs = self._inputs.pop(number, [])
        standing, last, given = Trace(), -1, NOTHING
        for place, event in enumerate(inputs):
            if isinstance(event, ProcessMigrated):
                last, given = place, event.given
        for place, event in enumerate(inputs):
            told = event.trace
            if not isinstance(event, ProcessMigrated):
                step = trace_of(instance.replay(as_input(event, given), told.effects))
                standing = stand(standing, step)
                differs = place > last and step != told
            else:
                differs = place == last and (standing.active, standing.awaited) != (told.active, told.awaited)
            if differs:
                raise Diverged(f"instance {number} at {type(event).TOPIC}")
        return instance

    def restore(self, number: int, instance: Instance) -> None:
        """Take an engine that was kept, or that was built elsewhere from the same inputs."""
        self._engines[number] = instance
        self._inputs.pop(number, None)

    def ended(self, number: int) -> None:
        self._engines.pop(number, None)

    def new_engine(self, number: int, bundle_hash: str) -> Instance:
        instance = self._engines[number] = Instance.new(self.reference.bundle(bundle_hash).definition)
        return instance


def as_input(event: InputEvent, given: Mapping[str, Any] = NOTHING) -> Input:
    """What the engine was given when this event was recorded; `given` are more variables that a start knows."""
    match event:
        case e.ProcessStarted():
            return Start({**given, **event.variables})
        case e.TaskCompleted():
            return Complete(event.key, event.variables)
        case e.TimerFired():
            return Fire(event.key)
        case e.MessageReceived():
            return Receive(event.message, event.payload)


def trace_of(step: Step) -> Trace:
    """The part of a step that is recorded with its input."""
    awaited = [(awaits.key, awaits.message) for awaits in step.awaits]
    return Trace(step.path, step.left, step.active, awaited, step.effects, step.ended, step.outcome)


def stand(standing: Trace, step: Trace) -> Trace:
    """Where tokens rest and what is awaited, after one more step."""
    gone = set(step.left)
    active = {key: None for key in standing.active if key not in gone} | dict.fromkeys(step.active)
    awaited = {key: message for key, message in standing.awaited if key not in gone} | dict(step.awaited)
    return Trace(active=list(active), awaited=list(awaited.items()))
