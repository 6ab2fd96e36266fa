"""Boundary events: on an activity that is there, that can bring them about, and with a way on."""

from collections.abc import Iterator
from typing import Final

from services.case.process.gate.finding import Finding
from services.case.process.gate.model import ACTIVITIES, SUB_PROCESSES, Diagram, Node

RULES: Final = {
    "boundary-on-nothing": "a boundary event on an element that is not there, or not in the same scope",
    "boundary-on-non-activity": "a boundary event on a gateway or an event",
    "boundary-without-way-on": "a boundary event that leads nowhere",
    "boundary-cannot-throw": "an error or escalation event on an activity that cannot bring it about",
    "error-boundary-not-interrupting": "an error boundary event that does not interrupt",
}


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about boundary events."""
    for node in diagram.all_nodes():
        if node.kind == "boundaryEvent":
            yield from _boundary(diagram, node)


def _boundary(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if node.host is None:
        yield diagram.finding("boundary-on-nothing", node, f"The {node.words} is on nothing that is there.")
    elif node.host.kind not in ACTIVITIES:
        yield diagram.finding(
            "boundary-on-non-activity", node, f"The {node.words} is on {node.host.words}, which does not last."
        )
    elif node.event in ("error", "escalation") and node.host.kind not in SUB_PROCESSES | {"callActivity"}:
        yield diagram.finding(
            "boundary-cannot-throw", node, f"The {node.host.words} never brings about the {node.event} of {node.id}."
        )
    if not node.outgoing and node.event != "compensate":
        yield diagram.finding("boundary-without-way-on", node, f"The {node.words} leads nowhere.")
    if node.event == "error" and not node.interrupts:
        yield diagram.finding(
            "error-boundary-not-interrupting", node, f"The {node.words} must interrupt: an error ends its activity."
        )
