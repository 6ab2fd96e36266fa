"""Kafka: contacts and erasures in, results out. Partitions are assigned and places kept in our own database, in the
transaction of what was read, so nobody waits for a group to come to terms. The only importer of the client."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from contracts.envelope import NotACloudEvent, Record, from_record, to_record
from services.notify import telling
from services.notify.case_api import Away
from services.notify.deliveries import Arrived
from services.notify.feed import Read
from services.notify.settings import Settings

BATCH = 200  # records at a time
WAIT = 1_000  # milliseconds for the first
FLUSH = 15.0  # seconds for results to be taken

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it tells every attempt, and what is in records; we tell changes


class Topics:
    """A topic as a source. Raises Away where the broker does not answer or the topic is not there yet."""

    def __init__(self, settings: Settings, topic: str, places: dict[str, int]) -> None:
        self._topic = settings.kafka_topic_prefix + topic
        try:
            self._consumer = KafkaConsumer(
                **_connection(settings),
                isolation_level="read_committed",
                enable_auto_commit=False,
                auto_offset_reset="earliest",  # also where what we had read up to is gone: it has expired
                group_id=None,
            )
        except KafkaError as error:
            raise Away("The broker does not answer.") from error
        try:
            self._assign(places)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._consumer.close()

    def _assign(self, places: dict[str, int]) -> None:
        numbers = self._consumer.partitions_for_topic(self._topic)
        if not numbers:
            raise Away(f"The topic {self._topic} is not there.")
        partitions = [TopicPartition(self._topic, number) for number in sorted(numbers)]
        self._consumer.assign(partitions)
        for partition in partitions:
            place = places.get(name(self._topic, partition.partition))
            if place is None:
                self._consumer.seek_to_beginning(partition)
            else:
                self._consumer.seek(partition, place)

    def read(self) -> Iterator[Read]:
        """What is new, in batches, each with the places that it leads to. Raises Away."""
        try:
            polled = self._consumer.poll(timeout_ms=WAIT, max_records=BATCH)
        except KafkaError as error:
            raise Away("The broker does not answer.") from error
        for partition, records in polled.items():
            if records:
                source = name(self._topic, partition.partition)
                yield [_arrived(source, record) for record in records], {source: records[-1].offset + 1}


class Results:
    """Where results go. One that was told and not known to be is told again: who hears it twice records it once."""

    def __init__(self, settings: Settings) -> None:
        self._topic = settings.kafka_topic_prefix + telling.TOPIC
        try:
            self._producer = KafkaProducer(
                **_connection(settings),
                acks="all",
                enable_idempotence=True,
                delivery_timeout_ms=15_000,
                max_block_ms=15_000,
                allow_auto_create_topics=False,
            )
        except KafkaError as error:
            raise Away("The broker does not answer.") from error

    def close(self) -> None:
        self._producer.close(timeout=1)

    def tell(self, authority: str, results: Sequence[dict[str, Any]]) -> None:
        """Raises Away."""
        try:
            sent = [self._send(to_record(result)) for result in results]
            self._producer.flush(timeout=FLUSH)
            for future in sent:
                future.get(timeout=0)
        except KafkaError as error:
            raise Away("The broker does not take results.") from error

    def _send(self, record: Record) -> Any:
        headers = [(header, value or b"") for header, value in record.headers]
        return self._producer.send(self._topic, record.value, record.key, headers)


def name(topic: str, partition: int) -> str:
    return f"kafka {topic} {partition}"


def _arrived(source: str, record: Any) -> Arrived:
    try:
        event: dict[str, Any] | str = from_record(Record(record.key, record.headers, record.value))
    except NotACloudEvent as why:
        event = str(why)
    return Arrived(f"{source} {record.offset}", event)


def _connection(settings: Settings) -> dict[str, Any]:
    given: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers.split(","),
        "security_protocol": settings.kafka_security_protocol,
        "request_timeout_ms": 5_000,
        "bootstrap_timeout_ms": 10_000,
        "reconnect_backoff_max_ms": 1_000,  # a broker that is back is found soon
    }
    if settings.kafka_sasl_mechanism:
        given["sasl_mechanism"] = settings.kafka_sasl_mechanism
        given["sasl_plain_username"] = settings.kafka_sasl_username
        given["sasl_plain_password"] = settings.kafka_sasl_password
    if settings.kafka_ssl_cafile:
        given["ssl_cafile"] = settings.kafka_ssl_cafile
    return given
