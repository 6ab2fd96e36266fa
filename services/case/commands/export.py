"""`export REF --out FILE [--as case-file|xes|ocel]`: a copy of a case for others, without what is in its files. That it
was taken is recorded."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from services.case.commands.administration import add
from services.case.domain.errors import CaseUnknown
from services.case.domain.meta import Actor
from services.case.export.case_file import NoKey
from services.case.export.copies import COPIES, copy_of
from services.case.wiring import House

OPERATOR = Actor("operator", "operator")  # who runs commands needs no account with us


def register(commands: Any) -> None:
    parser = add(commands, "export", "a copy of a case: archive with verifier, or event log for process mining", run)
    parser.add_argument("ref", metavar="REF")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True)
    parser.add_argument("--as", dest="form", choices=list(COPIES), default="case-file")
    parser.add_argument("--reason", default="", help="why; kept sealed with who looked")


def run(house: House, given: argparse.Namespace) -> int:
    try:
        case = asyncio.run(house.door.see(given.ref))
        house.looking.record(case, OPERATOR, given.form, given.reason)
        body = copy_of(house.store, house.reference, house.checkpointing, given.ref, given.form)
        given.out.write_bytes(body)
    except CaseUnknown:
        print("There is no such case.", file=sys.stderr)
        return 2
    except NoKey as no_key:
        print(str(no_key.__doc__), file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{given.out}: {error.strerror}", file=sys.stderr)
        return 2
    print(f"{given.out}: {len(body):,} bytes")
    if given.form == "case-file":
        print(f"signed with {house.checkpointing.public_key}")
    return 0
