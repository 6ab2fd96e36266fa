"""Every place in a diagram where an expression stands."""

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from services.case.process.decisions.safe_xml import plain_text
from services.case.process.gate.model import CHOOSING, SPIFF, Diagram, Node
from services.case.process.gate.reader import bpmn_children
from services.case.process.gate.rules.extensions import properties_of

_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]*")  # an outcome as such; everything else is an expression giving one
_PROPERTIES: Final[dict[str, "Kind"]] = {
    "due": "timer",
    "party": "value",
    "instance": "value",
    "milestone_if": "value",
    "milestone_outcome": "value",
    "outcome": "outcome",
}

Kind = Literal["value", "script", "timer", "outcome"]


class Site(msgspec.Struct, frozen=True, eq=False):
    """One expression: its text (`None` if something else stands inside it), its kind and what it is for."""

    node: Node | None
    xml: Any
    text: str | None
    kind: Kind
    what: str

    @property
    def is_code(self) -> bool:
        """Whether it is an outcome's code and not an expression."""
        return self.text is not None and bool(_CODE.fullmatch(self.text.strip()))


def sites(diagram: Diagram) -> Iterator[Site]:
    """The expressions of a diagram, those of every node in turn, then those of declarations."""
    for flow in diagram.flows:
        if flow.condition is not None and flow.source.kind in CHOOSING:
            yield _site(flow.source, flow.condition, "value", f"the condition of {flow.id}")
    for node in diagram.all_nodes():
        yield from _of_node(node)
    for kind in ("signal", "error", "escalation"):
        for element in diagram.declared[kind].values():
            for part in _extensions(element, "payloadExpression"):
                yield _site(None, part, "value", f"the payload of a {kind}")


def _of_node(node: Node) -> Iterator[Site]:
    for part in bpmn_children(node.xml, "script"):
        if node.kind == "scriptTask":
            yield _site(node, part, "script", f"the script of {node.id}")
    for loop in bpmn_children(node.xml, "multiInstanceLoopCharacteristics"):
        for part in bpmn_children(loop, "completionCondition"):
            yield _site(node, part, "value", f"the completion condition of {node.id}")
    for definition in node.definitions:
        for name in ("timeDuration", "timeDate", "timeCycle"):
            for part in bpmn_children(definition.xml, name):
                yield _site(node, part, "timer", f"the timer of {node.id}")
        for part in _extensions(definition.xml, "messagePayload"):
            yield _site(node, part, "value", f"the payload of {node.id}")
    for part in _extensions(node.xml, "messagePayload"):
        yield _site(node, part, "value", f"the payload of {node.id}")
    for operator in _extensions(node.xml, "serviceTaskOperator"):
        for part in operator.iter(f"{{{SPIFF}}}parameter"):
            yield Site(node, part, part.get("value", ""), "value", f"the parameter {part.get('id')} of {node.id}")
    for name, (value, part) in properties_of(node).items():
        if name in _PROPERTIES:
            yield Site(node, part, value, _PROPERTIES[name], f"{name} of {node.id}")


def _site(node: Node | None, part: Any, kind: Kind, what: str) -> Site:
    return Site(node, part, plain_text(part), kind, what)


def _extensions(element: Any, name: str) -> Iterator[Any]:
    for block in bpmn_children(element, "extensionElements"):
        yield from block.iterchildren(f"{{{SPIFF}}}{name}")
