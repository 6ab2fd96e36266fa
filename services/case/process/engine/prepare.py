"""Makes the parsed specs of one scope ready: our classes, compiled expressions, flows, what joins need to know.

Flows are read from the diagram again: stock forgets their ids, and sorts them by where the shapes are drawn, so that
moving a shape would change which of two conditions wins.
"""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.specs import control
from SpiffWorkflow.bpmn.specs import defaults as bpmn
from SpiffWorkflow.bpmn.specs import event_definitions as definitions
from SpiffWorkflow.spiff.specs import defaults as spiff

from services.case.process.engine import activities, elements, events, gateways
from services.case.process.expressions import compile_expression, compile_script, compile_timer

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"

CLASSES: dict[type, type] = {
    spiff.UserTask: elements.UserTask,
    spiff.ManualTask: elements.ManualTask,
    spiff.ScriptTask: elements.ScriptTask,
    spiff.ServiceTask: elements.ServiceTask,
    spiff.BusinessRuleTask: elements.BusinessRuleTask,
    spiff.SubWorkflowTask: activities.SubProcess,
    spiff.CallActivity: activities.CallActivity,
    spiff.ParallelMultiInstanceTask: activities.ParallelInstances,
    spiff.SequentialMultiInstanceTask: activities.SequentialInstances,
    spiff.SendTask: events.SendTask,
    spiff.ReceiveTask: events.ReceiveTask,
    bpmn.StartEvent: events.StartEvent,
    bpmn.EndEvent: events.EndEvent,
    bpmn.IntermediateCatchEvent: events.CatchEvent,
    bpmn.IntermediateThrowEvent: events.ThrowEvent,
    bpmn.BoundaryEvent: events.BoundaryEvent,
    bpmn.EventBasedGateway: events.EventGateway,
    bpmn.ExclusiveGateway: gateways.ExclusiveGateway,
    bpmn.ParallelGateway: gateways.ParallelGateway,
    bpmn.InclusiveGateway: gateways.InclusiveGateway,
    control.BoundaryEventSplit: activities.Attached,
}

CODE = re.compile(r"[A-Z][A-Z0-9_]*$")


def prepare(specs: Mapping[str, Any], xml: Mapping[str, etree._Element]) -> None:
    """Ready every spec of one scope. `xml` finds the elements of its diagram by id."""
    ours = {name: spec for name, spec in specs.items() if type(spec) in CLASSES}
    outgoing: dict[str, list[etree._Element]] = {name: [] for name in ours}
    for element in xml.values():
        if element.tag == f"{MODEL}sequenceFlow" and element.get("sourceRef") in ours:
            outgoing[element.get("sourceRef")].append(element)
    for spec in ours.values():
        spec.__class__ = CLASSES[type(spec)]
    lanes = _lanes(xml)
    for name, spec in ours.items():
        element = xml.get(spec.bpmn_id) if spec.bpmn_id else None
        # Stock gives what is inside a sub-process the lane of the sub-process, whatever the diagram says.
        spec.lane = lanes.get(spec.bpmn_id, spec.lane)
        several = isinstance(spec, activities.MultiInstance)
        spec.properties = {} if element is None or several else _properties(element)
        # What stock itself has put between an activity and the events on its border has no flow.
        spec.follow = [(flow.get("id"), _target(flow, ours)) for flow in outgoing[name]] or [
            ("", ours[output]) for output in spec._outputs if output in ours
        ]
        _compile(spec, element)
        if isinstance(spec, gateways.Choosing):
            _choices(spec, element, outgoing[name])
    for spec in ours.values():
        if isinstance(spec, gateways.Joining):
            spec.sources = frozenset(flow for s in ours.values() for flow, target in s.follow if target is spec)
        if isinstance(spec, gateways.InclusiveGateway):
            spec.reaches = _reaches(spec, ours)


def _lanes(xml: Mapping[str, etree._Element]) -> dict[str, str]:
    """Element -> the name of its lane, the innermost where lanes are nested."""
    lanes = [element for element in xml.values() if element.tag == f"{MODEL}lane"]
    return {ref.text: lane.get("name") for lane in lanes for ref in lane.findall(f"{MODEL}flowNodeRef")}


def _target(flow: etree._Element, specs: Mapping[str, Any]) -> Any:
    """What a flow leads to; an activity with events on its border is entered together with them."""
    target = flow.get("targetRef")
    return specs.get(f"{target}.BoundaryEventSplit") or specs[target]


def _properties(element: etree._Element) -> dict[str, Any]:
    """The extension properties of an element, expressions compiled."""
    raw = {
        p.get("name"): p.get("value")
        for p in element.findall(f"{MODEL}extensionElements/{SPIFF}properties/{SPIFF}property")
    }
    compiled: dict[str, Any] = dict(raw)
    for name in ("party", "instance", "milestone_outcome", "milestone_if"):
        if name in raw:
            compiled[name] = compile_expression(raw[name])
    if "due" in raw:
        compiled["due"] = compile_timer(raw["due"])
    if "outcome" in raw:
        text = raw["outcome"]
        compiled["outcome"] = compile_expression(repr(text) if CODE.match(text) else text)
    if "milestone_fields" in raw:
        compiled["milestone_fields"] = [field.strip() for field in raw["milestone_fields"].split(",")]
    return compiled


def _compile(spec: Any, element: etree._Element | None) -> None:
    if isinstance(spec, elements.ScriptTask):
        spec.compiled = compile_script(spec.script)
    elif isinstance(spec, elements.ServiceTask):
        spec.compiled = {name: compile_expression(p["value"]) for name, p in spec.operation_params.items()}
    elif isinstance(spec, activities.MultiInstance):
        spec.size = compile_expression(spec.cardinality) if spec.cardinality else None
        spec.until = compile_expression(spec.condition) if spec.condition else None
    elif isinstance(spec, events.EventGateway):
        # Stock moves the definitions of the events behind the gateway into it.
        moved = dict(zip(spec._outputs, spec.event_definition.event_definitions, strict=True))
        spec.branches = [(moved[target.name], flow, target) for flow, target in spec.follow]
    elif isinstance(spec, events.Catching):
        if element is not None and element.find(f"{MODEL}timerEventDefinition") is not None:
            spec.timer = compile_timer(spec.event_definition.expression)
        if isinstance(spec, events.BoundaryEvent) and isinstance(
            spec.event_definition, definitions.ErrorEventDefinition
        ):
            spec.cancel_activity = True  # an error always interrupts
    elif isinstance(spec, events.Throwing):
        text = getattr(spec.event_definition, "expression", None)
        spec.payload = compile_expression(text) if text else None


def _choices(spec: Any, element: Any, flows: list[etree._Element]) -> None:
    """Conditions in the diagram's order, and the default: the one named so, or an only flow without a condition."""
    conditions = [flow.findtext(f"{MODEL}conditionExpression") for flow in flows]
    default = flows[0].get("id") if conditions == [None] else element.get("default")
    chosen = list(zip(conditions, spec.follow, strict=True))
    spec.choices = [(compile_expression(text), way) for text, way in chosen if way[0] != default]
    spec.otherwise = next((way for _, way in chosen if way[0] == default), None)


def _reaches(gateway: Any, specs: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """For every spec: the incoming flows of the gateway it has a path to that does not pass the gateway itself."""
    before: dict[str, list[tuple[str, str]]] = {name: [] for name in specs}
    for name, spec in specs.items():
        for flow, target in spec.follow:
            if spec is not gateway:
                before[target.name].append((flow, name))
    reached: dict[str, set[str]] = {name: set() for name in specs}
    for flow, source in before[gateway.name]:
        border = [source]
        while border:
            name = border.pop()
            if flow not in reached[name]:
                reached[name].add(flow)
                border += [earlier for _, earlier in before[name]]
    return {name: frozenset(flows) for name, flows in reached.items()}
