"""`dry-run PATH`: a draft of a process against all stored histories."""

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from services.case.application.drafts import Draft, draft_of_folder
from services.case.application.dry_run import Line, Question, counts, dry_run
from services.case.commands.administration import add
from services.case.commands.check import shown
from services.case.commands.progress_bar import ProgressBar
from services.case.wiring import House

GOOD, FINDINGS, WRONG_USE = 0, 1, 2


def register(commands: Any) -> None:
    parser = add(commands, "dry-run", "a draft of a process against all stored histories", run)
    parser.description = (
        "Takes the recorded inputs of every instance of the process again, on the draft in the folder PATH, and says "
        "what would be another. Nothing is written. Exit code 0 if every history is the same, 1 if one is not, 2 if "
        "the draft is none or the gate refuses it."
    )
    parser.add_argument("path", type=Path, metavar="PATH", help="the folder of the draft, named as the process is")
    parser.add_argument("--authority", default="", metavar="CODE", help="only cases of this authority")
    parser.add_argument("--json", action="store_true", help="a JSON list with an object for each process instance")


def run(house: House, given: argparse.Namespace) -> int:
    if not (given.path / "process.toml").is_file():
        print(f"dry-run: {given.path} is not the folder of a process", file=sys.stderr)
        return WRONG_USE
    draft = draft_of_folder(given.path.resolve(), house.reference)
    if draft.bundle is None:
        print("\n".join(shown(found) for found in draft.findings if found.severity == "error"), file=sys.stderr)
        return WRONG_USE
    question = Question(house.url, draft.bundle.to_bytes(), house.reference.calendars, given.authority)
    with ProgressBar("Dry run", 100) as bar:
        lines = dry_run(question, lambda done, of: bar.show(done * 100 // of))
    if given.json:
        print(msgspec.json.encode(lines).decode())
    else:
        _print(draft, lines)
    return FINDINGS if any(line.verdict != "same" for line in lines) else GOOD


def _print(draft: Draft, lines: list[Line]) -> None:
    for line in lines:
        if line.difference is not None:
            where = f"version {line.difference.version}"
            where += f", {line.difference.element}" if line.difference.element else ""
            print(f"{line.case} instance {line.instance}: {line.verdict} ({where}): {line.difference.sentence}")
    assert draft.bundle is not None
    said = ", ".join(f"{verdict} {number:,}" for verdict, number in counts(lines).items())
    many = f"{len(lines):,} process instance{'' if len(lines) == 1 else 's'}"
    print(f"{draft.bundle.about.title}, draft {draft.bundle.hash[:12]}: {many}: {said}.")
