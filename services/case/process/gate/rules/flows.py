"""Sequence flows: each joins two nodes of one scope, and each node is left and entered as its kind allows."""

from collections.abc import Iterator
from typing import Any, Final

from services.case.process.gate.finding import Finding
from services.case.process.gate.model import CHOOSING, GATEWAYS, Diagram, Node

RULES: Final = {
    "flow-without-id": "a sequence flow without an id: SpiffWorkflow drops it and the case sticks",
    "flow-to-nowhere": "a sequence flow that begins or ends at nothing",
    "flow-across-border": "a sequence flow across the border of a sub-process or process",
    "double-flow": "two flows between the same two nodes: write one condition with “or”",
    "start-with-incoming": "a start event with an incoming flow",
    "end-with-outgoing": "an end event with an outgoing flow",
    "boundary-with-incoming": "a boundary event with an incoming flow",
    "dead-end": "a node with nothing after it: the case sticks there",
    "several-ways-out": "several flows out of something that is not a gateway",
    "condition-off-gateway": "a condition on a flow that does not leave an exclusive or inclusive gateway",
}


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about flows."""
    for xml in diagram.root.iter("{*}sequenceFlow"):
        if not xml.get("id"):
            yield diagram.finding(
                "flow-without-id", xml, "A sequence flow has no id, so it would be dropped: give it one."
            )
    for xml in diagram.loose:
        yield _loose(diagram, xml)
    pairs: set[tuple[Node, Node]] = set()
    for flow in diagram.flows:
        if (flow.source, flow.target) in pairs:
            yield diagram.finding("double-flow", flow, f"A second flow leads to {flow.target.words}.")
        pairs.add((flow.source, flow.target))
        if flow.condition is not None and flow.source.kind not in CHOOSING:
            yield diagram.finding(
                "condition-off-gateway",
                flow,
                f"The condition would be ignored, because the flow leaves {flow.source.words}.",
            )
    for node in diagram.all_nodes():
        yield from _node(diagram, node)


def _loose(diagram: Diagram, xml: Any) -> Finding:
    ends = [diagram.nodes.get(xml.get(end, "")) for end in ("sourceRef", "targetRef")]
    if None in ends:
        return diagram.finding("flow-to-nowhere", xml, "The flow begins or ends at nothing.")
    return diagram.finding("flow-across-border", xml, "The flow crosses the border of a sub-process or process.")


def _needs_no_way_on(diagram: Diagram, node: Node) -> bool:
    """Whether something else is said about it already, or it stands beside the flow."""
    broken = any(xml.get("sourceRef") == node.id for xml in diagram.loose)
    around = node.scope.node
    return broken or node.by_event or (around is not None and around.kind == "adHocSubProcess")


def _node(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if node.kind == "startEvent" and node.incoming:
        yield diagram.finding("start-with-incoming", node, f"A flow leads back to {node.words}.")
    if node.kind == "boundaryEvent" and node.incoming:
        yield diagram.finding("boundary-with-incoming", node, f"A flow leads to {node.words}.")
    if node.kind == "endEvent":
        if node.outgoing:
            yield diagram.finding("end-with-outgoing", node, f"A flow leaves {node.words}.")
    elif not node.outgoing and node.kind != "boundaryEvent" and not _needs_no_way_on(diagram, node):
        yield diagram.finding("dead-end", node, f"Nothing follows {node.words}: lead it to an end event.")
    if len(node.outgoing) > 1 and node.kind not in GATEWAYS and node.kind != "endEvent":
        yield diagram.finding("several-ways-out", node, f"Several flows leave {node.words}: put a gateway behind it.")
