"""Lanes: they name nodes that are there, and each node is in one."""

from collections.abc import Iterator
from typing import Final

from services.case.process.decisions.safe_xml import plain_text
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import Diagram
from services.case.process.gate.reader import bpmn_children

RULES: Final = {
    "lane-to-nowhere": "a lane that names an element that is not there",
    "two-lanes": "an element in two lanes",
}


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about lanes; whether they have a role is asked of the bundle."""
    taken: set[str] = set()
    for lane in diagram.root.iter("{*}lane"):
        inner = {
            (plain_text(part) or "").strip() for child in lane.iter("{*}lane") if child is not lane
            for part in bpmn_children(child, "flowNodeRef")
        }  # fmt: skip
        for part in bpmn_children(lane, "flowNodeRef"):
            id = (plain_text(part) or "").strip()
            if id not in diagram.nodes:
                yield diagram.finding("lane-to-nowhere", part, "The lane names an element that is not there.")
            elif id in inner:
                continue  # also named in a lane inside this one, which counts
            elif id in taken:
                yield diagram.finding("two-lanes", part, f"The element {id} is in two lanes.")
            taken.add(id)
