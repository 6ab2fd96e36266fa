"""The official CloudEvents SDK reads what we write and we read what it writes, in both modes of the Kafka binding."""

import json
from datetime import datetime
from typing import Any

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from contracts.envelope import NUMBERS, Record, from_json, from_record, to_json, to_record
from tests.contracts.subscribed import Played

FORMAT = JSONFormat()


def read_by_sdk(record: Record) -> Any:
    """The event that the SDK finds in a record of ours."""
    headers = {name: value or b"" for name, value in record.headers}
    return from_kafka(KafkaMessage(headers, record.key, record.value or b""), FORMAT, CloudEvent)


def written_by_sdk(event: dict[str, Any], write: Any) -> Record:
    """A record that the SDK makes of an event's attributes and data."""
    attributes = {name: value for name, value in event.items() if name != "data"}
    attributes["time"] = datetime.fromisoformat(event["time"])
    message = write(CloudEvent(attributes, event["data"]), FORMAT)
    key = message.key.encode() if isinstance(message.key, str) else message.key
    return Record(key, list(message.headers.items()), message.value)


def as_told(attributes: dict[str, Any]) -> dict[str, Any]:
    """Attributes as text: the SDK gives a time as such, and numbers as they were written."""
    text = {name: str(value) for name, value in attributes.items() if name != "time"}
    return {**text, "time": attributes["time"] if isinstance(attributes["time"], datetime) else moment(attributes)}


def moment(attributes: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(attributes["time"])


def test_the_sdk_reads_our_records(scenario: Played) -> None:
    for event in scenario.published:
        read = read_by_sdk(to_record(event))

        ours = {name: value for name, value in event.items() if name != "data"}
        assert as_told(read.get_attributes()) == as_told(ours)
        assert read.get_data() == event["data"]


def test_we_read_the_records_of_the_sdk(scenario: Played) -> None:
    for event in scenario.published[:20]:
        for write in (to_binary, to_structured):
            read = from_record(written_by_sdk(event, write))

            assert {**read, "time": moment(read)} == {**event, "time": moment(event)}
            assert all(isinstance(read[name], int) for name in NUMBERS)


def test_one_json_object_is_the_structured_mode_of_the_sdk(scenario: Played) -> None:
    event = scenario.published[0]

    read = FORMAT.read(CloudEvent, to_json(event))
    again = from_json(FORMAT.write(read))

    assert json.loads(json.dumps(read.get_data())) == event["data"]
    assert {**again, "time": moment(again)} == {**event, "time": moment(event)}
