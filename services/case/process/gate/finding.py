"""What the gate says: one finding a line, for people and machines."""

from typing import Literal

import msgspec

Severity = Literal["error", "warning"]

LONGEST_MESSAGE = 400  # characters


class Finding(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong, or with `warning` doubtful, about a file of a process.

    `element` is the id nearest to it (empty where there is none), `rule` a name that stays, `message` a sentence.
    """

    file: str
    line: int
    element: str
    rule: str
    severity: Severity
    message: str


WARNINGS = frozenset(
    {
        "field-without-title",
        "foreign-attribute",
        "foreign-element",
        "no-layout",
        "process-never-called",
        "stray-file",
        "unused-file",
        "unused-lane",
        "unused-deadline",
        "unused-outcome",
    }
)  # what does not keep a process from running


BARE_WARNINGS = frozenset({"unknown-property", "operator-missing"})
"""Doubtful in a diagram judged alone, where it may be meant for another engine; wrong in a bundle of ours."""


def finding(file: str, line: int | None, element: str, rule: str, message: str, bare: bool = False) -> Finding:
    """A finding with the severity that its rule has."""
    severity: Severity = "warning" if rule in WARNINGS or (bare and rule in BARE_WARNINGS) else "error"
    return Finding(file, line or 1, " ".join(element.split())[:120], rule, severity, _flat(message))


def _flat(words: str) -> str:
    """On one line and cut, because names in a file from strangers can be anything."""
    flat = " ".join(words.split())
    return flat if len(flat) <= LONGEST_MESSAGE else f"{flat[: LONGEST_MESSAGE - 2]}…."
