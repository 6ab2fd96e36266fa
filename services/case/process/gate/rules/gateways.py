"""Gateways: conditions and defaults on the way out, and joins that cannot be trusted in loops."""

from collections.abc import Iterator
from typing import Final

from services.case.process.gate.finding import Finding
from services.case.process.gate.graph import on_a_cycle, reachable
from services.case.process.gate.model import CHOOSING, Diagram, Node

RULES: Final = {
    "exclusive-without-default": "an exclusive gateway that may find no way on",
    "inclusive-without-default": "an inclusive gateway that may find no way on",
    "flow-without-condition": "a flow out of a choice that is neither the default nor has a condition",
    "condition-on-default": "a default flow with a condition, which would be ignored",
    "default-not-own-flow": "a default that is no flow out of the same gateway, or stands on something else",
    "loop-back-into-join": "a loop that leads back into a parallel join",
    "inclusive-join-in-loop": "an inclusive join inside a loop",
    "event-gateway-target": "an event-based gateway that leads to something else than message events",
    "event-gateway-timer": "an event-based gateway with a timer: use a boundary event",
    "event-gateway-ways": "an event-based gateway with fewer than two ways out, or one that starts a process",
}


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about gateways."""
    for node in diagram.all_nodes():
        if node.kind in CHOOSING:
            yield from _choice(diagram, node)
        elif node.kind == "eventBasedGateway":
            yield from _event_gateway(diagram, node)
        elif node.kind == "parallelGateway" and len(node.incoming) > 1:
            yield from _parallel_join(diagram, node)
        if node.kind == "inclusiveGateway" and len(node.incoming) > 1 and on_a_cycle(node):
            yield diagram.finding("inclusive-join-in-loop", node, f"The {node.words} joins inside a loop.")
        default = node.xml.get("default")
        if default and default not in [flow.id for flow in node.outgoing if node.kind in CHOOSING]:
            yield diagram.finding("default-not-own-flow", node, f"The default of {node.words} is no flow out of it.")


def _choice(diagram: Diagram, node: Node) -> Iterator[Finding]:
    default = node.xml.get("default")
    for flow in node.outgoing:
        if default and flow.id == default:
            if flow.condition is not None:
                yield diagram.finding("condition-on-default", flow, "The condition of a default flow is ignored.")
        elif flow.condition is None and len(node.outgoing) > 1:
            yield diagram.finding("flow-without-condition", flow, f"The flow leaves {node.words} without a condition.")
    conditional = any(flow.condition is not None for flow in node.outgoing)
    if conditional and default not in [flow.id for flow in node.outgoing]:
        kind = node.kind.removesuffix("Gateway")
        yield diagram.finding(
            f"{kind}-without-default", node, f"The {node.words} has no default, so a case may find no way on."
        )


def _parallel_join(diagram: Diagram, node: Node) -> Iterator[Finding]:
    before = reachable(node.scope.starts, without=node)
    at_all = reachable(node.scope.starts)
    for flow in node.incoming:
        if flow.source in at_all and flow.source not in before and flow.source is not node:
            yield diagram.finding(
                "loop-back-into-join",
                flow,
                f"The flow leads back into {node.words}, which waits for it the first time.",
            )


def _event_gateway(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if len(node.outgoing) < 2 or node.xml.get("instantiate") == "true":
        yield diagram.finding(
            "event-gateway-ways", node, f"The {node.words} needs two ways out, and a process to be in."
        )
    for flow in node.outgoing:
        target = flow.target
        if target.event == "timer":
            yield diagram.finding("event-gateway-timer", target, f"The {target.words} follows an event-based gateway.")
        elif not _is_message_catch(target) or len(target.incoming) > 1 or target.boundaries:
            yield diagram.finding(
                "event-gateway-target",
                flow,
                f"Behind {node.words} come message events and receive tasks only, each by one flow.",
            )


def _is_message_catch(node: Node) -> bool:
    if node.kind == "receiveTask":
        return True
    return node.kind == "intermediateCatchEvent" and node.event == "message"
