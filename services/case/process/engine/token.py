"""A token: SpiffWorkflow's task, flattened.

Stock keeps every task that ever was in a tree, copies data along it and searches it at every step. Here a token that
is done leaves, its successors stand directly in the scope, data belongs to the scope, and a state change feeds the
instance's queue: a step costs the same after five thousand tasks as after five.
"""

from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.task import Task


class Token(Task):  # type: ignore[misc]
    """One place in one scope of a running instance. Ids are small integers, counted per instance.

    Only two kinds have a parent: what is attached to an activity with boundary events (the activity and the events),
    and the instances of a multi-instance activity.
    """

    def __init__(self, scope: Any, spec: Any, parent: "Token | None" = None, id: int | None = None) -> None:
        top = scope.top_workflow
        if id is None:
            top.counter += 1
            id = top.counter
        self.id = id
        self.workflow = scope
        self.task_spec = spec
        self._parent = None if parent is None else parent.id
        self._children: list[int] = []
        self._state = TaskState.FUTURE
        self.triggered = False
        self.thread_id = 0
        self.last_state_change = 0
        self.data: dict[str, Any] = scope.variables if parent is None else parent.data
        self.internal_data: dict[str, Any] = {}
        self.key = ""
        scope.tasks[id] = self
        if parent is not None:
            parent._children.append(id)

    def _inherit_data(self) -> None:
        """Data belongs to the scope: there is nothing to copy and nothing to merge."""

    def _set_state(self, value: int) -> None:
        self._state = value
        if value == TaskState.READY and not self.task_spec.manual:
            self.workflow.top_workflow.queue.append(self)

    def _ready(self) -> None:
        self._set_state(TaskState.READY)

    def complete(self) -> None:
        if self.id in self.workflow.tasks:  # what this very token threw may have ended its scope
            super().complete()

    def enter(self, flow: str) -> None:
        """Name the token by element and occurrence and put it on the path."""
        self.workflow.name_token(self)
        self.workflow.top_workflow.record.entered(flow, self.key)

    def leave(self) -> None:
        """Take the token out of its scope; what it held open is open no longer."""
        scope = self.workflow
        scope.tasks.pop(self.id, None)
        parent = scope.tasks.get(self._parent)
        if parent is not None:
            parent._children.remove(self.id)
        if self.key:
            scope.top_workflow.open.pop(self.key, None)
            scope.top_workflow.record.left(self.key)

    def part(self) -> None:
        """Belong no longer to the activity that the token was attached to."""
        self.workflow.tasks[self._parent]._children.remove(self.id)
        self._parent = None

    def cancel(self) -> None:
        """Withdraw the token and everything that lives only because of it."""
        for child in self.children:
            child.cancel()
        self.task_spec.withdraw(self)
        self._state = TaskState.CANCELLED
        self.leave()

    def proceed(self, ways: list[tuple[str, Any]]) -> None:
        """The token is done: it leaves, and a successor arrives over each of `ways`: a flow and what it leads to."""
        scope = self.workflow
        self.leave()
        for flow, spec in ways:
            spec.arrive(Token(scope, spec), flow)
