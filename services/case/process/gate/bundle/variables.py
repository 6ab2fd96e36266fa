"""Every variable that something reads is set by something: settings, forms, operators, tables, scripts, messages."""

from collections.abc import Iterator
from typing import Any, Final

from services.case.process.expressions import (
    ExpressionRefused,
    compile_expression,
    compile_script,
    compile_timer,
)
from services.case.process.gate.bundle.contents import Contents
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import ACTIVITIES, SPIFF, Diagram, Node
from services.case.process.gate.reader import bpmn_children
from services.case.process.gate.rules.extensions import properties_of
from services.case.process.gate.rules.instances import names_of
from services.case.process.gate.rules.tasks import decision_of, extensions_of
from services.case.process.gate.sites import Site, sites

RULES: Final = {"unset-variable": "a variable that is read and that nothing ever sets"}

_TAKEN: Final = ("messageVariable", "variableName")


def judge(contents: Contents) -> Iterator[Finding]:
    """Findings about variables."""
    if contents.unread or contents.settings is None:
        return  # what sets variables cannot be seen whole
    decisions = {decision.id: decision for decision in contents.decisions.values()}
    there = set(contents.table("variables")) | _from_forms(contents)
    for diagram in contents.diagrams:
        there |= _set_in(diagram)
        for node in diagram.all_nodes():
            if (decision := decisions.get(decision_of(node))) is not None:
                there.update(decision.outputs)
    for diagram in contents.diagrams:
        for xml, reader, names in _reads(diagram):
            for name in sorted(names - there):
                yield diagram.finding("unset-variable", xml, f"Nothing sets {name}, which {reader} reads.")
        for node in diagram.all_nodes():
            decision = decisions.get(decision_of(node))
            for name in sorted(decision.reads - there) if decision else ():
                yield diagram.finding("unset-variable", node, f"Nothing sets {name}, which {decision_of(node)} reads.")


def _from_forms(contents: Contents) -> set[str]:
    used = {contents.settings.get("start_form") if contents.settings else None}
    for diagram in contents.diagrams:
        for node in diagram.all_nodes():
            used.add(properties_of(node).get("form", ("", None))[0])
    found: set[str] = set()
    for form in used & contents.forms.keys():
        fields = contents.forms[form].get("properties") if form else None
        for name, field in fields.items() if isinstance(fields, dict) else ():
            if isinstance(field, dict) and field.get("x-variable"):
                found.add(name)
    return found


def _set_in(diagram: Diagram) -> set[str]:
    found: set[str] = set()
    for site in sites(diagram):
        if site.kind == "script":
            found |= _script(site)[1]
    for kind in _TAKEN:
        found |= {(part.text or "").strip() for part in diagram.root.iter(f"{{{SPIFF}}}{kind}")}
    for node in diagram.all_nodes():
        found |= {part.get("resultVariable", "") for part in extensions_of(node, "serviceTaskOperator")}
        for loop in _loops(node):
            named = names_of(loop)
            found |= {named.get("inputDataItem", ""), named.get("loopDataOutputRef", "")}
    return found


def _reads(diagram: Diagram) -> Iterator[tuple[Any, str, frozenset[str]]]:
    for site in sites(diagram):
        yield site.xml, site.what, _names(site)
    for node in diagram.all_nodes():
        for loop in _loops(node):
            named = names_of(loop)
            wanted = {named.get("loopDataInputRef", ""), named.get("outputDataItem", "")} - {""}
            yield loop, node.words, frozenset(wanted)
        fields, part = properties_of(node).get("milestone_fields", ("", None))
        if part is not None:
            yield part, node.words, frozenset(word.strip() for word in fields.split(","))


def _names(site: Site) -> frozenset[str]:
    try:
        if site.text is None or (site.kind == "outcome" and site.is_code):
            return frozenset()
        if site.kind == "script":
            return _script(site)[0]
        return compile_timer(site.text).names if site.kind == "timer" else compile_expression(site.text).names
    except ExpressionRefused:
        return frozenset()


def _script(site: Site) -> tuple[frozenset[str], frozenset[str]]:
    try:
        script = compile_script(site.text or "")
    except ExpressionRefused:
        return frozenset(), frozenset()
    return script.reads, script.assigns


def _loops(node: Node) -> Iterator[Any]:
    if node.kind in ACTIVITIES:
        yield from bpmn_children(node.xml, "multiInstanceLoopCharacteristics")
