"""Gateways. Splits choose by compiled conditions; joins count the tokens that wait at them, per incoming flow."""

from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs import defaults as bpmn

from services.case.process.engine.elements import Element
from services.case.process.engine.token import Token
from services.case.process.expressions import Expression


class NoWayOn(Exception):
    """No condition of a gateway holds and it has no default. The gate refuses such models; this is the last guard."""


class Choosing(Element):
    """A gateway with conditions: `choices` in the diagram's order, and the default."""

    choices: list[tuple[Expression, tuple[str, Any]]]
    otherwise: tuple[str, Any] | None

    def matching(self, token: Token) -> list[tuple[str, Any]]:
        return [way for condition, way in self.choices if condition(token.data)]

    def fallback(self) -> list[tuple[str, Any]]:
        if self.otherwise is None:
            raise NoWayOn(self.bpmn_id)
        return [self.otherwise]


class ExclusiveGateway(Choosing, bpmn.ExclusiveGateway):  # type: ignore[misc]
    def next(self, token: Token) -> list[tuple[str, Any]]:
        for condition, way in self.choices:
            if condition(token.data):
                return [way]
        return self.fallback()


class Joining(Element):
    """Waits for tokens on its incoming flows. Stock counts arrivals of earlier rounds of a loop; we count who waits."""

    sources: frozenset[str]

    def arrive(self, token: Token, flow: str) -> None:
        token.internal_data["from"] = flow
        super().arrive(token, flow)

    def waiting_at(self, token: Token) -> dict[str, Token]:
        """The first token waiting on each incoming flow, `token` included. A second one on a flow stays for later."""
        waiting: dict[str, Token] = {}
        for other in token.workflow.tasks.values():
            if other.task_spec is self and other._state in (TaskState.FUTURE, TaskState.WAITING):
                waiting.setdefault(other.internal_data["from"], other)
        return waiting

    def join(self, token: Token, waiting: dict[str, Token]) -> None:
        """`token` goes on for all of them."""
        for other in waiting.values():
            if other is not token:
                other.leave()


class ParallelGateway(Joining, bpmn.ParallelGateway):  # type: ignore[misc]
    def _update_hook(self, token: Token) -> bool:
        waiting = self.waiting_at(token)
        if waiting.keys() < self.sources:
            token._set_state(TaskState.WAITING)
            return False
        self.join(token, waiting)
        return True


class InclusiveGateway(Joining, Choosing, bpmn.InclusiveGateway):  # type: ignore[misc]
    """`reaches` tells for each spec from which of this gateway's incoming flows it can still be heard of."""

    reaches: dict[str, frozenset[str]]

    def _update_hook(self, token: Token) -> bool:
        if len(self.sources) < 2:
            return True
        token._set_state(TaskState.WAITING)
        token.workflow.top_workflow.gathering[token.id] = token
        return False

    def waits(self, token: Token) -> bool:
        return len(self.sources) > 1 and token._state == TaskState.WAITING

    def gather(self, token: Token) -> bool:
        """Nothing else can move: go on unless a token elsewhere can still arrive on a flow that is empty so far.

        BPMN 2.0, 13.4.3: a token does not count that could also arrive where one waits already.
        """
        top, scope = token.workflow.top_workflow, token.workflow
        if token.id not in top.gathering or token.id not in scope.tasks:
            top.gathering.pop(token.id, None)
            return False
        waiting = self.waiting_at(token)
        for other in scope.tasks.values():
            spec = other.task_spec
            if spec is self or not spec.counts:
                continue
            reached = self.reaches.get(spec.name, frozenset())
            if reached - waiting.keys() and not reached & waiting.keys():
                return False
        for gathered in waiting.values():
            top.gathering.pop(gathered.id, None)
        self.join(token, waiting)
        token._ready()
        return True

    def next(self, token: Token) -> list[tuple[str, Any]]:
        return self.matching(token) or self.fallback()
