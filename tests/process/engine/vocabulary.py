"""Values worth trying for a variable: what forms offer, and what diagrams and tables compare it with."""

import ast
import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

Answers = dict[str, list[Any]]

DAYS = ["2026-11-03", "2026-12-01"]


def add(to: Answers, name: str, values: Iterable[Any]) -> None:
    """Values that are not there yet; `1` and `True` are two."""
    known = to.setdefault(name, [])
    for value in values:
        if not any(value == other and type(value) is type(other) for other in known):
            known.append(value)


def answers_of_a_field(schema: dict[str, Any]) -> list[Any]:
    """A few answers that a field of a form takes."""
    if "oneOf" in schema:
        return [choice["const"] for choice in schema["oneOf"]]
    if schema["type"] == "array":
        return [[], *([value] for value in answers_of_a_field(schema["items"]))]
    simple = {"boolean": [True, False], "integer": [0, 1, 9], "number": [0, 1.5], "string": ["some_word"]}
    return DAYS if schema.get("format") == "date" else list(simple[schema["type"]])


def read_in(files: dict[str, bytes]) -> Answers:
    """The variables that conditions, scripts, timers and tables read, each with what it is compared with."""
    found: Answers = {}
    for name, xml in files.items():
        if not name.endswith((".bpmn", ".dmn")):
            continue
        root = etree.fromstring(xml)
        for element in root.iter():
            for text in (element.text, *element.attrib.values()):
                if text:
                    _compared(text, found)
        if name.endswith(".dmn"):
            _columns(root, found)
    return found


def _compared(text: str, found: Answers) -> None:
    try:
        tree = ast.parse(text.strip())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            add(found, node.id, [])
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            literals = [part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)]
            for side in sides:
                if isinstance(side, ast.Name):
                    holds = side is not node.left and isinstance(node.ops[-1], ast.In | ast.NotIn)
                    add(found, side.id, [[], literals] if holds else literals)


def _columns(root: Any, found: Answers) -> None:
    names = [part.findtext("{*}inputExpression/{*}text", "").strip() for part in root.iter("{*}input")]
    for rule in root.iter("{*}rule"):
        for name, entry in zip(names, rule.findall("{*}inputEntry"), strict=True):
            text = entry.findtext("{*}text", "")
            words = re.findall(r'"([^"]*)"', text)
            numbers = [] if words else [int(number) for number in re.findall(r"\b\d+\b", text)]
            flags = [True, False] if re.search(r"\b(true|false)\b", text) else []
            if name.isidentifier():
                add(found, name, [*words, *numbers, *flags])
