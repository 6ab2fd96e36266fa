"""How the elements of a diagram behave: SpiffWorkflow's specs with the parts replaced that are wrong or slow.

Every spec of a definition gets one of these classes in place of its own after parsing (`definition.py`). Prediction of
the future is gone, as are the stock joins: those look at the tree of all past tasks and count arrivals of earlier
rounds of a loop.
"""

from typing import Any

from SpiffWorkflow.spiff.specs import defaults as spiff

from services.case.process.engine.steps import Milestone, Offer
from services.case.process.engine.token import Token
from services.case.process.engine.values import own
from services.case.process.expressions import Expression, Script


class Element:
    """Mixed in before the stock class of a spec.

    `properties` are the element's own, compiled. `follow` are the ways on: a sequence flow's id and what it leads to.
    """

    properties: dict[str, Any]
    follow: list[tuple[str, Any]]
    manual: bool
    name: str
    bpmn_id: str
    lane: str | None
    counts = True  # as a token that may still arrive at an inclusive join

    def test(self) -> None:
        """The gate has judged the model before it came here."""

    def arrive(self, token: Token, flow: str) -> None:
        token.enter(flow)
        self._update(token)

    def _update(self, token: Token) -> None:
        if self._update_hook(token):
            token._ready()

    def _update_hook(self, token: Token) -> bool:
        return True

    def _run_hook(self, token: Token) -> bool:
        return True

    def next(self, token: Token) -> list[tuple[str, Any]]:
        """The ways on which a token goes when this one is done."""
        return self.follow

    def withdraw(self, token: Token) -> None:
        """The token is being cancelled."""

    def hears(self, token: Token, kind: type, name: str, payload: Any) -> bool:
        """Whether a message or signal is meant for this token; only events hear any."""
        return False

    def _on_complete(self, token: Token) -> None:
        self._reach(token)
        group = token.workflow.tasks.get(token._parent)
        if group is not None:
            group.task_spec.member_done(group, token)
        token.proceed(self.next(token))
        if not token.workflow.tasks:
            token.workflow.finish()

    def _reach(self, token: Token) -> None:
        """Record the milestone that the element declares, if its condition holds."""
        declared = self.properties
        name, condition, outcome = (declared.get(key) for key in ("milestone", "milestone_if", "milestone_outcome"))
        if name is None or (condition is not None and not condition(token.data)):
            return
        fields = {field: own(token.data.get(field)) for field in declared.get("milestone_fields", ())}
        reached = Milestone(name, self.bpmn_id, outcome(token.data) if outcome else None, fields)
        token.workflow.top_workflow.record.reached(reached)


class UserTask(Element, spiff.UserTask):  # type: ignore[misc]
    """Waits for a person. `party` names who answers where the task is done once per party."""

    def _update_hook(self, token: Token) -> bool:
        token.workflow.top_workflow.open[token.key] = token
        self.announce(token)
        return True

    def announce(self, token: Token) -> None:
        party, due = self.properties.get("party"), self.properties.get("due")
        offer = Offer(
            token.key,
            self.bpmn_id,
            self.lane,
            party(token.data) if party else None,
            due(token.data) if due else None,
        )
        token.workflow.top_workflow.record.offered(offer)


class ManualTask(UserTask, spiff.ManualTask):  # type: ignore[misc]
    """Work outside any form, ticked off by a person."""


class ScriptTask(Element, spiff.ScriptTask):  # type: ignore[misc]
    compiled: Script

    def _run_hook(self, token: Token) -> bool:
        self.compiled(token.data)
        for name in self.compiled.assigns:
            token.data[name] = own(token.data[name])
        return True


class ServiceTask(Element, spiff.ServiceTask):  # type: ignore[misc]
    """Calls an operator of the house; its answer is journalled and, where asked for, becomes a variable."""

    compiled: dict[str, Expression]

    def _run_hook(self, token: Token) -> bool:
        top = token.workflow.top_workflow
        parameters = {name: own(expression(token.data)) for name, expression in self.compiled.items()}
        result = top.call(self.operation_name, parameters)
        top.record.called(self.bpmn_id, self.operation_name, parameters, result)
        if not self.result_variable.startswith("spiff__"):
            token.data[self.result_variable] = own(result)
        elif self.operation_name == "refresh":
            token.data.update(own(result))
        return True


class BusinessRuleTask(Element, spiff.BusinessRuleTask):  # type: ignore[misc]
    """Asks a decision table; its outputs become variables."""

    def _run_hook(self, token: Token) -> bool:
        token.data.update(self.dmnEngine.decide(token.data))
        return True
