"""Relays killed with kill -9, and the broker too, while cases go on. Whoever reads what is committed finds every event
once, each stream in order and without a gap."""

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.bench import place
from tests.bench.record import Record, absolute
from tests.brokers.apache import ApacheKafka
from tests.brokers.choice import missing, own_names
from tests.brokers.jars import NoJars
from tests.faults.kills import p99, told
from tests.projections.traffic import Traffic
from tests.relay.conftest import Published, assert_whole, house_on, on
from tests.relay.processes import Relays

BROKER = 6  # every so many kills are the broker's
SOON = 5.0  # seconds in which there must be a new effect
LATEST = 60.0
MUST = "every stored event on its topic once for readers of what is committed, in order, without a gap"


def kills(size: int) -> list[Record]:
    """So many kills: of the active relay, which the other replaces, of both, which start again, of the broker."""
    chance = random.Random(size)
    waited: list[float] = []
    with published() as (found, broker), Relays(found.house.settings) as relays:
        traffic = Traffic(found.house.store, 100_000, pause=0.01)
        traffic.start()
        for number in range(size):
            time.sleep(chance.uniform(0.3, 1.5))
            if number % BROKER == BROKER - 1:
                broker.kill()
                broker.start()
            elif chance.random() < 0.5:
                relays.kill()
            else:
                relays.kill(2)
                relays.fill()
            waited.append(until_it_moves(found))
            relays.fill()
        traffic.over.set()
        traffic.through()
        found.until_drained(LATEST)
        notes = whole(found)
    return [
        Record("kill -9 of relays and broker", size, "kills", runs=1, must=MUST, holds=not notes.startswith("!"),
               notes=notes),
        absolute("something new on a topic after a kill, p99", p99(waited), "s", SOON, notes=told(waited)),
    ]  # fmt: skip


@contextmanager
def published() -> Iterator[tuple[Published, ApacheKafka]]:
    """A house on a database and a broker of their own."""
    with ExitStack() as ending:
        try:
            broker = ApacheKafka()
        except NoJars as reason:
            missing("Kafka broker of its own", reason)
        ending.callback(broker.close)
        broker.begin()
        url = ending.enter_context(place.database())
        settings = on(place.settings(url), own_names(broker.bootstrap))
        yield ending.enter_context(house_on(settings)), broker


def until_it_moves(found: Published) -> float:
    """Seconds until something is published that was not yet."""
    began, there = time.monotonic(), found.relayed()
    while found.relayed() == there and time.monotonic() - began < LATEST:
        time.sleep(0.02)
    return time.monotonic() - began


def whole(found: Published) -> str:
    try:
        assert_whole(found)
    except AssertionError as error:
        return f"! {str(error)[:200]}"
    return f"{found.house.outbox.end():,} events, all there once"
