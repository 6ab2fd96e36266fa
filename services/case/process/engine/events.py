"""Events: what is awaited, what is thrown, and what happens on the border of an activity."""

from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs import defaults as bpmn
from SpiffWorkflow.bpmn.specs import event_definitions as definitions
from SpiffWorkflow.spiff.specs import defaults as spiff

from services.case.process.engine.elements import Element
from services.case.process.engine.steps import Await, Timer
from services.case.process.engine.token import Token
from services.case.process.engine.values import own
from services.case.process.expressions import Cycle, Duration, Expression
from services.case.process.expressions import Timer as TimerExpression

NAMED = (definitions.MessageEventDefinition, definitions.SignalEventDefinition)
SILENT = (definitions.NoneEventDefinition, definitions.TerminateEventDefinition)


def awaited(event: Any, definition: Any, token: Token) -> Await:
    """The message or signal that an event of the diagram waits for with this token."""
    instance = event.properties.get("instance")
    return Await(token.key, event.bpmn_id, definition.name, instance(token.data) if instance else None)


def meant(event: Any, definition: Any, token: Token, kind: type, name: str, payload: Any) -> bool:
    """Whether a message or signal is meant for the token that waits at an event of the diagram."""
    if not isinstance(definition, kind) or definition.name != name:  # type: ignore[attr-defined]
        return False
    instance = event.properties.get("instance")
    return instance is None or (isinstance(payload, dict) and payload.get("instance") == instance(token.data))


class Catching(Element):
    """Waits for a timer, a message or a signal; one that waits for nothing goes on at once."""

    event_definition: Any
    timer: TimerExpression | None = None

    def _update_hook(self, token: Token) -> bool:
        if isinstance(self.event_definition, definitions.NoneEventDefinition):
            return True
        self.listen(token)
        return False

    def listen(self, token: Token) -> None:
        token._set_state(TaskState.WAITING)
        token.workflow.top_workflow.open[token.key] = token
        self.announce(token)

    def announce(self, token: Token) -> None:
        record = token.workflow.top_workflow.record
        if self.timer is not None:
            when = self.timer(token.data)
            if isinstance(when, Cycle):
                token.internal_data.setdefault("times", when.times or -1)
                when = Duration(when.every)
            record.timed(Timer(token.key, self.bpmn_id, when))
        elif awaits := self.awaited(token):
            record.awaiting(awaits)

    def awaited(self, token: Token) -> list[Await]:
        return [awaited(self, self.event_definition, token)] if isinstance(self.event_definition, NAMED) else []

    def hears(self, token: Token, kind: type, name: str, payload: Any) -> bool:
        return meant(self, self.event_definition, token, kind, name, payload)

    def happen(self, token: Token, payload: Any = None, name: str = "") -> None:
        """What the token waits for has happened: a message or signal of that name, or what needs none."""
        token.internal_data["payload"] = payload
        token._ready()

    def _run_hook(self, token: Token) -> bool:
        keep(self.event_definition, token)
        return True


def keep(definition: Any, token: Token) -> None:
    """Put what came with an event into the variable that the diagram names for it."""
    payload = token.internal_data.pop("payload", None)
    variable = getattr(definition, "message_var", None) or getattr(definition, "variable", None)
    if variable:
        token.data[variable] = own(payload)


class StartEvent(Catching, bpmn.StartEvent):  # type: ignore[misc]
    pass


class CatchEvent(Catching, bpmn.IntermediateCatchEvent):  # type: ignore[misc]
    pass


class ReceiveTask(Catching, spiff.ReceiveTask):  # type: ignore[misc]
    pass


class BoundaryEvent(Catching, bpmn.BoundaryEvent):  # type: ignore[misc]
    """Armed while its activity lasts. It acts at once when it happens: what interrupts withdraws its activity, what
    does not is armed again. An error or escalation comes from inside: nobody outside can bring it about.
    """

    counts = False
    cancel_activity: bool

    def arm(self, token: Token) -> None:
        token._set_state(TaskState.WAITING)
        if self.timer is not None or isinstance(self.event_definition, NAMED):
            token.workflow.name_token(token)
            self.listen(token)

    def happen(self, token: Token, payload: Any = None, name: str = "") -> None:
        group = token.workflow.tasks[token._parent]
        # A cycle happens as often as it says (-1: without end), another timer once, a message or signal any time.
        times = token.internal_data.pop("times", -1 if self.timer is None else 1)
        token.part()
        if self.cancel_activity:
            group.cancel()
        elif times != 1:
            again = Token(token.workflow, self, group)
            if self.timer is not None:
                again.internal_data["times"] = max(times - 1, -1)
            self.arm(again)
        super().happen(token, payload)

    def _run_hook(self, token: Token) -> bool:
        record = token.workflow.top_workflow.record
        if token.key:
            record.passed(token.key)
        else:
            token.enter("")
        return super()._run_hook(token)


class EventGateway(Catching, bpmn.EventBasedGateway):  # type: ignore[misc]
    """Waits for the first of several messages; `branches` are their definitions, each with the way to its event."""

    branches: list[tuple[Any, str, Any]]

    def _update_hook(self, token: Token) -> bool:
        self.listen(token)
        return False

    def awaited(self, token: Token) -> list[Await]:
        return [awaited(event, definition, token) for definition, _, event in self.branches]

    def hears(self, token: Token, kind: type, name: str, payload: Any) -> bool:
        return any(meant(event, definition, token, kind, name, payload) for definition, _, event in self.branches)

    def happen(self, token: Token, payload: Any = None, name: str = "") -> None:
        heard = [
            meant(event, definition, token, type(definition), name, payload) for definition, _, event in self.branches
        ]
        token.internal_data["branch"] = heard.index(True)
        super().happen(token, payload)

    def _run_hook(self, token: Token) -> bool:
        keep(self.branches[token.internal_data["branch"]][0], token)
        return True

    def next(self, token: Token) -> list[tuple[str, Any]]:
        return [self.branches[token.internal_data["branch"]][1:]]


class Throwing(Element):
    """Throws a message, signal, error or escalation, with the payload the diagram gives it."""

    event_definition: Any
    payload: Expression | None = None

    def _run_hook(self, token: Token) -> bool:
        if not isinstance(self.event_definition, SILENT):
            payload = own(self.payload(token.data)) if self.payload else None
            token.workflow.top_workflow.throw(token, self.event_definition, payload)
        return True


class ThrowEvent(Throwing, bpmn.IntermediateThrowEvent):  # type: ignore[misc]
    pass


class SendTask(Throwing, spiff.SendTask):  # type: ignore[misc]
    pass


class EndEvent(Throwing, bpmn.EndEvent):  # type: ignore[misc]
    """Takes the token out, and all others of its scope if it terminates or is an error (BPMN 2.0, 10.4.3)."""

    def next(self, token: Token) -> list[tuple[str, Any]]:
        return []

    def _on_complete(self, token: Token) -> None:
        scope = token.workflow
        outcome = self.properties.get("outcome")
        if outcome and scope is scope.top_workflow:
            scope.outcome = outcome(token.data)
        if isinstance(self.event_definition, definitions.TerminateEventDefinition | definitions.ErrorEventDefinition):
            scope.clear(token)
        super()._on_complete(token)
