"""`destroy-key STREAM --reason TEXT`: erases a person. Facts and the hash chain stay; it cannot be undone."""

import argparse
import asyncio
import sys
from typing import Any
from uuid import UUID

from services.case.application.erasing import CODES, NoSuchStream, erase
from services.case.application.reference import stream_of
from services.case.commands.administration import add
from services.case.wiring import House


def register(commands: Any) -> None:
    parser = add(commands, "destroy-key", "erase what is personal in a stream, for good", run)
    parser.add_argument("stream", metavar="STREAM", help="its id, or a case reference")
    parser.add_argument("--reason", required=True, help=f"why: {', '.join(CODES)}; other words are not kept")


def run(house: House, given: argparse.Namespace) -> int:
    try:
        stream = UUID(given.stream)
    except ValueError:
        stream = stream_of(given.stream)
    try:
        asyncio.run(erase(house.door, stream, given.reason))
    except NoSuchStream:
        print("There is no such stream, or nothing in it is about a person.", file=sys.stderr)
        return 2
    kept = "" if given.reason in CODES else "; the reason is kept as “other”, for words would stay in clear"
    print(f"the key of {stream} is destroyed{kept}")
    return 0
