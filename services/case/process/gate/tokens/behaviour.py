"""What a sub-process or called process can do to the scope around it: end, throw errors, throw escalations."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from services.case.process.gate.model import SUB_PROCESSES, Diagram, Node, Scope
from services.case.process.gate.rules.events import code_of


class Thrown(msgspec.Struct, frozen=True):
    """An error or escalation on its way outwards. `origin` throws it; `known` is false for what cannot be seen."""

    kind: str
    code: str | None
    origin: Node
    known: bool = True

    def __hash__(self) -> int:
        return hash((self.kind, self.code, id(self.origin)))


class Behaviour(msgspec.Struct, frozen=True):
    """Whether an activity can end of itself, and what it throws that nothing inside it catches."""

    finishes: bool = True
    throws: frozenset[Thrown] = frozenset()


SIMPLE: Final = Behaviour()


def anything(node: Node) -> Behaviour:
    """The behaviour of a process that is not here to be seen."""
    return Behaviour(True, frozenset(Thrown(kind, None, node, False) for kind in ("error", "escalation")))


def catches(diagram: Diagram, boundary: Node, thrown: Thrown) -> bool:
    """Whether a boundary event catches it; one without a code catches all of its kind."""
    if boundary.event != thrown.kind:
        return False
    code = code_of(diagram, boundary.definitions[0])
    return code is None or not thrown.known or code == thrown.code


def uncaught(diagram: Diagram, node: Node, behaviour: Behaviour) -> frozenset[Thrown]:
    """What passes the events on the border of a node."""
    return frozenset(
        thrown
        for thrown in behaviour.throws
        if not any(catches(diagram, boundary, thrown) for boundary in node.boundaries)
    )


def thrown_by(diagram: Diagram, nodes: Iterable[Node], inner: Mapping[Node, Behaviour]) -> Iterator[Thrown]:
    """What the given nodes of a scope let out of it."""
    for node in nodes:
        if node.kind in ("endEvent", "intermediateThrowEvent") and node.event in ("error", "escalation"):
            yield Thrown(node.event, code_of(diagram, node.definitions[0]), node)
        elif node in inner:
            yield from uncaught(diagram, node, inner[node])


def holds_others(node: Node) -> bool:
    """Whether what happens inside the node is played in a game of its own."""
    return node.kind in SUB_PROCESSES or node.kind == "callActivity"


def waits(node: Node) -> bool:
    """Whether a token can rest on the node, or inside it, until somebody does something."""
    if node.inside is not None:
        return any(waits(inner) for inner in _nodes(node.inside))
    return node.kind in ("userTask", "manualTask", "receiveTask", "callActivity", "eventBasedGateway") or (
        node.kind == "intermediateCatchEvent"
    )


def _nodes(scope: Scope) -> Iterator[Node]:
    yield from scope.nodes
