"""`events [--after N] [--case REF]`: the log as lines of JSON, without what is personal."""

import argparse
from typing import Any

import msgspec

from services.case.application.reference import stream_of
from services.case.commands.administration import add
from services.case.store.mapper import Recorded, facts_of
from services.case.wiring import House


def register(commands: Any) -> None:
    parser = add(commands, "events", "print the log without what is personal", run)
    parser.add_argument("--after", type=int, default=0, metavar="N", help="positions after N; with --case, versions")
    parser.add_argument("--case", metavar="REF")


def run(house: House, given: argparse.Namespace) -> int:
    if given.case:
        found = iter(house.store.load(stream_of(given.case), given.after))
    else:
        found = house.store.read_all(given.after)
    for recorded in found:
        print(msgspec.json.encode(line(recorded)).decode())
    return 0


def line(recorded: Recorded) -> dict[str, Any]:
    return {
        "position": recorded.position,
        "stream": recorded.stream,
        "version": recorded.version,
        "type": recorded.type,
        "recorded_at": recorded.row.recorded_at,
        "meta": recorded.event.meta,
        "facts": facts_of(recorded.event),
        "hash": recorded.row.hash.hex(),
    }
