"""A scope as a net: places for tokens as bits of a number, and the moves from each place."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations
from typing import Final

import msgspec

from services.case.process.gate.graph import leading_to
from services.case.process.gate.model import ACTIVITIES, Diagram, Flow, Node, Scope
from services.case.process.gate.tokens.behaviour import SIMPLE, Behaviour, catches, uncaught

WIDEST_CHOICE: Final = 12  # flows out of an inclusive gateway; each subset of them is a move

TERMINATES: Final[int] = 1
FAILS: Final[int] = 2


class Move(msgspec.Struct, frozen=True):
    """What becomes of a token: bits of the places it goes to, of the nodes it passes, and an effect on all tokens.

    `colour` is given where the token stays and another of that colour appears. `twice` is a place entered twice.
    """

    places: int
    touches: int
    effect: int = 0
    colour: int = 0
    twice: Node | None = None


class Join(msgspec.Struct, frozen=True):
    """A gateway that waits: its places, one per incoming flow, as bits of every colour, and its moves.

    `reaches` is empty for a parallel join; for an inclusive one it says, per place anywhere in the net, on which
    incoming flows (bits counted from 0) a token there can still arrive: when it is done where it is, and also by
    way of an event on its border. The join waits if either is a flow on which nothing waits yet.
    """

    node: Node
    arrivals: tuple[int, ...]
    moves: tuple[Move, ...]
    reaches: tuple[tuple[int, int], ...] = ()
    anywhere: int = 0  # all arrivals together


class Net:
    """`moves[place]` for tokens that rest; `urgent` and `joins` for those that go on at once."""

    def __init__(self, diagram: Diagram, scope: Scope, inner: Mapping[Node, Behaviour]) -> None:
        self.diagram = diagram
        self.inner = inner
        self.nodes = [node for node in scope.nodes if not node.by_event]
        self.number = {node: number for number, node in enumerate(self.nodes)}
        side_events = [node for node in self.nodes if node.kind == "boundaryEvent" and not _interrupts(node)]
        self.colours = 1 + len(side_events)
        self._colour = {node: colour for colour, node in enumerate(side_events, start=1)}
        self.owners: list[Node] = []  # place -> the node it belongs to
        self._place: dict[Node | Flow, int] = {}
        for node in self.nodes:
            for key in node.incoming if _joins(node) else [node]:
                self._place[key] = len(self.owners)
                self.owners.append(node)
        self.too_wide = any(_inclusive_split(node) for node in self.nodes)
        self.moves: list[tuple[Move, ...]] = [()] * len(self.owners)
        self.joins: list[Join] = []
        self.urgent = 0
        if not self.too_wide:
            self._fill()
        self.starts = [self._move(node.outgoing, touched=[node]) for node in scope.starts[:1]]

    def colour_mask(self, colour: int) -> int:
        """The bits of every place in one colour."""
        return sum(1 << (place * self.colours + colour) for place in range(len(self.owners)))

    def _fill(self) -> None:
        every_colour = (1 << self.colours) - 1
        for node in self.nodes:
            moves = tuple(self._moves(node))
            if _joins(node):
                places = [self._place[flow] for flow in node.incoming]
                arrivals = tuple(every_colour << (place * self.colours) for place in places)
                reaches = self._reaches(node) if node.kind == "inclusiveGateway" else ()
                self.joins.append(Join(node, arrivals, moves, reaches, sum(arrivals)))
            else:
                place = self._place[node]
                self.moves[place] = moves
                if _at_once(node):
                    self.urgent |= every_colour << (place * self.colours)

    def _moves(self, node: Node) -> Iterator[Move]:
        if node.kind in ("exclusiveGateway", "complexGateway"):
            for flow in node.outgoing:
                yield self._move([flow])
        elif node.kind == "inclusiveGateway":
            for flows in _chosen(node):
                yield self._move(flows)
        elif node.kind == "eventBasedGateway":
            for flow in node.outgoing:
                yield self._move(flow.target.outgoing, touched=[flow.target])
        elif node.kind in ACTIVITIES:
            yield from self._activity(node)
        elif node.kind != "endEvent":
            yield self._move(node.outgoing)

    def _activity(self, node: Node) -> Iterator[Move]:
        behaviour = self.inner.get(node, SIMPLE)
        if behaviour.finishes:
            yield self._move(node.outgoing)
        if any(thrown.kind == "error" and thrown.known for thrown in uncaught(self.diagram, node, behaviour)):
            yield Move(0, 0, FAILS)
        for boundary in node.boundaries:
            if boundary.event in ("error", "escalation") and not any(
                catches(self.diagram, boundary, thrown) for thrown in behaviour.throws
            ):
                continue
            yield self._move(boundary.outgoing, touched=[boundary], colour=self._colour.get(boundary, 0))

    def _move(self, flows: Iterable[Flow], touched: Iterable[Node] = (), colour: int = 0) -> Move:
        places, touches, effect = 0, 0, 0
        twice: Node | None = None
        for node in touched:
            touches |= 1 << self.number[node]
        for flow in flows:
            target = flow.target
            if target not in self.number:
                continue
            touches |= 1 << self.number[target]
            if target.kind == "endEvent":
                effect = max(effect, {"terminate": TERMINATES, "error": FAILS}.get(target.event, 0))
                continue
            bit = 1 << (self._place[flow if _joins(target) else target] * self.colours)
            if places & bit:
                twice = target
            places |= bit
        return Move(places, touches, effect, colour, twice)

    def _reaches(self, join: Node) -> tuple[tuple[int, int], ...]:
        reaches = [[0, 0] for _ in self.owners]
        for bit, flow in enumerate(join.incoming):
            behind = leading_to([flow.source], self.nodes, without=join)
            for place, owner in enumerate(self.owners):
                if owner is flow.source or any(onward.target in behind for onward in owner.outgoing):
                    reaches[place][0] |= 1 << bit
                if owner in behind:
                    reaches[place][1] |= 1 << bit
        return tuple((done, also_by_events) for done, also_by_events in reaches)


def _joins(node: Node) -> bool:
    return node.kind in ("parallelGateway", "inclusiveGateway") and len(node.incoming) > 1


def _at_once(node: Node) -> bool:
    passing = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "intermediateThrowEvent")
    return node.kind in passing and len(node.incoming) <= 1


def _interrupts(node: Node) -> bool:
    return node.interrupts or node.event == "error"


def _inclusive_split(node: Node) -> bool:
    return node.kind == "inclusiveGateway" and len(node.outgoing) > WIDEST_CHOICE


def _chosen(node: Node) -> Iterator[tuple[Flow, ...]]:
    """What an inclusive gateway can choose: any of the flows with conditions, or the default alone."""
    default = [flow for flow in node.outgoing if flow.id == node.xml.get("default")]
    others = [flow for flow in node.outgoing if flow not in default]
    if default:
        yield tuple(default)
    yield from chain.from_iterable(combinations(others, size) for size in range(1, len(others) + 1))
