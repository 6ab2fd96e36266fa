"""CloudEvents to Kafka records and JSON, and back; what is none is refused by name and never a crash."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from contracts.envelope import NotACloudEvent, Record, from_json, from_record, to_json, to_record
from tests.contracts.subscribed import Played

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "7c1f3f0e-2f5f-5b5e-9d35-6b1d0c9f0a52.17",
    "source": "/authorities/937/cases",
    "type": "case.task_claimed.v1",
    "subject": "EP-2026-000042",
    "time": "2026-11-03T09:00:00.000000Z",
    "datacontenttype": "application/json",
    "partitionkey": "7c1f3f0e-2f5f-5b5e-9d35-6b1d0c9f0a52",
    "sequence": 17,
    "position": 4711,
    "data": {"effective_on": "2026-11-03", "by": {"role": "caseworker", "org": "937"}, "task": 1},
}
HEADERS = [
    ("content-type", b"application/json"),
    ("ce_specversion", b"1.0"),
    ("ce_id", b"7c1f3f0e-2f5f-5b5e-9d35-6b1d0c9f0a52.17"),
    ("ce_source", b"/authorities/937/cases"),
    ("ce_type", b"case.task_claimed.v1"),
    ("ce_subject", b"EP-2026-000042"),
    ("ce_time", b"2026-11-03T09:00:00.000000Z"),
    ("ce_sequence", b"17"),
    ("ce_position", b"4711"),
]
KEY = b"7c1f3f0e-2f5f-5b5e-9d35-6b1d0c9f0a52"
VALUE = b'{"effective_on":"2026-11-03","by":{"role":"caseworker","org":"937"},"task":1}'


def test_binary_mode_is_the_kafka_binding() -> None:
    assert to_record(EVENT) == Record(KEY, HEADERS, VALUE)
    assert from_record(Record(KEY, HEADERS, VALUE)) == EVENT


def test_structured_mode_is_one_json_object() -> None:
    assert json.loads(to_json(EVENT)) == EVENT
    assert from_json(to_json(EVENT)) == EVENT


def test_every_published_record_comes_back_as_it_was(scenario: Played) -> None:
    for event in scenario.published:
        assert from_record(to_record(event)) == event
        assert from_json(to_json(event)) == event


@pytest.mark.parametrize(
    "content_type", ["application/cloudevents+json", "Application/CloudEvents+JSON; charset=UTF-8"]
)
def test_a_record_in_structured_mode_is_read_too(content_type: str) -> None:
    without_key = {name: value for name, value in EVENT.items() if name != "partitionkey"}

    record = Record(KEY, [("content-type", content_type.encode())], to_json(without_key))

    assert from_record(record) == EVENT


def test_what_others_add_is_kept_or_passed_over() -> None:
    theirs = [*HEADERS, ("ce_traceparent", b"00-ab-cd-01"), ("x-retry", b"\xff"), ("x-retry", b"2")]

    assert from_record(Record(KEY, theirs, VALUE)) == {**EVENT, "traceparent": "00-ab-cd-01"}
    assert from_json(to_json({**EVENT, "traceparent": None, "sequence": "17"})) == EVENT


def test_an_event_may_have_no_data_and_no_key() -> None:
    bare = {"specversion": "1.0", "id": "1", "source": "/elsewhere", "type": "x"}

    assert to_record(bare) == Record(None, [(f"ce_{name}", value.encode()) for name, value in bare.items()], None)
    assert from_record(to_record(bare)) == bare
    assert from_json(to_json(bare)) == bare


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"id": None}, "no id"),
        ({"id": ""}, "no id"),
        ({"source": None}, "no source"),
        ({"type": None}, "no type"),
        ({"type": 7}, "not text"),
        ({"specversion": "0.3"}, "another version"),
        ({"specversion": None}, "no specversion"),
        ({"subject": {"upn": "x"}}, "not text"),
        ({"sequence": -1}, "sequence is not"),
        ({"sequence": True}, "sequence is not"),
        ({"sequence": "１７"}, "sequence is not"),
        ({"position": "4_711"}, "position is not"),
        ({"position": 10**18}, "position is not"),
        ({"position": 1.5}, "position is not"),
        ({"Key": "x"}, "lower-case"),
        ({"datacontenttype": "text/xml"}, "not JSON"),
        ({"datacontenttype": 1}, "not JSON"),
        ({"data_base64": "eA=="}, "not JSON"),
    ],
)
def test_what_is_no_cloud_event_is_refused(change: dict[str, Any], why: str) -> None:
    with pytest.raises(NotACloudEvent, match=why):
        from_json(json.dumps({**EVENT, **change}).encode())


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (Record(KEY, [], VALUE), "no id"),
        (Record(KEY, HEADERS, b"{"), "cannot be read"),
        (Record(KEY, HEADERS, b""), "cannot be read"),
        (Record(KEY, HEADERS, b"[" * 100_000), "cannot be read"),
        (Record(KEY, [*HEADERS, ("ce_data", VALUE)], None), "called data"),
        (Record(b"\xff", HEADERS, VALUE), "UTF-8"),
        (Record(KEY, [*HEADERS, ("ce_subject", b"\xff")], VALUE), "twice"),
        (Record(KEY, [*HEADERS[:-1], ("ce_position", b"\xff")], VALUE), "UTF-8"),
        (Record(KEY, [*HEADERS[:-1], ("ce_position", None)], VALUE), "position is not"),
        (Record(KEY, [("content-type", b"application/cloudevents+json")], None), "cannot be read"),
        (Record(KEY, [("content-type", b"application/cloudevents+json")], b"[]"), "not a JSON object"),
        (Record(KEY, [("content-type", b"application/cloudevents-batch+json")], b"[]"), "no id"),
    ],
)
def test_a_broken_record_is_refused(record: Record, why: str) -> None:
    with pytest.raises(NotACloudEvent, match=why):
        from_record(record)


NAMES = some.sampled_from([name for name, _ in HEADERS] + ["ce_", "ce_é", "ce_traceparent", "x"])
BYTES = some.none() | some.binary(max_size=40) | some.sampled_from([value for _, value in HEADERS])


@given(some.none() | some.binary(), some.lists(some.tuples(NAMES, BYTES)), some.none() | some.binary())
def test_no_record_crashes_a_reader(key: bytes | None, headers: list[tuple[str, bytes | None]], value: bytes) -> None:
    try:
        event = from_record(Record(key, headers, value))
    except NotACloudEvent as refused:
        assert str(refused)
    else:
        assert from_record(to_record(event)) == event


TEXT = some.text(some.characters(exclude_categories=["Cs"]), min_size=1)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | TEXT,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(TEXT, TEXT, some.dictionaries(TEXT, VALUES, max_size=4), some.integers(0, 10**18 - 1))
def test_any_event_comes_back_as_it_was(id: str, subject: str, data: dict[str, Any], sequence: int) -> None:
    event = {**EVENT, "id": id, "subject": subject, "partitionkey": id, "sequence": sequence, "data": data}

    assert from_record(to_record(event)) == event
    assert from_json(to_json(event)) == event
