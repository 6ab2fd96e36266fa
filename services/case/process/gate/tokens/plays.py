"""The games of all scopes of some diagrams, inner ones first, and called processes before those that call them."""

from collections.abc import Iterator, Sequence

from services.case.process.gate.graph import reachable
from services.case.process.gate.model import Diagram, Node, Scope
from services.case.process.gate.tokens.behaviour import (
    Behaviour,
    Thrown,
    anything,
    holds_others,
    thrown_by,
)
from services.case.process.gate.tokens.explore import Played, play
from services.case.process.gate.tokens.net import Net


class Plays:
    """`played` has the game of each scope, played as if called processes that never end did."""

    def __init__(self, diagrams: Sequence[Diagram]) -> None:
        self.processes: dict[str, tuple[Diagram, Scope]] = {}
        for diagram in diagrams:
            for process in diagram.processes:
                self.processes.setdefault(process.id, (diagram, process))
        self._ends: dict[str, Behaviour] = dict.fromkeys(self.processes, Behaviour(False))
        self._behaviours: dict[Node, Behaviour] = {}
        self._cache: dict[Scope, tuple[dict[Node, Behaviour], Played, Behaviour]] = {}
        self._settle(set())
        self.endless = {id for id, found in self._ends.items() if not found.finishes and id in self._calls_from(id)}
        self._settle(self.endless)
        self.played = {scope: game for scope, (_, game, _) in self._cache.items()}

    def behaviour(self, node: Node) -> Behaviour | None:
        """What a sub-process or called process does; `None` for anything else, or one that was not played."""
        return self._behaviours.get(node)

    def endless_calls(self) -> Iterator[tuple[Diagram, Node]]:
        """The calls by which a process that cannot otherwise end comes back to itself."""
        for id in sorted(self.endless):
            diagram, process = self.processes[id]
            for node in process.all_nodes():
                target = _called(node)
                if target in self.endless and (target == id or id in self._calls_from(target)):
                    yield diagram, node

    def errors_not_caught(self) -> Iterator[tuple[Diagram, Node, str | None]]:
        """Errors that come out of an inner scope and end a process that nothing calls; where, and the code."""
        called = {_called(node) for diagram, process in self.processes.values() for node in process.all_nodes()}
        top = [id for id in self.processes if id not in called] or list(self.processes)
        for id in top:
            diagram, process = self.processes[id]
            for node in process.nodes:
                behaviour = self._behaviours.get(node)
                for thrown in self._out_of(diagram, node, behaviour) if behaviour else ():
                    here = thrown.origin in set(process.all_nodes())
                    yield diagram, thrown.origin if here else node, thrown.code

    def _out_of(self, diagram: Diagram, node: Node, behaviour: Behaviour) -> Iterator[Thrown]:
        for thrown in thrown_by(diagram, [node], {node: behaviour}):
            if thrown.kind == "error" and thrown.known:
                yield thrown

    def _settle(self, granted: set[str]) -> None:
        """Least fixed point: a process can end if it can by calling only processes that can, or are `granted`."""
        for _ in range(2 * len(self.processes) + 1):
            before = dict(self._ends)
            for id, (diagram, process) in self.processes.items():
                found = self._play(diagram, process)
                self._ends[id] = Behaviour(found.finishes or id in granted, found.throws)
            if self._ends == before:
                break

    def _play(self, diagram: Diagram, scope: Scope) -> Behaviour:
        inner: dict[Node, Behaviour] = {}
        for node in scope.nodes:
            if holds_others(node) and not node.by_event:
                inner[node] = self._inner(diagram, node)
        cached = self._cache.get(scope)
        if cached is not None and cached[0] == inner:
            return cached[2]
        game = play(Net(diagram, scope, inner))
        whole = not (game.exploded or game.doubled or game.deadlocked)
        touched = game.touched if whole else reachable(scope.starts)
        found = Behaviour(game.finishes or not whole, frozenset(thrown_by(diagram, touched, inner)))
        self._cache[scope] = (inner, game, found)
        return found

    def _inner(self, diagram: Diagram, node: Node) -> Behaviour:
        if node.inside is not None:
            found = self._play(diagram, node.inside) if node.inside.starts else anything(node)
        else:
            found = self._ends.get(_called(node) or "", anything(node))
        self._behaviours[node] = found
        return found

    def _calls_from(self, id: str) -> set[str]:
        found: set[str] = set()
        waiting = [id]
        while waiting:
            known = self.processes.get(waiting.pop())
            for node in known[1].all_nodes() if known else ():
                target = _called(node)
                if target is not None and target not in found:
                    found.add(target)
                    waiting.append(target)
        return found


def _called(node: Node) -> str | None:
    return node.xml.get("calledElement", "").strip() if node.kind == "callActivity" else None
