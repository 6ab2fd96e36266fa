"""What a diagram names must be there: forms, lanes, milestones, deadlines, outcomes."""

import ast
from collections.abc import Iterator
from typing import Final

from services.case.process.expressions import ExpressionRefused, compile_timer
from services.case.process.gate.bundle.contents import PROCESS_FILE, Contents
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import Diagram, Node
from services.case.process.gate.reader import bpmn_children
from services.case.process.gate.rules.extensions import properties_of
from services.case.process.gate.sites import Site, sites
from services.case.process.shown import shown_in

RULES: Final = {
    "form-missing": "a user task without a form",
    "unknown-form": "a form that is named and not in the folder",
    "unknown-lane": "a lane that process.toml gives to no role",
    "lane-missing": "a user or manual task that is in no lane and has no party: nobody could do it",
    "unknown-milestone": "a milestone that is not in the closed list",
    "unknown-deadline": "a deadline that process.toml does not have",
    "unknown-outcome": "an outcome that process.toml does not have",
    "unknown-task": "a task that another must have done first and that is not there",
    "unknown-shown": "an answer to be shown with a task of which the process has no such task or field",
}


def judge(contents: Contents) -> Iterator[Finding]:
    """Findings about names in the diagrams, and of forms in `process.toml`."""
    settings = contents.settings or {}
    wanted = {"start_form": settings.get("start_form"), **{name: name for name in contents.table("borrowed_forms")}}
    for key, form in wanted.items():
        if isinstance(form, str) and form and not contents.has_form(form):
            yield contents.finding("unknown-form", PROCESS_FILE, key, f"There is no form {form}.")
    for diagram in contents.diagrams:
        for node in diagram.all_nodes():
            yield from _node(contents, diagram, node)
        if contents.settings is None:
            continue  # that is said, and what it would have given cannot be missed one by one
        for site in sites(diagram):
            if site.text is not None and site.kind == "timer":
                yield from _deadlines(contents, diagram, site, site.text)
            if site.text is not None and site.kind == "outcome":
                yield from _outcome(contents, diagram, site, site.text)
        for lane in diagram.root.iter("{*}lane"):
            inner = next(bpmn_children(lane, "childLaneSet"), None) is not None
            if not inner and lane.get("name", "") not in contents.table("lanes"):
                yield diagram.finding("unknown-lane", lane, f"No role has the lane {lane.get('name', 'without name')}.")


def texts_in(text: str) -> list[str]:
    """The texts that an accepted expression may come to, as far as they stand in it word for word."""
    found: list[str] = []
    waiting: list[ast.expr] = [ast.parse(f"(\n{text.strip()}\n)", mode="eval").body]
    while waiting:
        match waiting.pop():
            case ast.Constant(value=str(value)):
                found.append(value)
            case ast.IfExp(body=body, orelse=orelse):
                waiting += [body, orelse]
            case ast.BoolOp(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
                waiting += parts
    return found


def _node(contents: Contents, diagram: Diagram, node: Node) -> Iterator[Finding]:
    properties = {name: value for name, (value, _) in properties_of(node).items()}
    if node.kind == "userTask":
        form = properties.get("form")
        if not form:
            yield diagram.finding("form-missing", node, f"The {node.words} has no form.")
        elif not contents.has_form(form):
            yield diagram.finding("unknown-form", node, f"There is no form {form} in the folder.")
    if node.kind in ("userTask", "manualTask") and "party" not in properties and node.id not in _in_lanes(diagram):
        yield diagram.finding("lane-missing", node, f"The {node.words} is in no lane, so nobody could do it.")
    yield from _shown(contents, diagram, node, properties.get("shows", ""))
    before = properties.get("other_than", "")
    if before and before not in _forms(contents):
        yield diagram.finding("unknown-task", node, f"There is no task {before[:60]} for somebody else to do first.")
    milestone, listed = properties.get("milestone"), contents.known.milestones
    if milestone is not None and listed is not None and milestone not in listed:
        yield diagram.finding("unknown-milestone", node, f"There is no milestone {milestone}.")


def _forms(contents: Contents) -> dict[str, str]:
    """The tasks of the folder's diagrams, each with its form."""
    return {
        node.id: properties_of(node).get("form", ("", None))[0]
        for diagram in contents.diagrams
        for node in diagram.all_nodes()
        if node.kind in ("userTask", "manualTask")
    }


def _shown(contents: Contents, diagram: Diagram, node: Node, shows: str) -> Iterator[Finding]:
    forms = _forms(contents) if shows else {}
    for task, field in shown_in(shows):
        form = contents.forms.get(forms.get(task, ""))
        if task not in forms or (form is not None and field not in form.get("properties", {})):
            message = f"The {node.words} shows {task[:60]}.{field[:60]}, which no task asks."
            yield diagram.finding("unknown-shown", node, message)


def _in_lanes(diagram: Diagram) -> set[str]:
    """The nodes that are in a lane, themselves or by the sub-process around them."""
    named = {(part.text or "").strip() for part in diagram.root.iter("{*}flowNodeRef")}
    found = set()
    for node in diagram.all_nodes():
        around: Node | None = node
        while around is not None:
            if around.id in named:
                found.add(node.id)
            around = around.scope.node
    return found


def _deadlines(contents: Contents, diagram: Diagram, site: Site, text: str) -> Iterator[Finding]:
    try:
        names = compile_timer(text).deadlines
    except ExpressionRefused:
        return
    for name in sorted(names - contents.table("deadlines").keys()):
        yield diagram.finding("unknown-deadline", site.xml, f"There is no deadline {name} in process.toml.")


def _outcome(contents: Contents, diagram: Diagram, site: Site, text: str) -> Iterator[Finding]:
    try:
        codes = [text.strip()] if site.is_code else texts_in(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # refused elsewhere
    for code in codes:
        if code not in contents.table("outcomes"):
            yield diagram.finding("unknown-outcome", site.xml, f"There is no outcome {code[:60]} in process.toml.")
