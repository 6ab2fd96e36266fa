"""Tasks that ask or call something: which decision, which operator."""

from collections.abc import Iterator
from typing import Any, Final

from services.case.process.decisions.safe_xml import plain_text
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import SPIFF, Diagram, Node
from services.case.process.gate.reader import bpmn_children

RULES: Final = {
    "decision-missing": "a business rule task that names no decision",
    "operator-missing": "a service task with no operator, or two",
}


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about tasks."""
    for node in diagram.all_nodes():
        if node.kind == "businessRuleTask" and not decision_of(node):
            yield diagram.finding("decision-missing", node, f"The {node.words} names no decision.")
        operators = list(extensions_of(node, "serviceTaskOperator"))
        if node.kind == "serviceTask" and len(operators) != 1:
            yield diagram.finding("operator-missing", node, f"The {node.words} needs one operator.")


def extensions_of(node: Node, name: str) -> Iterator[Any]:
    """SpiffWorkflow's extension elements of one name on a node."""
    for block in bpmn_children(node.xml, "extensionElements"):
        yield from block.iterchildren(f"{{{SPIFF}}}{name}")


def decision_of(node: Node) -> str:
    """The decision that a business rule task asks, or nothing."""
    return next(((plain_text(part) or "").strip() for part in extensions_of(node, "calledDecisionId")), "")
