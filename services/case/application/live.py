"""A case in memory with its process instances, ready to decide on.

The engine is built only when a decision needs it, from the recorded inputs, and each re-run is checked against what
was recorded. Reading never comes here.
"""

from uuid import UUID

from services.case.application.reference import Reference
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.folding import apply
from services.case.domain.meta import Event
from services.case.domain.trace import Trace
from services.case.process.engine import Complete, Diverged, Fire, Input, Instance, Receive, Start, Step

InputEvent = e.ProcessStarted | e.TaskCompleted | e.TimerFired | e.MessageReceived


class Live:
    """`touched` as soon as an engine was given an input: after a failure it is worth nothing then, throw it away."""

    def __init__(self, stream: UUID, reference: Reference) -> None:
        self.case = Case(stream)
        self.reference = reference
        self.touched = False
        self._engines: dict[int, Instance] = {}
        self._inputs: dict[int, list[InputEvent]] = {}

    def follow(self, event: Event) -> None:
        """Take an event from the store: the case follows at once, the engine when it is needed."""
        apply(self.case, event)
        if isinstance(event, InputEvent):
            self._inputs.setdefault(event.instance, []).append(event)
        elif isinstance(event, e.ProcessEnded):
            self._engines.pop(event.instance, None)
            self._inputs.pop(event.instance, None)

    def engine(self, number: int) -> Instance:
        """The process instance of that number, up to date. Raises Diverged if a re-run differs from the record."""
        if number not in self._engines:
            bundle = self.reference.bundle(self.case.instances[number].bundle)
            self._engines[number] = Instance.new(bundle.definition)
        instance = self._engines[number]
        for event in self._inputs.pop(number, []):
            step = instance.replay(as_input(event), event.trace.effects)
            if trace_of(step) != event.trace:
                raise Diverged(f"instance {number} at {type(event).TOPIC}")
        return instance

    def restore(self, number: int, instance: Instance) -> None:
        """Take an engine that was kept."""
        self._engines[number] = instance

    def ended(self, number: int) -> None:
        self._engines.pop(number, None)

    def new_engine(self, number: int, bundle_hash: str) -> Instance:
        instance = self._engines[number] = Instance.new(self.reference.bundle(bundle_hash).definition)
        return instance


def as_input(event: InputEvent) -> Input:
    """What the engine was given when this event was recorded."""
    match event:
        case e.ProcessStarted():
            return Start(event.variables)
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
