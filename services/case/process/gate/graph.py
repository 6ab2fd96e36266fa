"""Walks over the nodes of a scope, blind to data."""

from collections.abc import Iterable

from services.case.process.gate.model import Node


def reachable(starts: Iterable[Node], without: Node | None = None) -> set[Node]:
    """The nodes that a token can get to from `starts`, these included, when `without` is taken out."""
    found = {node for node in starts if node is not without}
    waiting = list(found)
    while waiting:
        for node in waiting.pop().follow:
            if node not in found and node is not without:
                found.add(node)
                waiting.append(node)
    return found


def on_a_cycle(node: Node) -> bool:
    """Whether a token that leaves the node can come back to it."""
    return node in reachable(node.follow)


def leading_to(goals: Iterable[Node], nodes: Iterable[Node], without: Node | None = None) -> set[Node]:
    """Those of the nodes from which a goal can be reached when `without` is taken out; the goals included."""
    allowed = set(nodes) - {without}
    found = allowed & set(goals)
    waiting = list(found)
    while waiting:
        for node in waiting.pop().precede:
            if node in allowed and node not in found:
                found.add(node)
                waiting.append(node)
    return found


def cycles(nodes: Iterable[Node]) -> list[list[Node]]:
    """Groups of the given nodes that can all reach one another without leaving these nodes."""
    rest = list(dict.fromkeys(nodes))
    allowed = set(rest)
    groups: list[list[Node]] = []
    grouped: set[Node] = set()
    for node in rest:
        if node in grouped:
            continue
        ahead = _within(node, allowed)
        if node in ahead:
            group = [other for other in rest if other in ahead and node in _within(other, allowed)]
            groups.append(group)
            grouped.update(group)
    return groups


def _within(node: Node, allowed: set[Node]) -> set[Node]:
    found: set[Node] = set()
    waiting = [node]
    while waiting:
        for next_node in waiting.pop().follow:
            if next_node in allowed and next_node not in found:
                found.add(next_node)
                waiting.append(next_node)
    return found
