"""Layout: a diagram without one runs but cannot be read; one with broken numbers cannot even be loaded."""

import math
from collections.abc import Iterator
from typing import Final

from services.case.process.gate.finding import Finding
from services.case.process.gate.model import DI, Diagram

RULES: Final = {
    "no-layout": "a diagram in which some nodes or flows have no place",
    "bad-layout": "a place that is not a number",
}


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about the layout."""
    drawn = set()
    for kind in ("BPMNShape", "BPMNEdge"):
        for shape in diagram.root.iter(f"{{{DI}}}{kind}"):
            drawn.add(shape.get("bpmnElement"))
            for part in shape.iter("{*}Bounds", "{*}waypoint"):
                if not all(_number(part.get(name)) for name in ("x", "y")):
                    yield diagram.finding("bad-layout", part, "A place in the layout is not a number.")
    missing = [node.id for node in diagram.nodes.values() if node.id not in drawn]
    missing += [flow.id for flow in diagram.flows if flow.id and flow.id not in drawn]
    if missing:
        what = "Nothing has" if not drawn else f"{missing[0]} and {len(missing) - 1} others have"
        yield diagram.finding("no-layout", diagram.root, f"{what} a place in the layout, so people cannot see it.")


def _number(text: str | None) -> bool:
    try:
        return math.isfinite(float(text or ""))
    except ValueError:
        return False
