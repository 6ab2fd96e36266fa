"""Takes in what became of deliveries, from `notify.results.v1`: an event of the case, once however often it comes."""

import asyncio
import logging
from typing import Any

import psycopg
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition

from contracts.envelope import NotACloudEvent, Record, from_record
from services.case.domain.errors import TryAgain
from services.case.inbound import ResultRefused, take
from services.case.relay.client import BrokerError, connection
from services.case.store.database import DatabaseAway
from services.case.store.follower import Follower, Interrupted
from services.case.wiring import House

TOPIC = "notify.results.v1"
NAME = "case.results"  # the group whose place is kept with the topic; nobody waits for its members
POLL = 500  # milliseconds
PARK = "INSERT INTO parked_results (place, reason) VALUES (%s, %s) ON CONFLICT DO NOTHING"

log = logging.getLogger(__name__)


def results_of(house: House) -> Follower:
    """Takes results into a house, to be started and stopped."""
    results = Results(house)
    return Follower("results", house.url, results.work, leave=results.leave)


class Results:
    """`work` and `leave` are a follower's. A place is kept after the effect: what comes again is known already."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._topic = house.settings.kafka_topic_prefix + TOPIC
        self._consumer: KafkaConsumer | None = None
        self._runner = asyncio.Runner()  # makes its loop when it is first used

    def work(self, hands: psycopg.Connection[Any]) -> bool:
        """The next records; whether there may be more. Raises Interrupted."""
        try:
            consumer = self._opened()
            found = consumer.poll(timeout_ms=POLL)
            for partition, records in found.items():
                for record in records:
                    why = self._runner.run(self._take(Record(record.key, record.headers, record.value)))
                    if why:
                        self._park(f"{TOPIC} {record.partition} {record.offset}", why)
                consumer.commit({partition: OffsetAndMetadata(records[-1].offset + 1, "", -1)})
        except (BrokerError, TryAgain) as error:
            raise Interrupted from error
        return bool(found)

    def leave(self) -> None:
        """Another may be the active one now."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close()
        self._runner.close()
        self._runner = asyncio.Runner()

    def _opened(self) -> KafkaConsumer:
        if self._consumer is None:
            client = connection(self._house.settings)
            consumer = KafkaConsumer(
                **client,
                group_id=self._house.settings.kafka_topic_prefix + NAME,
                isolation_level="read_committed",
                enable_auto_commit=False,
                auto_offset_reset="earliest",
            )
            self._consumer = consumer
            numbers = consumer.partitions_for_topic(self._topic)
            if not numbers:
                raise BrokerError(f"there is no topic {self._topic}: `python -m services.case topics`")
            consumer.assign([TopicPartition(self._topic, number) for number in numbers])
        return self._consumer

    async def _take(self, record: Record) -> str:
        """Why a record cannot be taken, "" if it was: what is no result, or of no delivery of ours, must not keep the
        others."""
        try:
            await take(self._house, from_record(record), "")
        except (NotACloudEvent, ResultRefused) as refused:
            return str(refused)
        except (TryAgain, DatabaseAway, psycopg.OperationalError):
            raise
        except Exception as error:
            return type(error).__name__
        return ""

    def _park(self, place: str, why: str) -> None:
        log.warning("a record is parked, %s: %s", place, why)
        self._house.database.execute(PARK, [place, why])
