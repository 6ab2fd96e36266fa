"""Whether ledger and notify keep up with the relay: all three at work on the same events at the same moment, each in a
process of its own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg

from services.case.application.reminding import MANAGER
from services.case.deliveries import contacts
from services.case.deliveries.contacts import Offer, delivery_id
from services.case.domain import events as e
from services.case.wiring import House
from tests.bench.place import database
from tests.bench.record import Record, absolute
from tests.bench.relay import publishing, running
from tests.relay.streams import META, Stream
from tests.serving import ROOT

STREAMS = 100
NOTICES = 4  # of each stream
APART = 49  # events from one notice to the next
FAST = 1_000  # events a second: several times what web takes on two cores
OFTEN = FAST / APART  # notices a second
LAG = 5.0  # seconds
LATEST = 120.0  # seconds
EMAIL = {"address": "robin@family.example", "title": "There is something to read", "words": "Sign in."}
RELAYED = "SELECT position FROM reader_positions WHERE reader = 'relay'"
ENTERED = "SELECT count(*) FROM entries"
TOLD = "SELECT count(*) FROM events WHERE topic = 'case.notice_sent.v1'"


def keeping_up() -> list[Record]:
    """A log and its notices, published while ledger and notify follow: how many a second each has done with, a notice
    once its result is on its case's timeline; and how much later than the relay the ledger is through."""
    with publishing() as house, database(migrated=False) as ledger, database(migrated=False) as deliveries:
        for number in range(1, STREAMS + 1):
            fill(house, Stream(house, number))
        events = STREAMS * (1 + NOTICES * APART)
        took = followed(house, ledger, deliveries)
    sent = STREAMS * NOTICES
    return [
        at_least("relay, with ledger and notify at work", "events/s", events / took["relay"], FAST),
        at_least("ledger, meanwhile", "events/s", events / took["ledger"], FAST),
        at_least("notify, meanwhile, offered to told on the timeline", "notices/s", sent / took["notify"], OFTEN),
        absolute(
            f"the ledger behind the relay at the end of {events:,} events",
            max(0.0, took["ledger"] - took["relay"]), "s", LAG,
        ),
    ]  # fmt: skip


def at_least(name: str, unit: str, rate: float, much: float) -> Record:
    return Record(name, rate, unit, runs=1, must=f"> {much:,.0f}", holds=rate > much)


def fill(house: House, stream: Stream) -> None:
    """Events, some of which make words due; these are offered to be sent."""
    version = 1
    with psycopg.connect(house.url, autocommit=True) as hands, hands.transaction():
        key = house.store.keys.of(stream.id)
        assert key is not None
        for number in range(1, NOTICES + 1):
            stream.notes(*range(1, APART))
            stream.add(e.ConcernRaised(meta=META, concern=number, personal={"about": "Asked twice."}))
            version += APART
            data: dict[str, Any] = {"to": MANAGER, "statutory": False, "ways": ["email"], "email": EMAIL}
            delivery = delivery_id(stream.id, version, MANAGER)
            contacts.offer(hands, key, Offer(delivery, stream.id, stream.ref, "937", data))


def followed(house: House, ledger: str, deliveries: str) -> dict[str, float]:
    """Seconds until each has done with everything, from the moment at which the relay is started. What comes of the
    notices is published too."""
    kafka = {
        "KAFKA_BOOTSTRAP_SERVERS": house.settings.kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": house.settings.kafka_topic_prefix,
    }
    end = house.outbox.end()
    asked = {
        "relay": (house.url, RELAYED, end),
        "ledger": (ledger, f"{ENTERED} WHERE position <= {end}", STREAMS * (1 + NOTICES * APART)),
        "notify": (house.url, TOLD, STREAMS * NOTICES),
    }
    with ExitStack() as ending:
        folder = ending.enter_context(tempfile.TemporaryDirectory(prefix="bench-outbox-"))
        told = {"NOTIFY_DATABASE_URL": deliveries, "NOTIFY_OUTBOX_DIR": folder}
        ending.enter_context(beside("audit", {**kafka, "AUDIT_DATABASE_URL": ledger}))
        ending.enter_context(beside("notify", {**kafka, **told}))
        hands = {
            name: ending.enter_context(psycopg.connect(url, autocommit=True)) for name, (url, _, _) in asked.items()
        }
        time.sleep(5)  # they have begun
        began = time.perf_counter()
        ending.enter_context(running(house.settings, "relay"))
        took: dict[str, float] = {}
        while len(took) < len(asked):
            time.sleep(0.05)
            assert time.perf_counter() - began < LATEST, took
            for name in asked.keys() - took.keys():
                _, statement, enough = asked[name]
                row = hands[name].execute(statement.encode()).fetchone()
                if row is not None and row[0] >= enough:
                    took[name] = time.perf_counter() - began
    return took


@contextmanager
def beside(service: str, environment: Mapping[str, str]) -> Iterator[None]:
    """A service of its own, as an operator runs it."""
    command = [sys.executable, "-m", f"services.{service}", "run"]
    given = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=given, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()
