"""A scope: the process itself, an embedded sub-process or a called process, with its tokens and variables."""

from collections import deque
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs import event_definitions as definitions
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from services.case.process.engine.record import Record
from services.case.process.engine.token import Token

MOST_TOKENS = 100_000  # in one step; a diagram that goes round for longer goes round for ever
KINDS = {"message": definitions.MessageEventDefinition, "signal": definitions.SignalEventDefinition}


class Runaway(RuntimeError):
    """One input keeps the instance going round without end."""


class NoScripts(PythonScriptEngine):  # type: ignore[misc]
    """Stock would evaluate any Python in a diagram. Nothing here asks it to; should anything, it fails."""

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        raise RuntimeError("expressions are compiled by process.expressions, never evaluated by the library")

    execute = call_service = evaluate


class _Scope:
    """What the process and its sub-processes have in common."""

    variables: dict[str, Any]
    prefix: str
    occurrences: dict[str, int]
    tasks: dict[int, Token]

    def name_token(self, token: Token) -> None:
        """Give the token its key, `prefix/element#n`, n counting the entries of the element in this scope."""
        element = token.task_spec.bpmn_id
        n = self.occurrences[element] = self.occurrences.get(element, 0) + 1
        token.key = f"{self.prefix}{element}#{n}"

    def begin(self) -> None:
        """Put a token on the start event."""
        for spec in self.spec.start.outputs:  # type: ignore[attr-defined]
            spec.arrive(Token(self, spec), "")

    def clear(self, spared: Token | None = None) -> None:
        """Cancel every token but one, outermost first, so that nothing is cancelled twice."""
        for token in list(self.tasks.values()):
            if token.id in self.tasks and token._parent is None and token is not spared:
                token.cancel()


class Scope(_Scope, BpmnSubWorkflow):  # type: ignore[misc]
    """An embedded sub-process or called process, standing for its activity's token.

    An embedded one shares the variables of its surroundings; a called one has a copy and hands back what changed.
    """

    def __init__(self, spec: Any, activity: Token, variables: dict[str, Any]) -> None:
        self.activity = activity
        super().__init__(spec, activity.id, activity.workflow.top_workflow, deserializing=True)
        self.variables = variables
        self.prefix = f"{activity.key}/"
        self.occurrences = {}

    def finish(self) -> None:
        """The last token is gone: the activity is done."""
        del self.top_workflow.subprocesses[self.parent_task_id]
        self.activity.task_spec.finished(self.activity, self)
        self.activity._set_state(TaskState.READY)

    @property
    def parent_workflow(self) -> Any:
        return self.activity.workflow

    def _calculate_depth(self) -> int:
        """Stock sorts scopes by depth to search them; nothing is searched here."""
        return 0


class TopScope(_Scope, BpmnWorkflow):  # type: ignore[misc]
    """The process: also the queue of tokens that can move and the register of what is open. `record` and `call` are
    there during a step only."""

    record: Record
    call: Any

    def __init__(self, spec: Any, specs: dict[str, Any], variables: dict[str, Any]) -> None:
        self.counter = 0
        self.queue: deque[Token] = deque()
        self.open: dict[str, Token] = {}
        self.gathering: dict[int, Token] = {}
        self.variables = variables
        self.prefix = ""
        self.occurrences = {}
        self.outcome: str | None = None
        super().__init__(spec, specs, NoScripts(), deserializing=True)

    def finish(self) -> None:
        self.completed = True
        self.record.step.ended = True
        self.record.step.outcome = self.outcome

    def deliver(self, kind: type, name: str, payload: Any) -> bool:
        """Hand a message or signal to all that await it here; False if nothing does."""
        waiting = [token for token in self.open.values() if token._state == TaskState.WAITING]
        hearing = [token for token in waiting if token.task_spec.hears(token, kind, name, payload)]
        for token in hearing:
            if token._state == TaskState.WAITING:  # and was not withdrawn by one that heard it before
                token.task_spec.happen(token, payload, name)
        return bool(hearing)

    def throw(self, token: Token, definition: Any, payload: Any) -> None:
        """Inside the instance if something there catches it, else out of it."""
        if isinstance(definition, definitions.MessageEventDefinition | definitions.SignalEventDefinition):
            kind = "message" if isinstance(definition, definitions.MessageEventDefinition) else "signal"
            if not self.deliver(KINDS[kind], definition.name, payload):
                self.record.threw(kind, definition.name, payload)
        elif not self._raise(token, definition, payload):
            kind = "error" if isinstance(definition, definitions.ErrorEventDefinition) else "escalation"
            self.record.threw(kind, definition.code, payload)

    def _raise(self, token: Token, definition: Any, payload: Any) -> bool:
        """An error or escalation looks for an event on the border of the activity it came from, then further out.

        The event for its own code goes before one for any.
        """
        scope = token.workflow
        while scope is not self:
            holder = scope.activity
            scope = holder.workflow
            while (holder := scope.tasks.get(holder._parent)) is not None:
                caught = [e for e in holder.children if getattr(e.task_spec, "event_definition", None) == definition]
                if caught:
                    event = min(caught, key=lambda event: event.task_spec.event_definition.code is None)
                    event.task_spec.happen(event, payload)
                    return True
        return False

    def advance(self) -> None:
        """Run every token that can move until only people, timers and messages can move the instance.

        Raises Runaway if that does not come to an end.
        """
        left = MOST_TOKENS
        while True:
            while self.queue:
                token = self.queue.popleft()
                left -= 1
                if not left:
                    raise Runaway(f"at {token.key}")
                if token._state == TaskState.READY and token.id in token.workflow.tasks:
                    token.run()
            if not any(token.task_spec.gather(token) for token in list(self.gathering.values())):
                return
