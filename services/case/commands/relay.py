"""`relay`: brings what is recorded to Kafka. `relay --status`: how far it is, and which streams are held."""

import argparse
import sys
from typing import Any

import msgspec

from services.case.commands.administration import add
from services.case.outbox.status import Status, status
from services.case.wiring import House


def register(commands: Any) -> None:
    parser = add(commands, "relay", "publish to Kafka", run)
    parser.add_argument("--status", action="store_true", help="how far it is, and which streams are held")
    parser.add_argument("--json", action="store_true")


def run(house: House, given: argparse.Namespace) -> int:
    kafka = bool(house.settings.kafka_bootstrap_servers)
    if given.status:
        return _tell(status(house.database, kafka, house.clock.now()), given.json)
    if not kafka:
        print("KAFKA_BOOTSTRAP_SERVERS: not set", file=sys.stderr)
        return 2
    from services.case.relay.running import relay_until_told  # no other command shall need the client

    relay_until_told(house, lambda: print("ready", flush=True))
    return 0


def _tell(found: Status, as_json: bool) -> int:
    """1 where a stream is held."""
    if as_json:
        print(msgspec.json.encode(found).decode())
    else:
        print(f"published up to {found.position}, {found.behind} behind, the oldest for {found.oldest_seconds:.0f} s")
        for one in found.held:
            print(f"held: {one.stream} from version {one.version} ({one.type}), {one.waiting} wait: {one.why}")
        if found.parked:
            print(f"{found.parked} results of deliveries could not be read (table parked_results)")
    return 1 if found.held else 0
