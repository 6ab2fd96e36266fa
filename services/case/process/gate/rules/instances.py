"""Multi-instance activities: a collection in, a collection out, an item of each for every instance."""

from collections.abc import Iterator
from typing import Any, Final

from services.case.process.decisions.safe_xml import local_name, plain_text
from services.case.process.expressions import is_name
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import ACTIVITIES, Diagram, Node
from services.case.process.gate.reader import bpmn_children

RULES: Final = {
    "mi-without-input": "a multi-instance activity without input collection or input item, or with a number instead",
    "mi-without-output": "a multi-instance activity without output collection or output item: what is in an "
    "instance would leak into the process",
    "mi-name": "a collection or item of a multi-instance activity whose name no variable may have, or used twice",
    "mi-behaviour": "a multi-instance activity that throws events when instances end",
}


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about multi-instance activities."""
    for node in diagram.all_nodes():
        if node.kind in ACTIVITIES:
            for loop in bpmn_children(node.xml, "multiInstanceLoopCharacteristics"):
                yield from _loop(diagram, node, loop)


def names_of(loop: Any) -> dict[str, str]:
    """Part of a multi-instance loop -> the variable that it names."""
    named = {}
    for part in bpmn_children(loop):
        name = local_name(part)
        if name in ("loopDataInputRef", "loopDataOutputRef"):
            named[name] = (plain_text(part) or "").strip()
        elif name in ("inputDataItem", "outputDataItem"):
            named[name] = part.get("id", "")
    return named


def _loop(diagram: Diagram, node: Node, loop: Any) -> Iterator[Finding]:
    named = names_of(loop)
    if next(bpmn_children(loop, "loopCardinality"), None) is not None:
        yield diagram.finding("mi-without-input", loop, f"The {node.words} counts; give it a collection instead.")
    elif not {"loopDataInputRef", "inputDataItem"} <= named.keys():
        yield diagram.finding("mi-without-input", loop, f"The {node.words} has no input collection and item.")
    if not {"loopDataOutputRef", "outputDataItem"} <= named.keys():
        yield diagram.finding("mi-without-output", loop, f"The {node.words} has no output collection and item.")
    if not all(is_name(name) for name in named.values()):
        yield diagram.finding("mi-name", loop, f"The {node.words} names something that no variable may be called.")
    elif len(set(named.values())) < len(named):
        yield diagram.finding("mi-name", loop, f"The {node.words} uses one variable for two of its parts.")
    if loop.get("behavior", "All") != "All":
        yield diagram.finding("mi-behaviour", loop, f"The {node.words} may not throw events when instances end.")
