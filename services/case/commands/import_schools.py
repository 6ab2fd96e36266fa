"""`import-schools FILE [--links FILE]`: puts an extract of the public register of schools in use, everywhere."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from services.case.application.importing import (
    Extract,
    import_schools,
    read_register,
    read_register_links,
)
from services.case.commands.administration import add
from services.case.commands.progress_bar import ProgressBar
from services.case.domain.people import SYSTEM
from services.case.projections.register_file import NotARegister
from services.case.projections.schools import count_schools
from services.case.store.database import DatabaseAway
from services.case.wiring import House

GOOD, FINDINGS, WRONG_USE = 0, 1, 2
FILLED = 300.0  # seconds for the read model to be filled
_DESCRIPTION = """\
Reads an extract of Get Information about Schools (“all establishment data”) by its column names, Windows-1252 or UTF-8,
and the extract of links between schools. A row that cannot be read is reported with its line and left out. What an
earlier extract said of a school that this one does not have stays. The same file again changes nothing.

Exit code 0 if every row was read, 1 if some were left out, 2 if nothing was imported.
"""


def register(commands: Any) -> None:
    parser = add(commands, "import-schools", "put an extract of the public register of schools in use", run)
    parser.description = _DESCRIPTION
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--links", type=Path, metavar="FILE", help="the extract of links between schools")
    parser.add_argument("--json", action="store_true", help="one JSON object, for machines")


def run(house: House, given: argparse.Namespace) -> int:
    """Imports and reports. 0 when all rows were good, 1 with rows left out, 2 when nothing was imported."""
    try:
        file = given.file.read_bytes()
        with ProgressBar(f"reading {given.file.name}", len(file)) as bar:
            schools = read_register(file, bar.show)
        links = read_register_links(given.links.read_bytes()) if given.links else None
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}")
    except NotARegister as error:
        return _refuse(str(error))
    try:
        imported = import_schools(house.store, schools, links, SYSTEM, house.clock.today(), house.clock.now())
        if not _filled(house, imported.position):
            return _refuse("the extract is recorded, but its schools are not in the table yet: see what `web` logs")
        known = count_schools(house.database)
    except DatabaseAway:
        return _refuse("the database does not answer")
    _report(given, schools, links, imported.changed, known)
    return FINDINGS if schools.bad or (links and links.bad) else GOOD


def _filled(house: House, position: int) -> bool:
    """Whether the read model has the schools, after some time. It is filled here, where no other process does it."""
    follower = house.follower()
    follower.start()
    try:
        with ProgressBar("filling the table"):
            until = time.monotonic() + FILLED
            while not (passed := house.projecting.has_passed(position)) and time.monotonic() < until:
                time.sleep(0.1)
            return passed
    finally:
        follower.stop()


def _report(
    given: argparse.Namespace, schools: Extract, links: Extract | None, changed: bool, known: dict[str, int]
) -> None:
    bad = [(given.file.name, one) for one in schools.bad]
    bad += [(given.links.name, one) for one in links.bad] if links else []
    if given.json:
        told = {
            "changed": changed,
            "register": schools.hash,
            "links": links.hash if links else None,
            "schools": schools.rows,
            "linked": links.rows if links else None,
            "known": known,
            "bad": [{"file": name, "line": one.line, "message": one.message} for name, one in bad],
        }
        print(msgspec.json.encode(told).decode())
        return
    for name, one in bad:
        print(f"{name}:{one.line}: {one.message}", file=sys.stderr)
    left_out = f", {len(bad)} rows left out" if bad else ""
    done = "imported" if changed else "in use already, nothing changed"
    print(f"{schools.rows} schools {done}{left_out}")
    print(f"known now: {', '.join(f'{number} {status}' for status, number in known.items())}")


def _refuse(sentence: str, *more: str) -> int:
    print(f"import-schools: {sentence}", *more, sep="\n  ", file=sys.stderr)
    return WRONG_USE
