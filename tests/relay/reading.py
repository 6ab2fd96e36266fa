"""What a subscriber reads from topics: everything that is committed, in the order in which it stands there."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from contracts.envelope import NotACloudEvent, Record, from_record

TOPICS = ("case.events.v1", "authority.events.v1")


def read_all(bootstrap: str, topics: Sequence[str]) -> list[dict[str, Any]]:
    """Every event on these topics, each partition in its order. Raises NotACloudEvent."""
    return [from_record(record) for _, record in read_records(bootstrap, topics)]


def read_readable(bootstrap: str, topics: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """As `read_all`, with the place of each; what is no event is passed over."""
    found = []
    for place, record in read_records(bootstrap, topics):
        with suppress(NotACloudEvent):
            found.append((place, from_record(record)))
    return found


def read_records(bootstrap: str, topics: Sequence[str]) -> Iterator[tuple[str, Record]]:
    """Every record and its place: topic, partition and offset. A transaction that is about to end is waited for."""
    with reading(bootstrap, "read_committed") as consumer, reading(bootstrap, "read_uncommitted") as looking:
        partitions = [
            TopicPartition(topic, number) for topic in topics for number in consumer.partitions_for_topic(topic) or ()
        ]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = looking.end_offsets(partitions)
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for records in consumer.poll(timeout_ms=200, max_records=5000).values():
                for record in records:
                    place = f"{record.topic} {record.partition} {record.offset}"
                    yield place, Record(record.key, record.headers, record.value)


def reading(bootstrap: str, level: str) -> closing[KafkaConsumer]:
    return closing(KafkaConsumer(bootstrap_servers=bootstrap, isolation_level=level, enable_auto_commit=False))


def by_stream(events: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The events of each stream in the order in which they were read."""
    streams = defaultdict(list)
    for event in events:
        streams[event["partitionkey"]].append(event)
    return dict(streams)
