"""Processes and sub-processes: one way in, at least one way out, and something to run."""

from collections.abc import Iterator
from typing import Final

from services.case.process.decisions.safe_xml import local_name
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import Diagram, Scope
from services.case.process.gate.reader import bpmn_children

RULES: Final = {
    "no-process": "a file without a process",
    "not-executable": "a process that says it is not executable",
    "no-start": "a process or sub-process without a start event",
    "two-starts": "a process or sub-process with two start events",
    "triggered-start": "a start event with a timer, message, signal or other trigger",
    "no-end": "a process or sub-process without an end event",
    "two-pools": "two pools in a file",
    "call-without-target": "a call activity that names no process",
    "process-never-called": "a process that no call activity of its file calls, beside another",
    "too-many-elements": "a file with more elements than anybody can read",
}

MOST_NODES: Final = 1_000


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about processes."""
    if not diagram.processes:
        yield diagram.finding("no-process", diagram.root, "The file holds no process.")
    pools = [
        pool for part in bpmn_children(diagram.root, "collaboration") for pool in bpmn_children(part, "participant")
    ]
    if len(pools) > 1:
        yield diagram.finding("two-pools", pools[1], "The file has two pools: draw one process a file.")
    for process in diagram.processes:
        if process.xml.get("isExecutable") == "false":
            yield diagram.finding("not-executable", process, f"The {process.words} says it is not executable.")
    for scope in diagram.scopes():
        if scope.node is None or (scope.node.kind == "subProcess" and not scope.node.by_event):
            yield from _scope(diagram, scope)
    yield from _calls(diagram)


def _scope(diagram: Diagram, scope: Scope) -> Iterator[Finding]:
    starts = scope.starts
    if not starts:
        yield diagram.finding("no-start", scope, f"The {scope.words} has no start event.")
    for start in starts[1:]:
        yield diagram.finding("two-starts", start, f"The {scope.words} has two start events.")
    for start in starts:
        if start.definitions:
            yield diagram.finding(
                "triggered-start", start, f"The {start.words} waits for something: a case starts a process itself."
            )
    if not any(node.kind == "endEvent" for node in scope.nodes):
        yield diagram.finding("no-end", scope, f"The {scope.words} has no end event.")


def _calls(diagram: Diagram) -> Iterator[Finding]:
    called: set[str] = set()
    for node in diagram.all_nodes():
        if node.kind == "callActivity":
            target = node.xml.get("calledElement", "").strip()
            called.add(target)
            if not target:
                yield diagram.finding("call-without-target", node, f"The {node.words} names no process to call.")
    alone = [process for process in diagram.processes if process.id not in called]
    for process in alone[1:]:
        if local_name(process.xml):
            yield diagram.finding("process-never-called", process, f"Nothing in the file calls the {process.words}.")
