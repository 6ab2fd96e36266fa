"""Timers: one expression that says when, in a place where that kind of time works."""

from collections.abc import Iterator
from typing import Final

from services.case.process.decisions.safe_xml import local_name, plain_text
from services.case.process.expressions import (
    Cycle,
    Duration,
    ExpressionRefused,
    Moment,
    NotATime,
    TimeUnquoted,
    compile_timer,
)
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import Definition, Diagram, Node
from services.case.process.gate.reader import bpmn_children

RULES: Final = {
    "timer-incomplete": "a timer without, or with more than one, duration, date or cycle",
    "unquoted-time": "a duration, date or cycle without quotation marks, which SpiffWorkflow reads as a variable",
    "not-a-time": "a timer with a text that is no ISO 8601 duration, date, date-time with offset, or cycle",
    "timer-kind": "a duration where a date is read, or the like",
    "cycle-timer": "a cycle anywhere but on a boundary event that does not interrupt",
}

_KINDS: Final = {"timeDuration": Duration, "timeDate": Moment, "timeCycle": Cycle}


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about timers; whether their expressions are accepted otherwise is for rules/wording.py."""
    for node in diagram.all_nodes():
        for definition in node.definitions:
            if definition.kind == "timer":
                yield from _timer(diagram, node, definition)


def _timer(diagram: Diagram, node: Node, definition: Definition) -> Iterator[Finding]:
    times = [part for part in bpmn_children(definition.xml) if local_name(part) in _KINDS]
    if len(times) != 1:
        yield diagram.finding("timer-incomplete", node, f"The {node.words} needs one duration, date or cycle.")
    for part in times:
        kind = local_name(part)
        if kind == "timeCycle" and (node.kind != "boundaryEvent" or node.interrupts):
            yield diagram.finding(
                "cycle-timer", node, f"The {node.words} repeats, but only a boundary event that does not interrupt can."
            )
        try:
            timer = compile_timer(plain_text(part) or "")
        except TimeUnquoted as refused:
            yield diagram.finding("unquoted-time", part, str(refused))
        except NotATime as refused:
            yield diagram.finding("not-a-time", part, str(refused))
        except ExpressionRefused:
            continue
        else:
            for time in timer.times:
                if not isinstance(time, _KINDS[kind]):
                    yield diagram.finding("timer-kind", part, f"A {type(time).__name__.lower()} stands in {kind}.")
            if timer.deadlines and kind == "timeCycle":
                yield diagram.finding("timer-kind", part, "A deadline is one day and stands in timeCycle.")
