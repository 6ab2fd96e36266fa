"""Activities that hold others: those with events on their border, sub-processes, called processes, multi-instance."""

import re
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.spiff.specs import defaults as spiff

from services.case.process.engine.elements import Element
from services.case.process.engine.scope import Scope
from services.case.process.engine.token import Token
from services.case.process.engine.values import differ, own
from services.case.process.expressions import Expression, VariableMissing

LABEL = re.compile(r"[A-Za-z0-9_-]+")


class Attached(Element, BoundaryEventSplit):  # type: ignore[misc]
    """Holds an activity together with the events on its border. Stock's counterpart at the far end is not needed."""

    def arrive(self, token: Token, flow: str) -> None:
        activity, *events = [Token(token.workflow, spec, token) for _, spec in self.follow]
        activity.task_spec.arrive(activity, flow)
        for event in events:
            event.task_spec.arm(event)

    def member_done(self, group: Token, token: Token) -> None:
        """The activity is done: the events are withdrawn."""
        token.part()
        group.cancel()


class SubProcess(Element, spiff.SubWorkflowTask):  # type: ignore[misc]
    """An embedded sub-process. It works on the variables around it."""

    def _update_hook(self, token: Token) -> bool:
        token._set_state(TaskState.STARTED)
        top = token.workflow.top_workflow
        scope = Scope(top.subprocess_specs[self.spec], token, self.variables(token))
        top.subprocesses[token.id] = scope
        scope.begin()
        return False

    def variables(self, token: Token) -> dict[str, Any]:
        data: dict[str, Any] = token.data
        return data

    def finished(self, token: Token, scope: Scope) -> None:
        """The scope's last token is gone."""

    def withdraw(self, token: Token) -> None:
        scope = token.workflow.top_workflow.subprocesses.pop(token.id, None)
        if scope is not None:
            scope.clear()


class CallActivity(SubProcess, spiff.CallActivity):  # type: ignore[misc]
    """A called process. It works on a copy and hands back what it changed, so that parallel branches lose nothing."""

    def variables(self, token: Token) -> dict[str, Any]:
        token.internal_data["given"] = own(token.data)
        variables: dict[str, Any] = own(token.data)
        return variables

    def finished(self, token: Token, scope: Scope) -> None:
        given = token.internal_data.pop("given")
        for name, value in scope.variables.items():
            if name not in given or differ(given[name], value):
                token.data[name] = value


class MultiInstance(Element):
    """An activity done once per member of a collection, each on its own copy of the variables.

    The output collection is of the input's kind: a list in the input's order, or a mapping under the input's keys.
    """

    task_spec: str
    cardinality: str | None
    condition: str | None
    data_input: Any
    data_output: Any
    input_item: Any
    output_item: Any
    size: Expression | None
    until: Expression | None
    sequential: bool
    _wf_spec: Any

    def _update_hook(self, token: Token) -> bool:
        if self.data_input is not None:
            name = self.data_input.bpmn_id
            if name not in token.data:
                raise VariableMissing(name, f"the input of {self.bpmn_id}")
            collection = token.data[name]
        else:
            assert self.size is not None
            collection = list(range(self.size(token.data)))
        members = _members(collection)
        token.internal_data.update(members=members, keyed=isinstance(collection, dict), results=[])
        if self.data_output is not None:
            token.data[self.data_output.bpmn_id] = self.collected(token)
        token._set_state(TaskState.STARTED)
        for index in range(min(1, len(members)) if self.sequential else len(members)):
            self.spawn(token, index)
        return not members

    def spawn(self, token: Token, index: int) -> None:
        label, _, value = token.internal_data["members"][index]
        spec = self._wf_spec.task_specs[self.task_spec]
        instance = Token(token.workflow, spec, token)
        instance.data = own(token.data)
        if self.input_item is not None:
            instance.data[self.input_item.bpmn_id] = own(value)
        instance.internal_data["index"] = index
        instance.key = f"{token.key}[{label}]"
        token.workflow.top_workflow.record.entered("", instance.key)
        spec._update(instance)

    def member_done(self, group: Token, instance: Token) -> None:
        """Take the instance's output; go on, or end when all are done or the completion condition holds."""
        index = instance.internal_data["index"]
        if self.output_item is not None:
            group.internal_data["results"].append([index, own(instance.data.get(self.output_item.bpmn_id))])
            group.data[self.data_output.bpmn_id] = self.collected(group)
        if self.until is not None and self.until({**instance.data, **self.outputs_so_far(group)}):
            for other in group.children:
                if other is not instance:
                    other.cancel()
            group._ready()
        elif self.sequential and index + 1 < len(group.internal_data["members"]):
            self.spawn(group, index + 1)
        elif len(group._children) == 1:
            group._ready()

    def outputs_so_far(self, group: Token) -> dict[str, Any]:
        if self.data_output is None:
            return {}
        return {self.data_output.bpmn_id: group.data[self.data_output.bpmn_id]}

    def collected(self, token: Token) -> Any:
        members, results = token.internal_data["members"], sorted(token.internal_data["results"])
        if token.internal_data["keyed"]:
            return {members[index][1]: own(value) for index, value in results}
        return [own(value) for _, value in results]


def _members(collection: Any) -> list[list[Any]]:
    """`[label, key, value]` for each instance; the label stands in the instance's key.

    It is the text itself, or the key in a mapping, where these can be told apart and leave a key readable.
    """
    keyed = isinstance(collection, dict)
    names = list(collection)
    plain = all(isinstance(name, str) and LABEL.fullmatch(name) for name in names) and len(set(names)) == len(names)
    keys = names if keyed else range(len(names))
    return [[names[n] if plain else str(n), key, own(collection[key])] for n, key in enumerate(keys)]


class ParallelInstances(MultiInstance, spiff.ParallelMultiInstanceTask):  # type: ignore[misc]
    sequential = False


class SequentialInstances(MultiInstance, spiff.SequentialMultiInstanceTask):  # type: ignore[misc]
    sequential = True
