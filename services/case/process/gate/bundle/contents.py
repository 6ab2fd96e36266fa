"""The files of a process folder, parsed once, each with what is wrong with reading it."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from services.case.process.decisions import Decision, DecisionRefused, parse_decision
from services.case.process.gate.diagram import open_diagram
from services.case.process.gate.finding import Finding, finding
from services.case.process.gate.known import Known
from services.case.process.gate.model import Diagram

LARGEST_TEXT: Final = 500_000  # bytes of a form, a notice or process.toml
PROCESS_FILE: Final = "process.toml"
FORM_ENDING: Final = ".schema.json"


@dataclass(slots=True)
class Contents:
    """What is in the folder. `unread` are the findings about files that could not be read."""

    name: str
    folder: str
    files: Mapping[str, bytes]
    known: Known
    settings: dict[str, Any] | None = None
    diagrams: list[Diagram] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)  # by path
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)  # by name
    notices: set[str] = field(default_factory=set)
    unread: list[Finding] = field(default_factory=list)

    def path(self, relative: str) -> str:
        """The path of a file as findings give it."""
        return f"{self.folder}/{relative}" if self.folder else relative

    def finding(self, rule: str, relative: str, element: str, message: str, line: int | None = None) -> Finding:
        """A finding about a file; without a line, about the one where the element's name first stands."""
        return finding(self.path(relative), line or self.line_of(relative, element), element, rule, message)

    def line_of(self, relative: str, name: str) -> int:
        """The line of a text file on which a key or field of that name is written, or 1."""
        text = self.files.get(relative, b"").decode("utf-8", "replace")
        key = re.escape(name.rpartition(".")[2])
        written = rf'^\s*\[[^\]]*\b{key}\]|^\s*"?{key}"?\s*=|"{key}"\s*:|^\s*{key}\s*:'
        found = re.search(written, text, re.MULTILINE) if name else None
        return 1 + text.count("\n", 0, found.end()) if found else 1

    def table(self, key: str) -> dict[str, Any]:
        """A table of `process.toml`; empty where it is missing or no table."""
        table = (self.settings or {}).get(key, {})
        return table if isinstance(table, dict) else {}

    def has_form(self, name: str) -> bool:
        """Whether the folder has a form, be it one that cannot be read."""
        return f"forms/{name}{FORM_ENDING}" in self.files

    def process_ids(self) -> set[str]:
        """The processes drawn in the folder."""
        return {process.id for diagram in self.diagrams for process in diagram.processes}


def open_contents(files: Mapping[str, bytes], known: Known, folder: str) -> Contents:
    """Everything in the folder that can be read."""
    contents = Contents(PurePosixPath(folder).name, folder, files, known)
    for relative, body in sorted(files.items()):
        if relative.startswith("scenarios/"):
            continue
        if relative == PROCESS_FILE:
            _read_settings(contents, body)
        elif relative.endswith(".bpmn"):
            diagram, found = open_diagram(contents.path(relative), body, bare=False)
            contents.unread += found
            contents.diagrams += [diagram] if diagram else []
        elif relative.endswith(".dmn"):
            _read_decision(contents, relative, body)
        elif relative.startswith("forms/") and relative.endswith(FORM_ENDING):
            _read_form(contents, relative, body)
        elif relative.startswith("notices/") and relative.endswith(".md"):
            contents.notices.add(PurePosixPath(relative).name.partition(".")[0])
    return contents


def _read_settings(contents: Contents, body: bytes) -> None:
    try:
        contents.settings = tomllib.loads(_text(body))
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        message = "The file is not TOML, or too large."
        contents.unread.append(
            contents.finding("settings-malformed", PROCESS_FILE, "", message, int(line[1]) if line else 1)
        )


def _read_decision(contents: Contents, relative: str, body: bytes) -> None:
    path = contents.path(relative)
    try:
        contents.decisions[relative] = parse_decision(body, path)
    except DecisionRefused as refused:
        contents.unread += [finding(path, one.line, one.element, one.rule, one.message) for one in refused.problems]


def _read_form(contents: Contents, relative: str, body: bytes) -> None:
    name = PurePosixPath(relative).name.removesuffix(FORM_ENDING)
    try:
        schema = json.loads(_text(body), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        message = "The file is not JSON, names a key twice, or is too large."
        contents.unread.append(contents.finding("form-malformed", relative, name, message, line))
        return
    if not isinstance(schema, dict):
        contents.unread.append(contents.finding("form-malformed", relative, name, "A form is a JSON object.", 1))
        return
    contents.forms[name] = schema


def _text(body: bytes) -> str:
    if len(body) > LARGEST_TEXT:
        raise ValueError("too large")
    return body.decode("utf-8")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)
