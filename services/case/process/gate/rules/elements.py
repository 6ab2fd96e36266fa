"""Kinds of element: what the subset holds and, by name, what it does not."""

from collections.abc import Iterator
from typing import Any, Final

from services.case.process.decisions.safe_xml import local_name, namespace
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import ACTIVITIES, BPMN, EVENTS, NODES, SPIFF, SUB_PROCESSES, Diagram

RULES: Final = {
    "unsupported-element": "an element of BPMN that is not in the tested subset",
    "bare-task": "a task without a kind: nobody knows who or what does it",
    "event-sub-process": "an event sub-process: SpiffWorkflow runs it at the wrong time and for the wrong instance",
    "ad-hoc": "an ad-hoc sub-process: draw a loop in which the next step is chosen",
    "transaction": "a transaction or a cancel event",
    "compensation": "compensation: draw a task that undoes",
    "standard-loop": "a standard loop on an activity: draw the loop with a gateway",
    "link-event": "a link event: SpiffWorkflow never jumps; draw the flow",
    "conditional-event": "a conditional event: SpiffWorkflow sees only part of the variables there",
    "data-object": "a data object or store: variables belong to the process",
    "data-association": "an input or output specification or data association",
    "misplaced-element": "an element of BPMN where it has no meaning, but where SpiffWorkflow would find it",
    "twice": "a part that may stand in an element once and stands there twice: one of them would be ignored",
    "unclear-boolean": "an attribute that is true or false, written otherwise",
}

_ACCEPTED: Final = frozenset(
    {
        "definitions", "process", "laneSet", "lane", "childLaneSet", "flowNodeRef", "sequenceFlow", "incoming",
        "outgoing", "conditionExpression", "documentation", "extensionElements", "textAnnotation", "text",
        "association", "group", "category", "categoryValue", "message", "signal", "error", "escalation",
        "itemDefinition", "collaboration", "participant", "script", "multiInstanceLoopCharacteristics",
        "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem", "completionCondition",
        "loopCardinality", "timeDate", "timeDuration", "timeCycle", "timerEventDefinition",
        "messageEventDefinition", "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition",
        "terminateEventDefinition", "eventDefinitionRef",
    }
    | (NODES - {"complexGateway", "implicitThrowEvent"})
)  # fmt: skip
_WORDS: Final = frozenset({"documentation", "extensionElements"})
_FLOW: Final = frozenset({"laneSet", "sequenceFlow", "textAnnotation", "association", "group"}) | NODES
_MULTI_INSTANCE: Final = frozenset(
    {
        "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem", "completionCondition",
        "loopCardinality",
    }
)  # fmt: skip
_INSIDE: Final[dict[str, frozenset[str]]] = {  # element -> what may stand in it, besides words
    "definitions": frozenset(
        {"process", "message", "signal", "error", "escalation", "itemDefinition", "collaboration", "category"}
    ),
    "process": _FLOW,
    "collaboration": frozenset({"participant", "textAnnotation", "association", "group"}),
    "laneSet": frozenset({"lane"}),
    "childLaneSet": frozenset({"lane"}),
    "lane": frozenset({"flowNodeRef", "childLaneSet"}),
    "sequenceFlow": frozenset({"conditionExpression"}),
    "textAnnotation": frozenset({"text"}),
    "category": frozenset({"categoryValue"}),
    "multiInstanceLoopCharacteristics": _MULTI_INSTANCE,
    "timerEventDefinition": frozenset({"timeDate", "timeDuration", "timeCycle"}),
    **dict.fromkeys(NODES, frozenset({"incoming", "outgoing"})),
    **dict.fromkeys(ACTIVITIES, frozenset({"incoming", "outgoing", "multiInstanceLoopCharacteristics"})),
    **dict.fromkeys(EVENTS, frozenset({"incoming", "outgoing", "eventDefinitionRef"})),
    **dict.fromkeys(SUB_PROCESSES, _FLOW | {"incoming", "outgoing", "multiInstanceLoopCharacteristics"}),
    "scriptTask": frozenset({"incoming", "outgoing", "multiInstanceLoopCharacteristics", "script"}),
}
_ONCE: Final = _MULTI_INSTANCE | {
    "conditionExpression", "script", "multiInstanceLoopCharacteristics", "extensionElements", "calledDecisionId",
    "messagePayload", "messageVariable", "payloadExpression", "variableName", "properties",
}  # fmt: skip
_DEFINED: Final = EVENTS | {"sendTask", "receiveTask"}  # where an event definition may stand
_NAMED: Final = {
    "task": "bare-task",
    "adHocSubProcess": "ad-hoc",
    "transaction": "transaction",
    "cancelEventDefinition": "transaction",
    "compensateEventDefinition": "compensation",
    "standardLoopCharacteristics": "standard-loop",
    "linkEventDefinition": "link-event",
    "conditionalEventDefinition": "conditional-event",
    "dataObject": "data-object",
    "dataObjectReference": "data-object",
    "dataStore": "data-object",
    "dataStoreReference": "data-object",
    "ioSpecification": "data-association",
    "ioBinding": "data-association",
    "dataInputAssociation": "data-association",
    "dataOutputAssociation": "data-association",
    "property": "data-object",
}
_BOOLEANS: Final = (
    "isExecutable", "cancelActivity", "isInterrupting", "triggeredByEvent", "isSequential", "isForCompensation",
    "instantiate", "parallelMultiple", "isClosed",
)  # fmt: skip


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about what kinds of element the file holds."""
    yield from _misplaced(diagram)
    yield from _twice(diagram)
    waiting = [diagram.root]
    while waiting:
        element = waiting.pop()
        if local_name(element) in _ACCEPTED | SUB_PROCESSES:  # what stands in a refused element needs no words
            waiting += [part for part in element if namespace(part) == BPMN]
        yield from _kind(diagram, element)
        for name in _BOOLEANS:
            if element.get(name) not in (None, "true", "false"):
                yield diagram.finding("unclear-boolean", element, f"{name} is neither true nor false.")


def _misplaced(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.root.iter(f"{{{BPMN}}}*"):
        name, around = local_name(element), element.getparent()
        if around is None or name not in _ACCEPTED or name in _WORDS:
            continue
        place = local_name(around)
        if namespace(around) == BPMN and place not in _ACCEPTED:
            continue  # something is said about what it stands in
        defines = name.endswith("EventDefinition") and place in _DEFINED
        if namespace(around) != BPMN or not (defines or name in _INSIDE.get(place, ())):
            yield diagram.finding("misplaced-element", element, f"{name} means nothing in {place}.")


def _twice(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.root.iter(f"{{{BPMN}}}*"):
        seen = set()
        for part in element:
            name = local_name(part)
            if name in _ONCE and name in seen and namespace(part) in (BPMN, SPIFF):
                yield diagram.finding("twice", part, f"{name} stands twice in {local_name(element)}.")
            seen.add(name)
    for block in diagram.root.iter(f"{{{SPIFF}}}properties"):
        names = [part.get("name") for part in block.iter(f"{{{SPIFF}}}property")]
        if len(set(names)) < len(names):
            yield diagram.finding("twice", block, "A property is given twice.")


def _kind(diagram: Diagram, element: Any) -> Iterator[Finding]:
    name = local_name(element)
    rule = _NAMED.get(name)
    if rule is not None:
        yield diagram.finding(rule, element, f"{_capital(RULES[rule])} ({name}).")
    elif name not in _ACCEPTED:
        yield diagram.finding("unsupported-element", element, f"{name} is not in the tested subset of BPMN.")
    if element.get("triggeredByEvent") == "true":
        yield diagram.finding("event-sub-process", element, f"{_capital(RULES['event-sub-process'])}.")
    if element.get("isForCompensation") == "true":
        yield diagram.finding("compensation", element, f"{_capital(RULES['compensation'])}.")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
