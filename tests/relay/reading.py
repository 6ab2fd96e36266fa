"""What a subscriber reads from topics: everything that is committed, in the order in which it stands there."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from contracts.envelope import NotACloudEvent, Record, from_record

TOPICS = ("case.events.v1", "authority.events.v1")


def read_all(
    bootstrap: str, topics: Sequence[str], committed: bool = True, readable: bool = False
) -> list[dict[str, Any]]:
    """Every event on these topics, each partition in its order. Uncommitted ones only if they are asked for;
    `readable`: what is no event is passed over. Raises NotACloudEvent."""
    level = "read_committed" if committed else "read_uncommitted"
    found: list[dict[str, Any]] = []
    pass_over = (NotACloudEvent,) if readable else ()
    with closing(
        KafkaConsumer(bootstrap_servers=bootstrap, isolation_level=level, enable_auto_commit=False)
    ) as consumer:
        partitions = [
            TopicPartition(topic, number) for topic in topics for number in consumer.partitions_for_topic(topic) or ()
        ]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for records in consumer.poll(timeout_ms=200, max_records=5000).values():
                for record in records:
                    with suppress(*pass_over):
                        found.append(from_record(Record(record.key, record.headers, record.value)))
    return found


def by_stream(events: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The events of each stream in the order in which they were read."""
    streams = defaultdict(list)
    for event in events:
        streams[event["partitionkey"]].append(event)
    return dict(streams)
