"""Judges one file by itself: `.bpmn` or `.dmn`, bytes in, findings out, nothing executed."""

from collections.abc import Iterator
from typing import Final

from services.case.process.decisions import DecisionRefused, XmlRefused, parse_decision, read_xml
from services.case.process.decisions.safe_xml import local_name, namespace
from services.case.process.gate.finding import Finding, finding
from services.case.process.gate.model import BPMN, Diagram
from services.case.process.gate.reader import read_diagram
from services.case.process.gate.rules import (
    boundaries,
    elements,
    events,
    extensions,
    flows,
    gateways,
    identity,
    instances,
    lanes,
    layout,
    processes,
    tasks,
    timers,
    wording,
)
from services.case.process.gate.tokens import soundness

FAMILIES: Final = (
    elements, identity, processes, flows, gateways, events, boundaries, timers, instances, tasks, wording,
    extensions, lanes, layout,
)  # fmt: skip

FILE_RULES: Final = {
    "xml-malformed": "a file that is not well-formed XML",
    "file-too-large": "a file of more than two megabytes",
    "doctype": "a document type, and with it entities, external files and bombs",
    "not-bpmn": "a file that is neither BPMN 2.0 nor a decision table",
}
DMN_RULES: Final = {
    "dmn-version": "a decision table that is not DMN 1.1, 1.2 or 1.3",
    "two-tables": "two decisions or tables in one file",
    "no-decision-table": "a DMN file without a table",
    "dmn-beyond-subset": "anything else of DMN, such as requirements, literal expressions and default outputs",
    "hit-policy": "a hit policy other than UNIQUE, FIRST and COLLECT, or an aggregation",
    "dmn-input": "an input without an expression",
    "dmn-output": "an output whose name no variable may have, or two with the same",
    "dmn-row": "a table without rows, or a row without a cell for each column",
    "dmn-cell": "a cell outside the accepted part of S-FEEL",
    "overlapping-rows": "rows of a UNIQUE table that can both fit",
}


def check_diagram(filename: str, xml: bytes) -> list[Finding]:
    """The findings about a bare `.bpmn` or `.dmn`, in the order of the file.

    Forms, roles, operators, and decisions or processes in other files are not asked for.
    """
    if filename.endswith(".dmn"):
        return sorted(judge_decision(filename, xml))
    diagram, found = open_diagram(filename, xml, bare=True)
    if diagram is not None:
        found += judge_diagram(diagram)
        found += judge_tokens([diagram])
    return sorted(set(found))


def judge_decision(filename: str, xml: bytes) -> list[Finding]:
    """The findings about a decision table."""
    try:
        parse_decision(xml, filename)
    except DecisionRefused as refused:
        return [finding(filename, one.line, one.element, one.rule, one.message) for one in refused.problems]
    return []


def open_diagram(filename: str, xml: bytes, bare: bool) -> tuple[Diagram | None, list[Finding]]:
    """The model of a diagram, or why it cannot be read."""
    try:
        root = read_xml(xml)
    except XmlRefused as refused:
        return None, [finding(filename, refused.line, "", refused.rule, str(refused))]
    if local_name(root) != "definitions" or namespace(root) != BPMN:
        return None, [finding(filename, root.sourceline, "", "not-bpmn", "The file is not BPMN 2.0.")]
    diagram = read_diagram(filename, root, bare)
    if sum(1 for _ in diagram.all_nodes()) > processes.MOST_NODES:
        message = f"The file has more than {processes.MOST_NODES} nodes: divide it."
        return None, [finding(filename, root.sourceline, "", "too-many-elements", message)]
    return diagram, []


def judge_diagram(diagram: Diagram) -> list[Finding]:
    """The findings of every family of rules."""
    return [one for family in FAMILIES for one in family.judge(diagram)]


def judge_tokens(diagrams: list[Diagram]) -> Iterator[Finding]:
    """The findings of the token games of diagrams that belong together."""
    return soundness.judge(diagrams)
