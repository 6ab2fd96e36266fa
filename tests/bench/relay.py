"""The relay against the bare client of Kafka, and how soon what was committed can be read from its topic."""

import atexit
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
from kafka import KafkaConsumer, KafkaProducer

from services.case.relay.client import connection
from services.case.relay.relay import Relay
from services.case.relay.topics import make_topics
from services.case.relay.transactions import PRODUCER
from services.case.settings import Settings
from services.case.wiring import House
from tests.bench.place import database, opened
from tests.bench.record import Record, absolute, interleaved, versus
from tests.brokers.choice import Broker, choose, own_names
from tests.relay.processes import environment_of
from tests.relay.streams import Stream
from tests.serving import ROOT

STREAMS = 100
EVENTS = 100  # of each stream
BATCH = 500
RATE = 100  # commands a second
SECONDS = 10


@cache
def _broker() -> Broker:
    chosen, _ = choose()
    atexit.register(chosen.close)
    return chosen


@contextmanager
def publishing() -> Iterator[House]:
    """A house on a fresh database, with topics of its own on the broker of this run."""
    names = own_names(_broker().bootstrap)
    with database() as url, ExitStack() as ending:
        house = opened(url)
        ending.callback(house.close)
        house.settings = on(house.settings, names)
        make_topics(house.settings, replicas=1)
        yield house


def on(settings: Settings, names: dict[str, str]) -> Settings:
    return msgspec.structs.replace(
        settings,
        kafka_bootstrap_servers=names["KAFKA_BOOTSTRAP_SERVERS"],
        kafka_topic_prefix=names["KAFKA_TOPIC_PREFIX"],
    )


def rate() -> list[Record]:
    """Events a second from the log to the topic: looked at against their contracts, with chain and place, in
    transactions of 500; against the bare client with as many records of 1 KiB and 3 headers."""
    with publishing() as house, psycopg.connect(house.url, autocommit=True) as hands:
        hands.execute("SET synchronous_commit = off")
        for number in range(1, STREAMS + 1):
            Stream(house, number).notes(*range(1, EVENTS))
        end = house.outbox.end()

        def ours() -> float:
            hands.execute("UPDATE reader_positions SET position = 0 WHERE reader = 'outbox'")
            house.settings = on(house.settings, own_names(_broker().bootstrap))
            make_topics(house.settings, replicas=1)
            relay = Relay(house)
            relay.work(hands)  # takes over
            began = time.perf_counter()
            while relay.work(hands):
                pass
            took = time.perf_counter() - began
            relay.leave()
            return (end - BATCH) / took

        measured = interleaved({"ours": ours, "bare": lambda: _bare(house.settings, end)}, 3)
    return [
        versus("relay with contracts, chain and place", "events/s", measured["ours"], measured["bare"], 0.35, True,
               goal="5,000/s", notes="baseline: bare kafka-python, transactions of 500 with a position record")
    ]  # fmt: skip


def _bare(settings: Settings, records: int) -> float:
    topic, positions = (f"{settings.kafka_topic_prefix}{name}" for name in ("case.access.v1", "relay.positions.v1"))
    value, headers = b"x" * 1024, [(name, b"0123456789") for name in ("ce_id", "ce_type", "ce_time")]
    client: dict[str, Any] = {**connection(settings), **PRODUCER, "transactional_id": str(uuid4())}
    with closing(KafkaProducer(**client)) as producer:
        producer.init_transactions()
        began = time.perf_counter()
        for start in range(0, records, BATCH):
            producer.begin_transaction()
            sent = [
                producer.send(topic, value, str(number % STREAMS).encode(), headers)
                for number in range(start, start + BATCH)
            ]
            sent.append(producer.send(positions, b"1", b"bare"))
            producer.flush(20)
            assert all(future.succeeded() for future in sent)
            producer.commit_transaction()
        return records / (time.perf_counter() - began)


def latency() -> list[Record]:
    """From the moment at which a command is stored to that at which a subscriber has its record, 99 of 100, with the
    outbox and the relay in processes of their own."""
    with publishing() as house, ExitStack() as ending:
        for command in ("projections", "relay"):
            ending.enter_context(running(house.settings, command))
        heard: dict[str, float] = {}
        over = threading.Event()
        reader = threading.Thread(target=_read, args=(house.settings, heard, over))
        reader.start()
        streams = [Stream(house, number) for number in range(1, 21)]
        time.sleep(2)
        stored: dict[str, float] = {}
        began = time.perf_counter()
        for number in range(RATE * SECONDS):
            time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            stream = streams[number % len(streams)]
            stream.notes(1)
            stored[f"{stream.id}.{2 + number // len(streams)}"] = time.perf_counter()
        time.sleep(2)
        over.set()
        reader.join()
    waited = sorted(heard[id] - stored[id] for id in stored)
    p50, p99 = (waited[int(len(waited) * part)] * 1000 for part in (0.5, 0.99))
    return [absolute(f"commit to Kafka at {RATE} commands/s, p99", p99, "ms", 100, notes=f"p50 {p50:.1f} ms")]


@contextmanager
def running(settings: Settings, command: str) -> Iterator[None]:
    arguments = [sys.executable, "-m", "services.case", command]
    process = subprocess.Popen(arguments, cwd=ROOT, env=environment_of(settings), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _read(settings: Settings, heard: dict[str, float], over: threading.Event) -> None:
    topic = f"{settings.kafka_topic_prefix}case.events.v1"
    consumer = KafkaConsumer(
        topic, **connection(settings), isolation_level="read_committed", auto_offset_reset="earliest"
    )
    with closing(consumer):
        while not over.is_set():
            for records in consumer.poll(timeout_ms=100).values():
                now = time.perf_counter()
                heard |= {dict(record.headers)["ce_id"].decode(): now for record in records}
