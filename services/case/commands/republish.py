"""`republish (--case REF | --from N --to M) --topic T`: sends what was published before once more."""

import argparse
import sys
from typing import Any

from services.case.application.reference import stream_of
from services.case.commands.administration import add
from services.case.wiring import House


def register(commands: Any) -> None:
    parser = add(commands, "republish", "publish a case or a part of the log again", run)
    parser.add_argument("--case", metavar="REF")
    parser.add_argument("--from", dest="first", type=int, metavar="N", help="first position")
    parser.add_argument("--to", dest="last", type=int, metavar="M", help="last position")
    parser.add_argument("--topic", required=True, help="as the broker knows it, with its prefix if it has one")


def run(house: House, given: argparse.Namespace) -> int:
    from services.case.relay.client import BrokerError  # no other command shall need the client
    from services.case.relay.republishing import between, of_stream, republish

    by_place = given.first is not None and given.last is not None
    if bool(given.case) == by_place or (given.first is None) != (given.last is None):
        print("Either --case, or --from and --to", file=sys.stderr)
        return 2
    if not house.settings.kafka_bootstrap_servers:
        print("KAFKA_BOOTSTRAP_SERVERS: not set", file=sys.stderr)
        return 2

    def progress(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} records", end="", file=sys.stderr)

    outbox = house.outbox
    turns = of_stream(outbox, stream_of(given.case)) if given.case else between(outbox, given.first, given.last)
    try:
        done = republish(house.settings, turns, given.topic, progress)
    except BrokerError as error:
        print(f"The broker did not take it: {error}", file=sys.stderr)
        return 2
    print(f"{done} records to {given.topic}")
    return 0
