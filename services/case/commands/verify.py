"""`verify [--case REF]`: recomputes every hash chain, compares with the last checkpoint, and names the first event that
is not what was recorded."""

import argparse
import sys
from typing import Any

import msgspec

from services.case.application.reference import stream_of
from services.case.commands.administration import add
from services.case.store.verify import verify
from services.case.wiring import House


def register(commands: Any) -> None:
    parser = add(commands, "verify", "recompute the hash chains", run)
    parser.add_argument("--case", metavar="REF")
    parser.add_argument("--json", action="store_true")


def run(house: House, given: argparse.Namespace) -> int:
    def progress(done: int, of: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} of {of} events", end="", file=sys.stderr)

    found = verify(
        house.database, stream_of(given.case) if given.case else None, progress, house.checkpointing.public_key
    )
    if given.case and not found.events:
        print("There is no such case.", file=sys.stderr)
        return 2
    print(msgspec.json.encode(found).decode())
    return 0 if found.ok else 1
