"""Events: one definition each, of a kind that works where it stands, about something that is declared."""

from collections.abc import Iterator
from typing import Any, Final

from services.case.process.gate.finding import Finding
from services.case.process.gate.model import EVENTS, Definition, Diagram, Node
from services.case.process.gate.reader import bpmn_children

RULES: Final = {
    "two-definitions": "an event with two definitions",
    "event-definition-ref": "an event that refers to a definition elsewhere, which would be ignored",
    "event-without-definition": "a catch or boundary event that does not say what it waits for",
    "unsupported-event": "an event of a kind that does not work in that place, such as a timer that is thrown",
    "signal-end": "an end event with a signal, which would be ignored: throw it before the end",
    "unknown-message": "a message that is referred to but not declared, or not referred to at all",
    "unknown-signal": "a signal that is referred to but not declared, or not referred to at all",
    "unknown-error": "an error that is referred to but not declared, or thrown without saying which",
    "unknown-escalation": "an escalation that is referred to but not declared, or thrown without saying which",
    "name-missing": "a message or signal without a name, or an error or escalation without a code",
}

_WORKING: Final = {
    "endEvent": {"plain", "message", "error", "escalation", "terminate"},
    "intermediateCatchEvent": {"timer", "message", "signal"},
    "intermediateThrowEvent": {"plain", "message", "signal", "escalation"},
    "boundaryEvent": {"timer", "message", "signal", "error", "escalation"},
}
_NAMED_ELSEWHERE: Final = {"link", "conditional", "compensate", "cancel"}  # rules/elements.py
_DECLARED: Final = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}
_CATCHES_ANY: Final = {"error", "escalation"}


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about events, and about tasks that send or receive."""
    for node in diagram.all_nodes():
        if node.kind in EVENTS:
            yield from _event(diagram, node)
        if node.kind in ("sendTask", "receiveTask"):
            inner = next((part.reference for part in node.definitions if part.kind == "message"), None)
            if node.xml.get("messageRef", inner) not in diagram.declared["message"]:
                yield _unknown(diagram, "message", node)
    for kind, elements in diagram.declared.items():
        for element in elements.values():
            if not element.get(_DECLARED[kind], "").strip():
                yield diagram.finding("name-missing", element, f"The {kind} has no {_DECLARED[kind]}.")


def _event(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if next(bpmn_children(node.xml, "eventDefinitionRef"), None) is not None:
        yield diagram.finding(
            "event-definition-ref", node, f"The {node.words} refers to a definition elsewhere, which would be ignored."
        )
    if node.event == "several":
        yield diagram.finding("two-definitions", node, f"The {node.words} has two definitions.")
    elif node.event == "plain" and node.kind in _WORKING and "plain" not in _WORKING[node.kind]:
        yield diagram.finding("event-without-definition", node, f"The {node.words} does not say what it waits for.")
    for definition in node.definitions:
        if node.kind == "endEvent" and definition.kind == "signal":
            yield diagram.finding("signal-end", node, f"The {node.words} would end without its signal.")
        elif node.kind in _WORKING and definition.kind not in _WORKING[node.kind] | _NAMED_ELSEWHERE:
            yield diagram.finding(
                "unsupported-event", node, f"The {node.words} cannot be of the kind {definition.kind}."
            )
        if definition.kind in _DECLARED:
            yield from _reference(diagram, node, definition)


def _reference(diagram: Diagram, node: Node, definition: Definition) -> Iterator[Finding]:
    if definition.reference is None and definition.kind in _CATCHES_ANY and node.kind == "boundaryEvent":
        return
    if definition.reference not in diagram.declared[definition.kind]:
        yield _unknown(diagram, definition.kind, node)


def _unknown(diagram: Diagram, kind: str, node: Node) -> Finding:
    article = "an" if kind[0] == "e" else "a"
    return diagram.finding(f"unknown-{kind}", node, f"The {node.words} needs {article} {kind} that is declared.")


def code_of(diagram: Diagram, definition: Definition) -> Any:
    """The code of an error or escalation; `None` where it names none (on a boundary: any)."""
    element = diagram.declared[definition.kind].get(definition.reference or "")
    return None if element is None else element.get(_DECLARED[definition.kind])
