"""Extensions: SpiffWorkflow's own where we read them; others are told apart from meaning nothing and being wrong."""

from collections.abc import Iterator
from typing import Any, Final

from services.case.process.decisions.safe_xml import local_name, namespace
from services.case.process.expressions import is_name
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import BPMN, SPIFF, Diagram, Node
from services.case.process.gate.reader import bpmn_children

RULES: Final = {
    "unknown-extension": "an extension of SpiffWorkflow's that has a meaning there and none here, such as preScript",
    "misplaced-extension": "an extension where it is not read, such as a payload on the declaration of a message",
    "unknown-property": "a property that is not in the list, or on an element that cannot have it",
    "property-incomplete": "a property, operator or parameter without its name or value",
    "foreign-attribute": "an attribute of another vendor, which means nothing here",
    "foreign-element": "an extension of another vendor, which means nothing here",
}

ANY_ELEMENT: Final = frozenset({"milestone", "milestone_if", "milestone_outcome", "milestone_fields"})
PROPERTIES: Final = {
    "userTask": frozenset({"form", "due", "party", "agreement", "shows", "other_than"}),
    "manualTask": frozenset({"due", "party", "other_than"}),
    "endEvent": frozenset({"outcome"}),
    "boundaryEvent": frozenset({"instance"}),
    "intermediateCatchEvent": frozenset({"instance"}),
    "receiveTask": frozenset({"instance"}),
}
AGREEMENTS: Final = ("draft", "terms")
_READ: Final = {  # extension -> elements on which it is read
    "properties": None,
    "serviceTaskOperator": {"serviceTask"},
    "calledDecisionId": {"businessRuleTask"},
    "messagePayload": {"messageEventDefinition", "sendTask"},
    "messageVariable": {"messageEventDefinition", "receiveTask"},
    "payloadExpression": {"signal", "error", "escalation"},
    "variableName": {"signal", "error", "escalation"},
}
_SILENT: Final = frozenset({"instructionsForEndUser", "unitTests", "taskMetadataValues", "category"})
_QUIET_NAMESPACES: Final = ("http://www.w3.org/", "http://www.omg.org/")


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about extensions."""
    for element in diagram.root.iter(f"{{{BPMN}}}*"):
        for attribute in element.attrib:
            if attribute.startswith("{") and not attribute[1:].startswith(_QUIET_NAMESPACES):
                yield _attribute(diagram, element, attribute)
        for block in bpmn_children(element, "extensionElements"):
            for part in block:
                if isinstance(part.tag, str):
                    yield from _extension(diagram, element, part)
    for node in diagram.all_nodes():
        yield from _properties(diagram, node)


def properties_of(node: Node) -> dict[str, tuple[str, Any]]:
    """Name of an extension property -> its value and element."""
    return {
        part.get("name", ""): (part.get("value", ""), part)
        for block in bpmn_children(node.xml, "extensionElements")
        for part in block.iter(f"{{{SPIFF}}}property")
    }


def _attribute(diagram: Diagram, element: Any, attribute: str) -> Finding:
    if attribute == f"{{{SPIFF}}}scriptsOnInstances":
        return diagram.finding("unknown-extension", element, "scriptsOnInstances has no meaning here.")
    name = attribute.rpartition("}")[2]
    return diagram.finding("foreign-attribute", element, f"The attribute {name} means nothing here.")


def _extension(diagram: Diagram, element: Any, part: Any) -> Iterator[Finding]:
    name = local_name(part)
    if namespace(part) != SPIFF or name in _SILENT:
        yield diagram.finding("foreign-element", part, f"The extension {name} means nothing here.")
    elif name not in _READ:
        yield diagram.finding("unknown-extension", part, f"The extension {name} has no meaning here.")
    else:
        places = _READ[name]
        if places is not None and local_name(element) not in places:
            yield diagram.finding(
                "misplaced-extension", part, f"The extension {name} is not read on {local_name(element)}."
            )
        if name in ("messageVariable", "variableName") and not is_name((part.text or "").strip()):
            yield diagram.finding("property-incomplete", part, f"{name} gives no name that a variable may have.")
        if name == "serviceTaskOperator":
            yield from _operator(diagram, part)


def _operator(diagram: Diagram, part: Any) -> Iterator[Finding]:
    result = part.get("resultVariable")
    if not part.get("id") or (result and not is_name(result)):
        yield diagram.finding(
            "property-incomplete", part, "An operator needs an id, and a result variable a name it may have."
        )
    for parameter in part.iter(f"{{{SPIFF}}}parameter"):
        if not all(parameter.get(name) for name in ("id", "type", "value")):
            yield diagram.finding("property-incomplete", parameter, "A parameter needs an id, a type and a value.")


def _properties(diagram: Diagram, node: Node) -> Iterator[Finding]:
    allowed = ANY_ELEMENT | PROPERTIES.get(node.kind, frozenset())
    for name, (value, part) in properties_of(node).items():
        if not name or not value.strip():
            yield diagram.finding("property-incomplete", part, "A property needs a name and a value.")
        elif name not in allowed:
            yield diagram.finding("unknown-property", part, f"The {node.words} cannot have the property {name}.")
        elif name == "agreement" and value not in AGREEMENTS:
            yield diagram.finding("unknown-property", part, "The property agreement can be: draft, terms.")
        elif name == "milestone_fields" and not all(is_name(word.strip()) for word in value.split(",")):
            yield diagram.finding("unknown-property", part, "milestone_fields holds variables, comma-separated.")
    if "milestone" not in properties_of(node):
        for name in sorted(ANY_ELEMENT & properties_of(node).keys()):
            yield diagram.finding("property-incomplete", node, f"{name} stands without a milestone.")
