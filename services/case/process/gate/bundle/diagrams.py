"""The diagrams and tables of a folder, together: every rule for one file, and what only the folder shows."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from services.case.process.gate.bundle.contents import Contents
from services.case.process.gate.diagram import judge_diagram, judge_tokens
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import Node
from services.case.process.gate.rules.tasks import decision_of

RULES: Final = {
    "no-diagram": "a folder without a diagram",
    "process-id": "a folder whose name no process in it has, or two processes of one id",
    "decision-id": "a decision whose id is not the name of its file",
    "unknown-process": "a call of a process that is not in the folder, or a start of one that is nowhere",
    "unknown-decision": "a business rule task that asks a decision that is not in the folder",
}


def judge(contents: Contents) -> Iterator[Finding]:
    """Findings about diagrams and tables."""
    for diagram in contents.diagrams:
        yield from judge_diagram(diagram)
    yield from judge_tokens(contents.diagrams)
    if not any(path.endswith(".bpmn") for path in contents.files):
        yield contents.finding("no-diagram", f"{contents.name}.bpmn", "", "The folder has no diagram.")
    elif contents.name and contents.diagrams and contents.name not in contents.process_ids():
        first = contents.diagrams[0]
        yield first.finding("process-id", first.root, f"No process here has the id {contents.name}, as its folder.")
    yield from _ids(contents)
    for path, decision in contents.decisions.items():
        if decision.id != PurePosixPath(path).stem:
            yield contents.finding(
                "decision-id", path, decision.id, f"The decision {decision.id} is not called as its file.", 1
            )
    ids = {decision.id for decision in contents.decisions.values()}
    for diagram in contents.diagrams:
        for node in diagram.all_nodes():
            asked, called = decision_of(node), _called(node)
            if asked and asked not in ids and f"{asked}.dmn" not in contents.files:
                yield diagram.finding("unknown-decision", node, f"There is no table {asked} in the folder.")
            if called and called not in contents.process_ids() and not contents.unread:
                yield diagram.finding("unknown-process", node, f"There is no process {called} in the folder.")


def _ids(contents: Contents) -> Iterator[Finding]:
    """A process and everything that is played by itself need ids of their own across the files of a folder."""
    taken: dict[str, str] = {}
    for diagram in contents.diagrams:
        for scope in diagram.scopes():
            if taken.setdefault(scope.id, diagram.file) != diagram.file:
                yield diagram.finding("process-id", scope, f"The id {scope.id} is also in {taken[scope.id]}.")


def _called(node: Node) -> str:
    return str(node.xml.get("calledElement", "")).strip() if node.kind == "callActivity" else ""
