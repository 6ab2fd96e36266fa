"""Words with a meaning: every expression and script of a diagram is in the small language, whole and readable."""

from collections.abc import Iterator
from typing import Final

from services.case.process.expressions import (
    ExpressionRefused,
    NotATime,
    TimeUnquoted,
    compile_expression,
    compile_script,
    compile_timer,
)
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import Diagram
from services.case.process.gate.sites import Site, sites

RULES: Final = {
    "expression-refused": "an expression, timer or script outside the small language",
    "expression-missing": "an empty condition, script or parameter, or a task without what it is there for",
    "condition-is-text": "a condition within quotation marks, which would always hold",
    "expression-language": "an expression or script in another language",
    "mixed-text": "a comment or element inside an expression, which would cut it short",
}


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about expressions."""
    for site in sites(diagram):
        if site.text is None:
            yield diagram.finding("mixed-text", site.xml, f"Something stands inside {site.what}, such as a comment.")
        elif not site.text.strip():
            yield diagram.finding("expression-missing", site.xml, f"{site.what[:1].upper()}{site.what[1:]} is empty.")
        else:
            yield from _site(diagram, site, site.text)
        format = site.node.xml.get("scriptFormat") if site.kind == "script" and site.node else None
        language = format or site.xml.get("language", "python")
        if "python" not in language.lower():
            yield diagram.finding("expression-language", site.xml, f"{language[:40]} is not read, only Python's form.")
    yield from _missing(diagram)


def _site(diagram: Diagram, site: Site, text: str) -> Iterator[Finding]:
    try:
        if site.kind == "script":
            compile_script(text)
        elif site.kind == "timer":
            compile_timer(text)
        elif not (site.kind == "outcome" and site.is_code):
            compile_expression(text)
            if "condition" in site.what and text.strip()[0] in "\"'" and not compile_expression(text).names:
                yield diagram.finding("condition-is-text", site.xml, f"{site.what.capitalize()} is a text in quotes.")
    except (TimeUnquoted, NotATime) as refused:
        if site.xml.get("name") == "due":  # for timer events this is said in rules/timers.py
            rule = "unquoted-time" if isinstance(refused, TimeUnquoted) else "not-a-time"
            yield diagram.finding(rule, site.xml, str(refused))
    except ExpressionRefused as refused:
        yield diagram.finding("expression-refused", site.xml, f"{site.what[:1].upper()}{site.what[1:]}: {refused}")


def _missing(diagram: Diagram) -> Iterator[Finding]:
    there = {site.node for site in sites(diagram) if site.kind == "script"}
    for node in diagram.all_nodes():
        if node.kind == "scriptTask" and node not in there:
            yield diagram.finding("expression-missing", node, f"The {node.words} holds no script.")
