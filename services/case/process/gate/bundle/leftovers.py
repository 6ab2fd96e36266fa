"""What is in a folder and used by nothing."""

from collections.abc import Iterator
from typing import Final

from services.case.process.expressions import ExpressionRefused, compile_expression, compile_timer
from services.case.process.gate.bundle.contents import FORM_ENDING, PROCESS_FILE, Contents
from services.case.process.gate.bundle.references import texts_in
from services.case.process.gate.finding import Finding
from services.case.process.gate.rules.extensions import properties_of
from services.case.process.gate.rules.tasks import decision_of
from services.case.process.gate.sites import sites

RULES: Final = {
    "stray-file": "a file that is no part of a process",
    "unused-file": "a form, notice or table that nothing uses",
    "unused-lane": "a lane of process.toml that no diagram has",
    "unused-deadline": "a deadline of process.toml that nothing sets",
    "unused-outcome": "an outcome of process.toml that no end gives",
}


def judge(contents: Contents) -> Iterator[Finding]:
    """Findings about files, lanes, deadlines and outcomes without use."""
    if contents.unread:
        return  # what uses the rest cannot be seen whole
    forms, decisions, texts, deadlines, opaque = _used(contents)
    yield from _files(contents, forms, decisions, texts)
    lanes = {lane.get("name", "") for diagram in contents.diagrams for lane in diagram.root.iter("{*}lane")}
    for lane in sorted(contents.table("lanes").keys() - lanes):
        yield contents.finding("unused-lane", PROCESS_FILE, lane, f"No diagram has the lane {lane}.")
    for name in sorted(contents.table("deadlines").keys() - deadlines):
        yield contents.finding("unused-deadline", PROCESS_FILE, name, f"Nothing sets the deadline {name}.")
    for code in sorted(contents.table("outcomes").keys() - texts) if not opaque else ():
        yield contents.finding("unused-outcome", PROCESS_FILE, code, f"No end gives the outcome {code}.")


def _files(contents: Contents, forms: set[str], decisions: set[str], texts: set[str]) -> Iterator[Finding]:
    for path in sorted(contents.files):
        folder, _, name = path.rpartition("/")
        if folder == "scenarios" or path.startswith("scenarios/") or path == PROCESS_FILE:
            continue
        if folder == "forms" and name.endswith(FORM_ENDING):
            used = name.removesuffix(FORM_ENDING) in forms
        elif folder == "notices" and name.endswith(".md"):
            used = name.partition(".")[0] in texts  # in whichever language
        elif folder == "" and name.endswith(".dmn"):
            used = path not in contents.decisions or contents.decisions[path].id in decisions
        elif folder == "" and name.endswith(".bpmn"):
            used = True
        else:
            yield contents.finding("stray-file", path, "", f"{name} is no part of a process.", 1)
            continue
        if not used:
            yield contents.finding("unused-file", path, "", f"Nothing uses {name}.", 1)


def _used(contents: Contents) -> tuple[set[str], set[str], set[str], set[str], bool]:
    """Forms, decisions, texts in expressions, deadlines; and whether an outcome is given by a variable."""
    forms = {str((contents.settings or {}).get("start_form", ""))}
    decisions: set[str] = set()
    texts: set[str] = set()
    deadlines: set[str] = set()
    opaque = False
    for diagram in contents.diagrams:
        for node in diagram.all_nodes():
            decisions.add(decision_of(node))
            forms.add(properties_of(node).get("form", ("", None))[0])
        for site in sites(diagram):
            text = site.text or ""
            try:
                if site.kind == "timer":
                    deadlines |= compile_timer(text).deadlines
                elif site.kind == "outcome" and site.is_code:
                    texts.add(text.strip())
                elif site.kind in ("value", "outcome"):
                    found = texts_in(compile_expression(text).text)
                    texts |= set(found)
                    opaque |= site.kind == "outcome" and not found
            except ExpressionRefused:
                continue
    return forms, decisions, texts, deadlines, opaque
