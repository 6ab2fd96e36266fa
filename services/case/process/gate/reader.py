"""Reads the XML of a diagram into the model. It takes what it finds and leaves every judgement to the rules."""

from collections.abc import Iterator
from typing import Any

from services.case.process.decisions.safe_xml import local_name, namespace
from services.case.process.gate.model import BPMN, NODES, SUB_PROCESSES, Definition, Diagram, Flow, Node, Scope

_DECLARED = ("message", "signal", "error", "escalation")


def read_diagram(file: str, root: Any, bare: bool) -> Diagram:
    """The model of a file whose root is `definitions`."""
    diagram = Diagram(file, root, bare)
    diagram.declared = {kind: {} for kind in _DECLARED}
    for part in bpmn_children(root):
        name = local_name(part)
        if name == "process":
            diagram.processes.append(Scope(part.get("id", ""), part))
        elif name in diagram.declared:
            diagram.declared[name].setdefault(part.get("id", ""), part)
    scopes = {process.xml: process for process in diagram.processes}
    for process in diagram.processes:
        _read_nodes(diagram, process, scopes)
    _attach_boundaries(diagram)
    for xml, scope in scopes.items():
        for part in bpmn_children(xml):
            if local_name(part) == "sequenceFlow":
                _connect(diagram, part, scope)
    return diagram


def bpmn_children(element: Any, name: str | None = None) -> Iterator[Any]:
    """The BPMN elements directly inside an element, all or those of one name."""
    for part in element:
        if namespace(part) == BPMN and (name is None or local_name(part) == name):
            yield part


def _read_nodes(diagram: Diagram, process: Scope, scopes: dict[Any, Scope]) -> None:
    waiting = [process]
    for scope in waiting:
        for part in bpmn_children(scope.xml):
            kind = local_name(part)
            if kind not in NODES:
                continue
            node = Node(part.get("id", ""), kind, part, scope, list(_definitions(part)))
            scope.nodes.append(node)
            diagram.nodes.setdefault(node.id, node)
            if kind in SUB_PROCESSES:
                node.inside = scopes[part] = Scope(node.id, part, node)
                waiting.append(node.inside)


def _definitions(event: Any) -> Iterator[Definition]:
    for part in bpmn_children(event):
        name = local_name(part)
        if name.endswith("EventDefinition"):
            kind = name.removesuffix("EventDefinition")
            yield Definition(kind, part.get(f"{kind}Ref"), part)


def _attach_boundaries(diagram: Diagram) -> None:
    for node in diagram.all_nodes():
        if node.kind == "boundaryEvent":
            host = diagram.nodes.get(node.xml.get("attachedToRef", ""))
            if host is not None and host.scope is node.scope and host is not node:
                node.host = host
                host.boundaries.append(node)


def _connect(diagram: Diagram, xml: Any, scope: Scope) -> None:
    source = diagram.nodes.get(xml.get("sourceRef", ""))
    target = diagram.nodes.get(xml.get("targetRef", ""))
    if source is None or target is None or source.scope is not scope or target.scope is not scope:
        diagram.loose.append(xml)
        return
    condition = next(bpmn_children(xml, "conditionExpression"), None)
    flow = Flow(xml.get("id", ""), xml, source, target, condition)
    source.outgoing.append(flow)
    target.incoming.append(flow)
    diagram.flows.append(flow)
