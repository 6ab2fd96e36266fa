"""The ledger fed from Kafka: everything once, from where it stopped, whatever else is on the topics."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from kafka import KafkaProducer

from contracts.envelope import to_record
from services.audit.consumer import Consumer
from services.audit.ledger import Connection
from services.audit.settings import Settings, read_settings
from services.audit.verify import in_itself
from services.case.relay.topics import make_topics
from services.case.settings import read_settings as case_settings
from tests.audit.published import TOPIC, Record, entered, published, stopped, stream_id
from tests.serving import ROOT
from tests.store.embedding import until

FOUND = "SELECT kind, place FROM findings ORDER BY id"


class Topic:
    """A topic of the test's own, to put records on."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._name = environment["KAFKA_TOPIC_PREFIX"] + TOPIC
        make_topics(case_settings(environment), replicas=1)
        self._producer = KafkaProducer(bootstrap_servers=environment["KAFKA_BOOTSTRAP_SERVERS"])

    def put(self, *records: Record) -> None:
        for record in map(to_record, records):
            self._producer.send(self._name, record.value, record.key, headers=list(record.headers))
        self._producer.flush(20)

    def put_nonsense(self, count: int) -> None:
        for number in range(count):
            self._producer.send(self._name, b"\xff" * number, None, headers=[("ce_id", b"\xff"), ("other", b"\0")])
        self._producer.flush(20)

    def close(self) -> None:
        self._producer.close()


@pytest.fixture
def topic(kafka: dict[str, str]) -> Iterator[Topic]:
    made = Topic(kafka)
    yield made
    made.close()


@pytest.fixture
def settings(kafka: dict[str, str], empty_database: str) -> Settings:
    return read_settings({**kafka, "AUDIT_DATABASE_URL": empty_database})


@contextmanager
def auditing(settings: Settings) -> Iterator[None]:
    """The audit service runs meanwhile."""
    consumer = Consumer(settings)
    running = threading.Thread(target=consumer.run)
    running.start()
    try:
        yield
    finally:
        consumer.stopping.set()
        running.join(20)


def test_what_is_on_the_topics_is_entered_once_over_restarts(
    topic: Topic, settings: Settings, connection: Connection
) -> None:
    a, b = published("a", 20), published("b", 20)
    topic.put(*a[:10], *b[:10])
    with auditing(settings):
        until(lambda: len(entered(connection)) == 2, "the first records", 30)
    topic.put(*a[5:], *b[10:])

    with auditing(settings):
        until(lambda: sum(entered(connection).values()) == 40, "the others", 30)

    assert stopped(connection) == {}
    assert in_itself(connection) == (40, None)


def test_malformed_records_and_a_gap_are_reported_and_the_rest_entered(
    topic: Topic, settings: Settings, connection: Connection
) -> None:
    a, b = published("a"), published("b")
    topic.put(*a[:2], *a[3:])
    topic.put_nonsense(200)
    topic.put(*b)

    with auditing(settings):
        until(lambda: entered(connection).get(stream_id("b")) == 6, "the good stream", 30)
        until(lambda: len(connection.execute(FOUND).fetchall()) == 201, "the findings", 30)

    assert stopped(connection) == {stream_id("a"): "3 is missing before 4"}
    kinds = [kind for kind, _ in connection.execute(FOUND).fetchall()]
    assert (kinds.count("malformed"), kinds.count("gap")) == (200, 1)
    assert all(place.startswith("kafka case.events.v1 ") for _, place in connection.execute(FOUND).fetchall())


def test_killed_again_and_again_it_enters_everything_once(
    topic: Topic, kafka: dict[str, str], empty_database: str, connection: Connection
) -> None:
    """kill -9, at any moment."""
    chance = random.Random(9)
    streams = [published(f"stream {number}", 25) for number in range(80)]
    environment = {**os.environ, **kafka, "AUDIT_DATABASE_URL": empty_database}
    command = [sys.executable, "-m", "services.audit", "run"]
    for part in range(5):
        running = subprocess.Popen(command, cwd=ROOT, env=environment)
        for records in streams:
            topic.put(*records[part * 5 : part * 5 + 5])
        until(lambda: sum(entered(connection).values()) > part * 400, "something new after a kill", 30)  # noqa: B023
        time.sleep(chance.uniform(0, 0.3))
        running.kill()
        running.wait(10)
    with auditing(read_settings(environment)):
        until(lambda: sum(entered(connection).values()) == 2000, "the rest", 30)

    assert in_itself(connection) == (2000, None)
    assert connection.execute(FOUND).fetchall() == []
