"""Service tasks: an operator from the closed list, with its parameters, about things that are there."""

from collections.abc import Iterator
from typing import Any, Final

from services.case.process.expressions import ExpressionRefused, compile_expression
from services.case.process.gate.bundle.contents import Contents
from services.case.process.gate.bundle.references import texts_in
from services.case.process.gate.finding import Finding
from services.case.process.gate.known import Operator
from services.case.process.gate.model import SPIFF, Diagram, Node
from services.case.process.gate.rules.tasks import extensions_of

RULES: Final = {
    "unknown-operator": "an operator that is not in the closed list",
    "operator-parameter": "a parameter that an operator does not take, or one that it needs and is not given",
    "unknown-notice": "a notice that is sent and not in the folder",
    "unknown-recipient": "a recipient that is neither a party nor a role",
}


def judge(contents: Contents) -> Iterator[Finding]:
    """Findings about service tasks."""
    for diagram in contents.diagrams:
        for node in diagram.all_nodes():
            for element in extensions_of(node, "serviceTaskOperator"):
                yield from _operator(contents, diagram, node, element)


def _operator(contents: Contents, diagram: Diagram, node: Node, element: Any) -> Iterator[Finding]:
    listed = contents.known.operators
    if listed is None:
        return
    name = element.get("id", "")
    if name not in listed:
        yield diagram.finding("unknown-operator", element, f"There is no operator {name[:60]}.")
        return
    given = {part.get("id", ""): part for part in element.iter(f"{{{SPIFF}}}parameter")}
    operator = listed[name]
    for missing in sorted(operator.required - given.keys()):
        yield diagram.finding("operator-parameter", node, f"The operator {name} needs the parameter {missing}.")
    for parameter, part in given.items():
        if parameter not in operator.parameters and not operator.more:
            yield diagram.finding("operator-parameter", part, f"The operator {name} takes no parameter {parameter}.")
        else:
            yield from _parameter(contents, diagram, operator, parameter, part)


def _parameter(contents: Contents, diagram: Diagram, operator: Operator, name: str, part: Any) -> Iterator[Finding]:
    kind = operator.parameters.get(name, "any")
    there = _there(contents, kind)
    try:
        texts = texts_in(compile_expression(part.get("value", "")).text) if there is not None else []
    except ExpressionRefused:
        return
    for text in texts:
        if there is not None and text not in there:
            yield diagram.finding(f"unknown-{kind}", part, f"There is no {kind} {text[:60]}.")


def _there(contents: Contents, kind: str) -> frozenset[str] | set[str] | None:
    known = contents.known
    if kind == "notice":
        return contents.notices
    if kind == "process":
        return None if known.processes is None else known.processes | {contents.name}
    return {"fact": known.facts, "recipient": known.recipients}.get(kind)
