"""`topics`: makes the topics of `deploy/topics.toml` that are missing, and says where others differ from it."""

import argparse
import sys
from typing import Any

import msgspec

from services.case.settings import SettingsRefused, read_settings


def register(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("topics", help="make the topics that are missing")
    parser.add_argument("--replicas", type=int, default=0, metavar="N", help="copies, instead of what the file says")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """1 where a topic that was there differs: that is for a person to decide."""
    from services.case.relay.client import BrokerError  # no other command shall need the client
    from services.case.relay.topics import make_topics

    try:
        settings = read_settings()
        if not settings.kafka_bootstrap_servers:
            raise SettingsRefused("KAFKA_BOOTSTRAP_SERVERS: not set")
        made = make_topics(settings, given.replicas)
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    except BrokerError as error:
        print(f"The broker did not do it: {error}", file=sys.stderr)
        return 2
    if given.json:
        print(msgspec.json.encode(made).decode())
        return 1 if made.differences else 0
    for name in made.created:
        print(f"{name}: made")
    for d in made.differences:
        print(f"{d.topic}: {d.setting} is {d.found}, and shall be {d.wanted}")
    return 1 if made.differences else 0
