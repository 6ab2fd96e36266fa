"""Makes the parsed specs of one scope ready: our classes, compiled expressions, flow ids, what joins need to know."""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.specs import control
from SpiffWorkflow.bpmn.specs import defaults as bpmn
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
    """Ready every spec of one scope. `xml` finds the diagram's elements by id."""
    ours = {name: spec for name, spec in specs.items() if type(spec) in CLASSES}
    for spec in ours.values():
        spec.__class__ = CLASSES[type(spec)]
    for spec in ours.values():
        follow = [ours[name] for name in spec._outputs if name in ours]
        element = xml.get(spec.bpmn_id) if spec.bpmn_id else None
        several = isinstance(spec, activities.MultiInstance)
        spec.properties = {} if element is None or several else _properties(element)
        spec.flows = {} if element is None else _flows(spec.bpmn_id, ours, xml)
        _compile(spec, element)
        if isinstance(spec, gateways.Choosing):
            _choices(spec, ours)
        if isinstance(spec, gateways.Joining):
            spec.sources = frozenset(n for n, s in ours.items() if spec.name in s._outputs)
        spec.follow = follow
    for spec in ours.values():
        if isinstance(spec, gateways.InclusiveGateway):
            spec.reaches = _reaches(spec, ours)


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


def _flows(source: str, specs: Mapping[str, Any], xml: Mapping[str, etree._Element]) -> dict[str, str]:
    """Successor spec -> id of the sequence flow to it. Stock keeps no flow ids."""
    flows: dict[str, str] = {}
    for flow in xml.values():
        if flow.tag == f"{MODEL}sequenceFlow" and flow.get("sourceRef") == source:
            target = flow.get("targetRef")
            held = f"{target}.BoundaryEventSplit"
            flows.setdefault(held if held in specs else target, flow.get("id"))
    return flows


def _compile(spec: Any, element: etree._Element | None) -> None:
    if isinstance(spec, elements.ScriptTask):
        spec.compiled = compile_script(spec.script)
    elif isinstance(spec, elements.ServiceTask):
        spec.compiled = {name: compile_expression(p["value"]) for name, p in spec.operation_params.items()}
    elif isinstance(spec, activities.MultiInstance):
        spec.size = compile_expression(spec.cardinality) if spec.cardinality else None
        spec.until = compile_expression(spec.condition) if spec.condition else None
    elif isinstance(spec, events.EventGateway):
        pass
    elif isinstance(spec, events.Catching):
        text = getattr(spec.event_definition, "expression", None)
        if element is not None and element.find(f"{MODEL}timerEventDefinition") is not None:
            spec.timer = compile_timer(text)
    elif isinstance(spec, events.Throwing):
        text = getattr(spec.event_definition, "expression", None)
        spec.payload = compile_expression(text) if text else None


def _choices(spec: Any, specs: Mapping[str, Any]) -> None:
    """Conditions in the diagram's order; what has none is the default."""
    spec.choices = [(compile_expression(c.args[0]), specs[n]) for c, n in spec.cond_task_specs if c is not None]
    spec.otherwise = next((specs[n] for c, n in spec.cond_task_specs if c is None), None)


def _reaches(gateway: Any, specs: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """For every spec: the incoming flows of the gateway it has a path to that does not pass the gateway itself."""
    reached: dict[str, set[str]] = {name: set() for name in specs}
    for source in gateway.sources:
        border, seen = [source], {source}
        while border:
            name = border.pop()
            reached[name].add(source)
            for before, spec in specs.items():
                if name in spec._outputs and before not in seen and spec is not gateway:
                    seen.add(before)
                    border.append(before)
    return {name: frozenset(sources) for name, sources in reached.items()}
