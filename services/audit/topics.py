"""The source with Kafka: all partitions of the topics, read committed, each from the place that the ledger remembers.

Partitions are assigned, not shared out: one audit service is active (`ledger.is_active`), and another that takes over
reads on at once. Places are kept with the ledger's rows, so the broker keeps none for us.
"""

import logging
from collections.abc import Iterator
from typing import Any

from kafka import IsolationLevel, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from contracts.envelope import NotACloudEvent, Record, from_record
from services.audit.case_api import Away
from services.audit.feed import TOPICS, Read
from services.audit.ledger import Arrived
from services.audit.settings import Settings

BATCH = 2_000  # records at a time
WAIT = 1_000  # milliseconds for the first

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it tells every attempt, and what is in records; we tell changes


class Topics:
    """Raises Away where the broker does not answer or a topic is not there yet."""

    def __init__(self, settings: Settings, places: dict[str, int]) -> None:
        self._prefix = settings.kafka_topic_prefix
        try:
            self._consumer = KafkaConsumer(**_connection(settings))
        except KafkaError as error:
            raise Away("The broker does not answer.") from error
        try:
            self._assign(places)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._consumer.close()

    def read(self) -> Iterator[Read]:
        """What is new, in batches, each with the places that it leads to. Raises Away."""
        try:
            polled = self._consumer.poll(timeout_ms=WAIT, max_records=BATCH)
        except KafkaError as error:
            raise Away("The broker does not answer.") from error
        for partition, records in polled.items():
            if records:
                topic = partition.topic.removeprefix(self._prefix)
                arrived = [_arrived(topic, record) for record in records]
                yield arrived, {name(partition.topic, partition.partition): records[-1].offset + 1}

    def _assign(self, places: dict[str, int]) -> None:
        assigned = []
        for topic in TOPICS:
            numbers = self._consumer.partitions_for_topic(self._prefix + topic)
            if not numbers:
                raise Away(f"The topic {self._prefix}{topic} is not there.")
            assigned += [TopicPartition(self._prefix + topic, number) for number in sorted(numbers)]
        self._consumer.assign(assigned)
        for partition in assigned:
            place = places.get(name(partition.topic, partition.partition))
            if place is None:
                self._consumer.seek_to_beginning(partition)
            else:
                self._consumer.seek(partition, place)


def name(topic: str, partition: int) -> str:
    return f"kafka {topic} {partition}"


def _arrived(topic: str, record: Any) -> Arrived:
    place = f"{name(topic, record.partition)} {record.offset}"
    try:
        event: dict[str, Any] | str = from_record(Record(record.key, record.headers, record.value))
    except NotACloudEvent as why:
        event = str(why)
    return Arrived(topic, place, event)


def _connection(settings: Settings) -> dict[str, Any]:
    given: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers.split(","),
        "security_protocol": settings.kafka_security_protocol,
        "isolation_level": IsolationLevel.READ_COMMITTED,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "group_id": None,
        "request_timeout_ms": 5_000,
        "bootstrap_timeout_ms": 10_000,
        "reconnect_backoff_max_ms": 1_000,  # a broker that is back is found soon
        "max_partition_fetch_bytes": 4_194_304,
    }
    if settings.kafka_sasl_mechanism:
        given["sasl_mechanism"] = settings.kafka_sasl_mechanism
        given["sasl_plain_username"] = settings.kafka_sasl_username
        given["sasl_plain_password"] = settings.kafka_sasl_password
    if settings.kafka_ssl_cafile:
        given["ssl_cafile"] = settings.kafka_ssl_cafile
    return given
