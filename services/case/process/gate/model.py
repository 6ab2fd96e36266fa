"""A diagram as the rules see it: scopes (processes and sub-processes) of nodes joined by flows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from services.case.process.decisions.safe_xml import namespace
from services.case.process.gate.finding import Finding, finding

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"
DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"

TASKS: Final = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask"}
)
SUB_PROCESSES: Final = frozenset({"subProcess", "adHocSubProcess", "transaction"})
ACTIVITIES: Final = TASKS | SUB_PROCESSES | {"callActivity"}
GATEWAYS: Final = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
EVENTS: Final = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "implicitThrowEvent",
    }
)
NODES: Final = ACTIVITIES | GATEWAYS | EVENTS
CHOOSING: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})

WORDS: Final = {
    "task": "task", "userTask": "user task", "manualTask": "manual task", "serviceTask": "service task",
    "scriptTask": "script task", "businessRuleTask": "business rule task", "sendTask": "send task",
    "receiveTask": "receive task", "subProcess": "sub-process", "adHocSubProcess": "ad-hoc sub-process",
    "transaction": "transaction", "callActivity": "call activity", "exclusiveGateway": "exclusive gateway",
    "parallelGateway": "parallel gateway", "inclusiveGateway": "inclusive gateway",
    "eventBasedGateway": "event-based gateway", "complexGateway": "complex gateway", "startEvent": "start event",
    "endEvent": "end event", "intermediateCatchEvent": "catch event", "intermediateThrowEvent": "throw event",
    "boundaryEvent": "boundary event", "implicitThrowEvent": "implicit throw event",
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Definition:
    """An event definition: `kind` is `timer`, `message`, `signal`, `error`, … and `reference` what it refers to."""

    kind: str
    reference: str | None
    xml: Any


@dataclass(slots=True, eq=False)
class Node:
    """A flow node. `boundaries` are the events on its border, `host` the activity whose border it is on."""

    id: str
    kind: str
    xml: Any
    scope: "Scope"
    definitions: list[Definition] = field(default_factory=list)
    incoming: list["Flow"] = field(default_factory=list)
    outgoing: list["Flow"] = field(default_factory=list)
    boundaries: list["Node"] = field(default_factory=list)
    host: "Node | None" = None
    inside: "Scope | None" = None

    @property
    def words(self) -> str:
        """What a person calls it, for a sentence: user task “review”."""
        return f"{WORDS[self.kind]} “{self.id}”"

    @property
    def event(self) -> str:
        """The kind of its one event definition; `plain` without, `several` with more."""
        if len(self.definitions) == 1:
            return self.definitions[0].kind
        return "several" if self.definitions else "plain"

    @property
    def interrupts(self) -> bool:
        """Whether this boundary event ends the activity it is on."""
        return str(self.xml.get("cancelActivity", "true")) == "true"

    @property
    def by_event(self) -> bool:
        """Whether it stands beside the flow: an event sub-process or a compensation handler."""
        return "true" in (self.xml.get("triggeredByEvent"), self.xml.get("isForCompensation"))

    @property
    def follow(self) -> Iterator["Node"]:
        """Where a token that is here can be next, also by way of the events on the border."""
        for flow in self.outgoing:
            yield flow.target
        yield from self.boundaries

    @property
    def precede(self) -> Iterator["Node"]:
        """Where a token that comes here can have been."""
        for flow in self.incoming:
            yield flow.source
        if self.host is not None:
            yield self.host


@dataclass(slots=True, eq=False)
class Flow:
    """A sequence flow between two nodes of one scope."""

    id: str
    xml: Any
    source: Node
    target: Node
    condition: Any = None  # the conditionExpression element


@dataclass(slots=True, eq=False)
class Scope:
    """A process, or the inside of a sub-process."""

    id: str
    xml: Any
    node: Node | None = None  # the sub-process that this is the inside of
    nodes: list[Node] = field(default_factory=list)

    @property
    def starts(self) -> list[Node]:
        """Its start events."""
        return [node for node in self.nodes if node.kind == "startEvent"]

    @property
    def words(self) -> str:
        """What a person calls it."""
        return f"sub-process “{self.id}”" if self.node else f"process “{self.id}”"

    def all_nodes(self) -> Iterator[Node]:
        """Its nodes and those of the sub-processes inside it, the outer ones first."""
        waiting = [self]
        for scope in waiting:
            for node in scope.nodes:
                yield node
                if node.inside is not None:
                    waiting.append(node.inside)


@dataclass(slots=True, eq=False)
class Diagram:
    """One `.bpmn` file. `bare` is judging it alone; in a bundle more is known and more is asked."""

    file: str
    root: Any
    bare: bool = True
    processes: list[Scope] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    loose: list[Any] = field(default_factory=list)  # sequenceFlow elements that join nothing; see rules/flows.py
    declared: dict[str, dict[str, Any]] = field(default_factory=dict)  # message, signal, … -> id -> element

    def scopes(self) -> Iterator[Scope]:
        """Every process and every inside of a sub-process."""
        yield from self.processes
        for node in self.all_nodes():
            if node.inside is not None:
                yield node.inside

    def all_nodes(self) -> Iterator[Node]:
        """Every node, also one whose id another has too."""
        for process in self.processes:
            yield from process.all_nodes()

    def finding(self, rule: str, at: Any, message: str) -> Finding:
        """A finding about a node, flow, scope or element, at its line and nearest id."""
        xml = at if hasattr(at, "tag") else at.xml
        owner = xml
        while owner is not None and (not owner.get("id") or namespace(owner) == SPIFF):
            owner = owner.getparent()  # ids of operators and parameters are names, not places in the diagram
        id = "" if owner is None else owner.get("id")
        return finding(self.file, xml.sourceline, id, rule, message, self.bare)
