"""Kinds of element: what the subset holds and, by name, what it does not."""

from collections.abc import Iterator
from typing import Any, Final

from services.case.process.decisions.safe_xml import local_name, namespace
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import BPMN, NODES, SUB_PROCESSES, Diagram

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
    waiting = [diagram.root]
    while waiting:
        element = waiting.pop()
        if local_name(element) in _ACCEPTED | SUB_PROCESSES:  # what stands in a refused element needs no words
            waiting += [part for part in element if namespace(part) == BPMN]
        yield from _kind(diagram, element)
        for name in _BOOLEANS:
            if element.get(name) not in (None, "true", "false"):
                yield diagram.finding("unclear-boolean", element, f"{name} is neither true nor false.")


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
