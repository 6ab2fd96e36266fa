"""A house whose log is published: its own database, topics of its own on the broker of the run."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import msgspec
import pytest

from services.case.relay.relay import relay_of
from services.case.relay.topics import make_topics
from services.case.settings import Settings
from services.case.store.follower import Follower
from services.case.wiring import House
from tests.relay.reading import TOPICS, by_stream, read_all
from tests.store.embedding import until


class Published:
    """A house and what a subscriber reads of it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.bootstrap = house.settings.kafka_bootstrap_servers
        self.prefix = house.settings.kafka_topic_prefix

    def read(self, *topics: str) -> list[dict[str, Any]]:
        """The events on topics, those of the log if none is named."""
        return read_all(self.bootstrap, [self.prefix + topic for topic in topics or TOPICS])

    def read_when(self, enough: Callable[[list[dict[str, Any]]], bool], patience: float = 30) -> list[dict[str, Any]]:
        """What is read once it is enough."""
        found: list[dict[str, Any]] = []

        def look() -> bool:
            found[:] = self.read()
            return enough(found)

        until(look, "what is published", patience)
        return found

    def until_drained(self, patience: float = 30) -> None:
        """Until the relay has published all that there is."""
        end = self.house.outbox.end()
        until(lambda: self.relayed() >= end, "the relay to catch up", patience)

    def relayed(self) -> int:
        row = self.house.database.row("SELECT position FROM reader_positions WHERE reader = 'relay'")
        return int(row[0]) if row else 0

    def until_admitted(self) -> None:
        end = self.house.outbox.end()
        until(lambda: self.house.outbox.position >= end, "the outbox to be known")

    def relaying(self) -> AbstractContextManager[None]:
        """Outbox and relay run meanwhile."""
        return following(self.house.admitting(), relay_of(self.house))

    def admitting(self) -> AbstractContextManager[None]:
        """The outbox runs meanwhile."""
        return following(self.house.admitting())


@contextmanager
def following(*followers: Follower) -> Iterator[None]:
    for follower in followers:
        follower.start()
    try:
        yield
    finally:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda follower: follower.stop(), followers))


def assert_whole(published: Published) -> None:
    """Every stored event is there, once, and every stream in order and without a gap."""
    events = published.read()
    stored = [f"{recorded.stream}.{recorded.version}" for recorded in published.house.store.read_all()]
    assert sorted(event["id"] for event in events) == sorted(stored)
    for stream in by_stream(events).values():
        assert [event["sequence"] for event in stream] == list(range(1, len(stream) + 1))


def on(settings: Settings, environment: dict[str, str]) -> Settings:
    """Settings with this broker."""
    return msgspec.structs.replace(
        settings,
        kafka_bootstrap_servers=environment["KAFKA_BOOTSTRAP_SERVERS"],
        kafka_topic_prefix=environment["KAFKA_TOPIC_PREFIX"],
    )


@contextmanager
def house_on(settings: Settings) -> Iterator[Published]:
    make_topics(settings, replicas=1)
    house = House(settings).open()
    try:
        yield Published(house)
    finally:
        house.close()


@pytest.fixture
def published(settings: Settings, kafka: dict[str, str]) -> Iterator[Published]:
    with house_on(on(settings, kafka)) as found:
        yield found
