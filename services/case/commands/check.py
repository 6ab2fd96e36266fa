"""`check`: the gate on process folders, or on bare diagrams and decision tables."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from services.case.policy.catalogue import PARAMETERS
from services.case.process.gate import RULES, Finding, check_bundle, check_diagram
from services.case.process.gate.finding import WARNINGS
from services.case.process.gate.folder import (
    DIAGRAM_ENDINGS,
    diagrams_in,
    process_folders,
    read_file,
    read_process,
)
from services.case.process.known import known

DEFAULT_PATH = Path("bpmn")
GOOD, FINDINGS, WRONG_USE = 0, 1, 2

_DESCRIPTION = """\
Judges processes before they run, and executes nothing. PATH is the folder of a process or a folder of such
folders; with --diagram it is a .bpmn or .dmn file, judged by itself: forms, roles, operators, and decisions or
processes in other files are not asked for. Several may be given.

A finding is printed as file:line: [rule] element: sentence. Exit code 0 without errors (warnings do not count),
1 with errors, 2 if the command is used wrongly.
"""


class WrongUse(ValueError):
    """The paths and options do not go together; the message says how."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser of `python -m services.case`."""
    parser = subparsers.add_parser(
        "check",
        help="judge processes, or bare diagrams",
        description=_DESCRIPTION,
        epilog=_rules(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="bpmn/ if none is given")
    parser.add_argument("--diagram", action="store_true", help="PATH is a .bpmn or .dmn file, judged by itself")
    parser.add_argument("--json", action="store_true", help="one JSON list, for machines")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints what the gate finds and answers with the exit code."""
    try:
        findings = list(_diagrams(args.paths) if args.diagram else _processes(args.paths))
    except (WrongUse, OSError) as error:
        print(f"check: {error}", file=sys.stderr)
        return WRONG_USE
    if args.json:
        print(msgspec.json.encode(findings).decode())
    else:
        for found in findings:
            print(shown(found))
    return FINDINGS if any(found.severity == "error" for found in findings) else GOOD


def _diagrams(paths: list[Path]) -> Iterable[Finding]:
    if not paths:
        raise WrongUse("name the .bpmn or .dmn files to judge")
    for path in paths:
        files = diagrams_in(_existing(path))
        if not files or any(file.suffix not in DIAGRAM_ENDINGS for file in files):
            raise WrongUse(f"{path} is no .bpmn or .dmn file, nor a folder with any")
        for file in files:
            yield from check_diagram(file.as_posix(), read_file(file))


def _processes(paths: list[Path]) -> Iterable[Finding]:
    for path in paths or [DEFAULT_PATH]:
        if not _existing(path).is_dir():
            raise WrongUse(f"{path} is a file: a process is a folder, and a bare file is judged with --diagram")
        folders = process_folders(path)
        if not folders and paths:
            raise WrongUse(f"{path} is not the folder of a process, and there is none in it")
        for folder in folders:
            lists = known(processes=_neighbours(folder), policy_keys=frozenset(PARAMETERS))
            yield from check_bundle(read_process(folder), lists, _named(folder))


def _neighbours(folder: Path) -> frozenset[str]:
    """The processes that one in this folder can start: those beside it and those of the house."""
    around = [folder.resolve().parent, DEFAULT_PATH]
    return frozenset(found.name for path in around if path.is_dir() for found in process_folders(path))


def _existing(path: Path) -> Path:
    if not path.exists():
        raise WrongUse(f"{path} does not exist")
    return path


def _named(folder: Path) -> str:
    """The path of a folder as it was given, and by its name where it was given as a dot."""
    return folder.as_posix() if folder.name not in ("", "..") else folder.resolve().as_posix()


def shown(found: Finding) -> str:
    """A finding on a line."""
    doubt = "warning: " if found.severity == "warning" else ""
    element = f" {found.element}:" if found.element else ""
    return f"{found.file}:{found.line}: [{found.rule}]{element} {doubt}{found.message}"


def _rules() -> str:
    lines = ["What is refused, and with (warning) only doubted:"]
    width = max(map(len, RULES)) + 2
    for rule, words in sorted(RULES.items()):
        lines.append(f"  {rule:<{width}}{'(warning) ' if rule in WARNINGS else ''}{words}")
    return "\n".join(lines)
