"""`release STREAM`: lets a stream go on that was held because an event of it could not be published."""

import argparse
import sys
from typing import Any
from uuid import UUID

from services.case.commands.administration import add
from services.case.outbox.held import NotHeld, StillRefused, release
from services.case.wiring import House


def register(commands: Any) -> None:
    add(commands, "release", "let a held stream go on", run).add_argument("stream", type=UUID, metavar="STREAM")


def run(house: House, given: argparse.Namespace) -> int:
    """1 where it still cannot."""
    try:
        waited = release(house.database, house.owners, given.stream)
    except NotHeld:
        print(f"{given.stream} is not held", file=sys.stderr)
        return 2
    except StillRefused as refused:
        print(f"{given.stream} stays held: {refused}", file=sys.stderr)
        return 1
    print(f"{given.stream} goes on: {waited} events")
    return 0
