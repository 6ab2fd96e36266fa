"""Small diagrams as text: `diagram(start("s"), user("a"), end("e"), path("s", "a", "e"))`.

A flow is called `source-target`. Messages, signals, errors and escalations are declared as they are used.
"""

import re
from html import escape
from itertools import pairwise

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
DECLARED = re.compile(r'(message|signal|error|escalation)Ref="\1-(\w+)"')


def diagram(*parts: str, process: str = "p", beside: str = "") -> bytes:
    """A file with one process, and with what stands `beside` it: further processes, or declarations of its own."""
    body = process_(process, *parts) + beside
    known = "".join(
        f'<{kind} id="{kind}-{name}" name="{name}"{f" {kind}Code={name!r}" if kind.startswith("e") else ""}/>'
        for kind, name in sorted(set(DECLARED.findall(body)))
        if f'<{kind} id="{kind}-{name}"' not in body
    )
    return f'<definitions xmlns="{MODEL}" xmlns:s="{SPIFF}" targetNamespace="t">{known}{body}</definitions>'.encode()


def process_(id: str, *parts: str) -> str:
    return f'<process id="{id}" isExecutable="true">{"".join(parts)}</process>'


def node(kind: str, id: str, *inside: str, extension: str = "", **attributes: str | None) -> str:
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value is not None)
    extended = f"<extensionElements>{extension}</extensionElements>" if extension else ""
    return f'<{kind} id="{id}"{written}>{extended}{"".join(inside)}</{kind}>'


def properties(**values: str) -> str:
    listed = "".join(f'<s:property name="{name}" value="{escape(value)}"/>' for name, value in values.items())
    return f"<s:properties>{listed}</s:properties>" if listed else ""


def start(id: str, **values: str) -> str:
    return node("startEvent", id, extension=properties(**values))


def end(id: str, definition: str = "", **values: str) -> str:
    return node("endEvent", id, definition, extension=properties(**values))


def user(id: str, *inside: str, **values: str) -> str:
    return node("userTask", id, *inside, extension=properties(**values))


def manual(id: str) -> str:
    return node("manualTask", id)


def script(id: str, text: str, *inside: str) -> str:
    return node("scriptTask", id, *inside, f"<script>{escape(text)}</script>")


def service(id: str, operator: str, *inside: str, result: str | None = None, **parameters: str) -> str:
    listed = "".join(f'<s:parameter id="{n}" type="any" value="{escape(v)}"/>' for n, v in parameters.items())
    to = f' resultVariable="{result}"' if result else ""
    called = f'<s:serviceTaskOperator id="{operator}"{to}><s:parameters>{listed}</s:parameters></s:serviceTaskOperator>'
    return node("serviceTask", id, *inside, extension=called)


def rule(id: str, decision: str) -> str:
    return node("businessRuleTask", id, extension=f"<s:calledDecisionId>{decision}</s:calledDecisionId>")


def send(id: str, name: str, payload: str = "") -> str:
    return node("sendTask", id, message(name, payload=payload))


def receive(id: str, name: str, variable: str = "") -> str:
    return node("receiveTask", id, message(name, variable=variable))


def exclusive(id: str, otherwise: str = "") -> str:
    return node("exclusiveGateway", id, default=f"{id}-{otherwise}" if otherwise else None)


def inclusive(id: str, otherwise: str = "") -> str:
    return node("inclusiveGateway", id, default=f"{id}-{otherwise}" if otherwise else None)


def parallel(id: str) -> str:
    return node("parallelGateway", id)


def first_of(id: str) -> str:
    return node("eventBasedGateway", id)


def sub(id: str, *parts: str) -> str:
    return node("subProcess", id, *parts)


def call(id: str, process: str, *inside: str) -> str:
    return node("callActivity", id, *inside, calledElement=process)


def several(
    over: str = "", to: str = "", item: str = "item", result: str = "result", *,
    times: str = "", one_by_one: bool = False, until: str = "",
) -> str:  # fmt: skip
    """What makes an activity multi-instance: `over` a collection or so many `times`, results `to` a collection."""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(one_by_one).lower()}">'
        + (f"<loopCardinality>{times}</loopCardinality>" if times else f"<loopDataInputRef>{over}</loopDataInputRef>")
        + (f"<loopDataOutputRef>{to}</loopDataOutputRef>" if to else "")
        + f'<inputDataItem id="{item}"/>'
        + (f'<outputDataItem id="{result}"/>' if to else "")
        + (f"<completionCondition>{escape(until)}</completionCondition>" if until else "")
        + "</multiInstanceLoopCharacteristics>"
    )


def catch(id: str, definition: str, **values: str) -> str:
    return node("intermediateCatchEvent", id, definition, extension=properties(**values))


def throw(id: str, definition: str) -> str:
    return node("intermediateThrowEvent", id, definition)


def boundary(id: str, on: str, definition: str, interrupts: bool = True, **values: str) -> str:
    how = str(interrupts).lower()
    return node("boundaryEvent", id, definition, extension=properties(**values), attachedToRef=on, cancelActivity=how)


def message(name: str, payload: str = "", variable: str = "") -> str:
    sent = f"<s:messagePayload>{escape(payload)}</s:messagePayload>" if payload else ""
    kept = f"<s:messageVariable>{variable}</s:messageVariable>" if variable else ""
    return _event("message", name, f"<extensionElements>{sent}{kept}</extensionElements>" if sent or kept else "")


def signal(name: str) -> str:
    return _event("signal", name)


def error(name: str = "") -> str:
    return _event("error", name)


def escalation(name: str) -> str:
    return _event("escalation", name)


def _event(kind: str, name: str, inside: str = "") -> str:
    to = f' {kind}Ref="{kind}-{name}"' if name else ""
    return f"<{kind}EventDefinition{to}>{inside}</{kind}EventDefinition>"


def timer(text: str, kind: str = "timeDuration") -> str:
    """`kind` is timeDuration, timeDate or timeCycle; the text is an expression, as it stands."""
    return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"


TERMINATE = "<terminateEventDefinition/>"


def path(*ids: str) -> str:
    """Flows from each to the next."""
    return "".join(f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(ids))


def when(source: str, target: str, condition: str) -> str:
    """A flow with a condition."""
    text = f"<conditionExpression>{escape(condition)}</conditionExpression>"
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{text}</sequenceFlow>'
