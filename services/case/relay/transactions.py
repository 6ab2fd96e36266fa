"""Records and the place that they lead up to, in one transaction of Kafka: readers see both or none.

The place stands on `relay.positions.v1`, so that whoever goes on after a crash begins exactly where the last one ended.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import closing
from typing import Any, Literal, TypeVar

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import InvalidRecordError, KafkaTimeoutError, MessageSizeTooLargeError, RecordListTooLargeError
from kafka.producer.future import FutureRecordMetadata

from contracts.envelope import Record
from services.case.relay.client import BrokerError, connection
from services.case.settings import Settings

POSITIONS = "relay.positions.v1"
REFUSALS = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidRecordError)
FLUSH = 20.0  # seconds for the records of a transaction
AFTER = 1.0  # seconds for the others, once one has failed
COMMIT = 20.0  # seconds for its end
OPEN = 90.0  # seconds to find the broker, take over and read the place: longer than a transaction can last
PRODUCER: dict[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "linger_ms": 5,
    "batch_size": 131_072,
    "retry_backoff_ms": 5,  # after each commit the next transaction waits that long for the markers of the last
    "transaction_timeout_ms": 60_000,  # longer than FLUSH and COMMIT: nobody else ends what is still worked on
    "delivery_timeout_ms": 15_000,
    "max_block_ms": 15_000,
    "allow_auto_create_topics": False,
}

T = TypeVar("T")


class Place(msgspec.Struct, frozen=True):
    """The value of a record on `relay.positions.v1`; its key is the name of the transactions. Of events also the last
    one published: its position in the log, and its hash in hexadecimal digits, by which the log is known again."""

    position: int = 0
    event: int = 0
    hash: str = ""


class RecordRefused(Exception):
    """The broker will never take one of these records; the message says why, not which."""


class Transactions:
    """A producer by its name: who opens it fences whoever had the name before. After an error there is only `close`."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._client = connection(settings)
        self._id = f"{settings.kafka_topic_prefix}{name}"
        self._positions = f"{settings.kafka_topic_prefix}{POSITIONS}"
        self._name = name
        self._producer: KafkaProducer | None = None

    def open(self) -> Place:
        """The place that was reached. Raises BrokerError."""
        return within(OPEN, self._open)

    def _open(self) -> Place:
        producer = KafkaProducer(**self._client, **PRODUCER, transactional_id=self._id)
        self._producer = producer
        producer.init_transactions()  # comes back when the last one's transaction has ended
        return self._reached()

    def publish(self, records: Iterable[tuple[str, Record]], place: Place | None = None) -> None:
        """Records with the names of their topics, in their order, and the place, if any; back when they are committed.

        Raises RecordRefused, and BrokerError: then it is not known whether they are."""
        producer = self._producer
        assert producer is not None
        producer.begin_transaction()
        sent: list[FutureRecordMetadata] = []
        failures: list[Exception] = []
        try:
            for topic, record in records:
                sent.append(self._send(producer, topic, record))
            if place is not None:
                reached = Record(self._name.encode(), [], msgspec.json.encode(place))
                sent.append(self._send(producer, self._positions, reached))
            producer.flush(timeout=FLUSH)
        except BrokerError as error:  # what became of each record says more
            failures.append(error)
        _raise_first(_failures(sent) + failures)  # a commit does not fail where a record has
        within(COMMIT, producer.commit_transaction)

    def _send(self, producer: KafkaProducer, topic: str, record: Record) -> FutureRecordMetadata:
        headers = [(name, value or b"") for name, value in record.headers]
        return producer.send(topic, record.value, record.key, headers)

    def close(self) -> None:
        """Give the producer up. A transaction that is open ends with the next one that opens."""
        producer, self._producer = self._producer, None
        if producer is not None:
            _close(producer)

    def _reached(self) -> Place:
        """Others keep their places there too. What stands behind a transaction of theirs that is under way cannot be
        read as committed, so its end is waited for: by then they have committed, or been taken over, or timed out."""
        with self._reading("read_committed") as consumer, self._reading("read_uncommitted") as looking:
            numbers = consumer.partitions_for_topic(self._positions)
            if not numbers:
                raise BrokerError(f"there is no topic {self._positions}: `python -m services.case topics`")
            partitions = [TopicPartition(self._positions, number) for number in numbers]
            consumer.assign(partitions)
            ends = looking.end_offsets(partitions)
            place = Place()
            while any((consumer.position(partition) or 0) < ends[partition] for partition in partitions):
                for records in consumer.poll(timeout_ms=500).values():
                    for record in records:
                        if record.key == self._name.encode():
                            place = msgspec.json.decode(record.value or b"", type=Place)
            return place

    def _reading(self, level: Literal["read_committed", "read_uncommitted"]) -> closing[KafkaConsumer]:
        return closing(
            KafkaConsumer(**self._client, isolation_level=level, enable_auto_commit=False, auto_offset_reset="earliest")
        )


def _close(producer: Any) -> None:
    try:
        producer.close(timeout=1)
    except BrokerError:  # kafka-python stops half-way where something could not be sent: its thread and sockets stay
        producer._sender.force_close()
        producer._closed = True


def _failures(sent: Sequence[FutureRecordMetadata]) -> list[Exception]:
    """What became of the records that were not taken."""
    until, failures = time.monotonic() + FLUSH, list[Exception]()
    for future in sent:
        try:
            future.get(timeout=max(0.0, until - time.monotonic()))  # type: ignore[no-untyped-call]
        except BrokerError as failure:
            failures.append(failure)
            until = min(until, time.monotonic() + AFTER)
    return failures


def _raise_first(failures: Sequence[Exception]) -> None:
    """A refusal comes first: what follows from it looks as if the broker were at fault."""
    for failure in failures:
        if isinstance(failure, REFUSALS):
            raise RecordRefused(type(failure).__name__) from failure
    if failures:
        raise failures[0]


def within(seconds: float, what: Callable[[], T]) -> T:
    """Call something that may never come back. Raises KafkaTimeoutError; it is then left to itself on its thread."""
    done: Future[T] = Future()

    def call() -> None:
        try:
            done.set_result(what())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=call, name="kafka-call", daemon=True).start()
    try:
        return done.result(seconds)
    except TimeoutError as error:
        raise KafkaTimeoutError(f"no answer within {seconds} s") from error
