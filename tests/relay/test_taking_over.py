"""A relay that is killed, or that another fences: the next one goes on, and nothing is there twice or missing."""

import contextlib
import threading
from collections.abc import Iterator

import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError

from services.case.relay.client import connection as client
from services.case.relay.relay import NAME, Relay
from services.case.relay.transactions import POSITIONS, Place, Transactions, within
from services.case.settings import Settings
from services.case.store.follower import Interrupted
from tests.projections.traffic import Traffic
from tests.relay.conftest import Published, assert_whole
from tests.relay.processes import Relays
from tests.relay.streams import Stream
from tests.store.embedding import until


def test_another_relay_takes_over_when_the_active_one_is_killed(published: Published) -> None:
    house = published.house
    traffic = Traffic(house.store, 24, pause=0.002)
    with Relays(house.settings) as relays:
        traffic.start()
        until(lambda: published.relayed() > 100, "the first one to publish", 20)
        relays.kill()
        there = published.relayed()
        until(lambda: published.relayed() > there + 100, "the second one to go on", 20)
        traffic.through()
        published.until_drained()

    assert_whole(published)


def test_of_two_relays_that_both_believe_to_be_active_one_is_fenced(published: Published) -> None:
    house = published.house
    stream = Stream(house, 1)
    elder, younger = (Relay(house) for _ in range(2))
    with published.admitting(), house.database.connection() as connection:
        published.until_admitted()
        assert elder.work(connection)
        stream.notes(1)
        published.until_admitted()
        assert younger.work(connection)
        stream.notes(2)
        published.until_admitted()
        with pytest.raises(Interrupted):
            elder.work(connection)
        assert younger.work(connection)
        elder.leave()
        younger.leave()

    assert_whole(published)


def test_a_transaction_of_another_line_of_records_does_not_hide_where_to_go_on(published: Published) -> None:
    house = published.house
    Stream(house, 1)
    elder, younger = (Relay(house) for _ in range(2))
    with published.admitting(), house.database.connection() as connection, under_way(house.settings, "contacts"):
        published.until_admitted()
        assert elder.work(connection)
        elder.leave()
        begun = younger.work(connection)
        younger.leave()

    assert not begun, "the younger one publishes again what the elder did"
    assert_whole(published)


@contextlib.contextmanager
def under_way(settings: Settings, name: str, seconds: float = 2) -> Iterator[None]:
    """A transaction in which a place was kept; it is over some time later."""
    producer = KafkaProducer(**client(settings), transactional_id=f"{settings.kafka_topic_prefix}{name}")
    with contextlib.closing(producer):
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(f"{settings.kafka_topic_prefix}{POSITIONS}", b'{"position":1}', name.encode())
        producer.flush()
        ending = threading.Timer(seconds, producer.commit_transaction)
        ending.start()
        yield
        ending.join()


@pytest.mark.parametrize("since", [-1_000, 0])
def test_a_database_restored_from_before_what_was_published_publishes_nothing(
    published: Published, caplog: pytest.LogCaptureFixture, since: int
) -> None:
    """Also when the log has grown further than it had been."""
    house = published.house
    with contextlib.closing(Transactions(house.settings, NAME)) as before:
        before.open()
        Stream(house, 1)
        place = house.outbox.end() - since
        before.publish([], Place(place, place, "5a" * 32))
    relay = Relay(house)
    with house.database.connection() as connection, pytest.raises(Interrupted):
        relay.work(connection)
    relay.leave()

    assert published.read() == []
    assert "was the database restored from a back-up?" in caplog.text


def test_a_call_that_does_not_come_back_is_given_up() -> None:
    never = threading.Event()

    with pytest.raises(KafkaTimeoutError):
        within(0.05, never.wait)
    never.set()
