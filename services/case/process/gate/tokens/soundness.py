"""What the token games of one or several diagrams show, as findings."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from services.case.process.gate.finding import Finding
from services.case.process.gate.graph import cycles, leading_to, reachable
from services.case.process.gate.model import Diagram, Node, Scope
from services.case.process.gate.tokens.behaviour import catches, waits
from services.case.process.gate.tokens.explore import MOST_STATES, Played
from services.case.process.gate.tokens.plays import Plays

RULES: Final = {
    "deadlock": "a join that can wait for ever, as after an exclusive split",
    "two-tokens": "an element that a second token can enter while one is there: parallel branches meet without a join",
    "unreachable": "an element that no token can reach",
    "loop-without-exit": "a loop from which no end can be reached",
    "endless-loop": "a loop without exit in which nothing ever waits: it would run for ever",
    "too-many-states": f"a process with more than {MOST_STATES} markings",
    "endless-recursion": "a process that always calls itself",
    "error-not-caught": "an error that ends a sub-process or called process and that nothing around it catches",
}


def judge(diagrams: Sequence[Diagram]) -> Iterator[Finding]:
    """Findings about the processes of the diagrams, which may call one another."""
    plays = Plays(diagrams)
    for diagram in diagrams:
        for scope in diagram.scopes():
            if scope.starts and (played := plays.played.get(scope)) is not None:
                yield from _scope(diagram, scope, played)
        yield from _boundaries(diagram, plays)
    for diagram, call in plays.endless_calls():
        yield diagram.finding(
            "endless-recursion", call, f"The {call.words} calls its own process again, whatever happens."
        )
    for diagram, node, code in plays.errors_not_caught():
        yield diagram.finding("error-not-caught", node, f"Nothing catches the error {code or 'without a code'}.")


def _scope(diagram: Diagram, scope: Scope, played: Played) -> Iterator[Finding]:
    for node in _in_order(scope, played.doubled):
        yield diagram.finding(
            "two-tokens", node, f"The {node.words} can be entered again before it is left: join the branches first."
        )
    for node in scope.nodes:
        if node.kind == "boundaryEvent" and _comes_back(node):
            message = f"The branch of the {node.words} leads back to its own activity, so that tokens multiply."
            yield diagram.finding("two-tokens", node, message)
    for node in [] if played.doubled else _in_order(scope, played.deadlocked):
        yield diagram.finding("deadlock", node, f"The {node.words} can wait for ever for a token that does not come.")
    if played.exploded:
        yield diagram.finding(
            "too-many-states", scope, f"The {scope.words} has more than {MOST_STATES} markings: divide it."
        )
    endless = list(_endless(scope))
    for group in endless or ([_in_order(scope, played.trapped)] if _only_trapped(played) else []):
        rule = "loop-without-exit" if any(waits(node) for node in group) else "endless-loop"
        yield diagram.finding(rule, group[0], f"From the {group[0].words} no end can be reached.")
    yield from _unreachable(diagram, scope, played)


def _comes_back(boundary: Node) -> bool:
    """Whether what a boundary event adds can start another round of the activity that is still going on."""
    return not boundary.interrupts and boundary.host in reachable(flow.target for flow in boundary.outgoing)


def _only_trapped(played: Played) -> bool:
    return bool(played.trapped) and not played.deadlocked and not played.doubled


def _endless(scope: Scope) -> Iterator[list[Node]]:
    """Loops that the flows alone show to have no exit. A dead end is an exit here: it is a finding of its own."""
    found = reachable(scope.starts)
    ends = [node for node in found if node.kind == "endEvent" or not any(node.follow)]
    stuck = found - leading_to(ends, found)
    yield from cycles(node for node in scope.nodes if node in stuck)


def _unreachable(diagram: Diagram, scope: Scope, played: Played) -> Iterator[Finding]:
    if any(xml.getparent() is scope.xml for xml in diagram.loose):
        return  # the broken flow is said; where it should lead cannot be known
    touched = reachable(scope.starts)
    if not (played.exploded or played.doubled or played.deadlocked):
        touched &= played.touched
    excused = reachable(node for node in scope.nodes if node not in touched and _said_elsewhere(node))
    excused |= reachable(flow.target for node in scope.nodes if node.kind == "endEvent" for flow in node.outgoing)
    for node in scope.nodes:
        if node not in touched and node not in excused:
            yield diagram.finding("unreachable", node, f"No token can reach the {node.words}.")


def _said_elsewhere(node: Node) -> bool:
    """Whether that no token comes here is the fault of something that has a finding of its own."""
    return node.by_event or node.kind in ("boundaryEvent", "startEvent") or node.event == "link"


def _boundaries(diagram: Diagram, plays: Plays) -> Iterator[Finding]:
    """Error and escalation events on activities that can be looked into and throw nothing of the kind."""
    for node in diagram.all_nodes():
        behaviour = plays.behaviour(node)
        if behaviour is None:
            continue
        for boundary in node.boundaries:
            thrown = any(catches(diagram, boundary, one) for one in behaviour.throws)
            if boundary.event in ("error", "escalation") and not thrown:
                yield diagram.finding(
                    "boundary-cannot-throw", boundary, f"Nothing in {node.words} brings about this {boundary.event}."
                )


def _in_order(scope: Scope, nodes: Iterable[Node]) -> list[Node]:
    wanted = set(nodes)
    return [node for node in scope.nodes if node in wanted]
