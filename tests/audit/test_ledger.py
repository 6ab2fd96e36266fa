"""What is published is entered; what does not follow stops its own stream and is told; nothing makes it fall."""

import random
from typing import Any

import msgspec
import psycopg
import pytest

from contracts.envelope import NotACloudEvent, from_json
from services.audit.ledger import Connection, places
from services.audit.verify import in_itself
from tests.audit.published import Record, entered, published, put, stopped, stream_id

A, B = stream_id("a"), stream_id("b")


def changed(record: Record, **changes: Any) -> Record:
    return {**record, **changes}


def test_what_follows_is_entered_and_the_place_remembered(connection: Connection) -> None:
    assert put(connection, [*published("a"), *published("b")], place=12) == []

    assert entered(connection) == {A: 6, B: 6}
    assert places(connection) == {"test": 12}
    assert in_itself(connection) == (12, None)


def test_what_comes_again_does_no_harm(connection: Connection) -> None:
    records = published("a")
    put(connection, [*records[:4], *records[:4]])

    assert put(connection, [*records[1:], *records]) == []
    assert entered(connection) == {A: 6}
    assert stopped(connection) == {}


def test_a_gap_stops_its_stream_and_no_other(connection: Connection) -> None:
    a, b = published("a"), published("b")

    found = put(connection, [*a[:3], *a[4:], *b])

    assert [(f.kind, f.stream, f.sequence) for f in found] == [("gap", A, 5)]
    assert entered(connection) == {A: 3, B: 6}
    assert stopped(connection) == {A: "4 is missing before 5"}
    assert put(connection, [a[3]]) == []
    assert entered(connection)[A] == 3  # until somebody has looked


def test_reading_again_from_the_start_mends_a_gap(connection: Connection) -> None:
    a = published("a")
    put(connection, [*a[:3], *a[4:]])
    connection.execute("UPDATE heads SET stopped = NULL")

    assert put(connection, [*a]) == []
    assert entered(connection) == {A: 6}
    assert in_itself(connection) == (6, None)


@pytest.mark.parametrize("name", ["type", "time", "prevhash", "hash", "factshash", "sealedhash"])
def test_a_link_that_is_not_that_of_what_it_says_stops_its_stream(connection: Connection, name: str) -> None:
    a = published("a")
    other = {"type": "case.note_added.v1", "time": "2026-11-03T09:00:00.000001Z"}.get(name, "ab" * 32)

    found = put(connection, [*a[:2], changed(a[2], **{name: other}), *a[3:], *published("b")])

    assert [(f.kind, f.stream, f.sequence) for f in found] == [("chain", A, 3)]
    assert entered(connection) == {A: 2, B: 6}


def test_an_event_that_comes_again_and_is_another_is_told(connection: Connection) -> None:
    a = published("a")
    put(connection, [*a])

    found = put(connection, [changed(a[1], position=a[1]["position"] + 100)])

    assert [(f.kind, f.sequence) for f in found] == [("changed", 2)]
    assert put(connection, [changed(a[1], hash="00" * 32)]) == []  # it has been told that the stream is stopped


def test_places_in_the_log_must_rise_in_a_stream(connection: Connection) -> None:
    a = published("a")
    found = put(connection, [a[0], changed(a[1], position=a[0]["position"])])
    assert [(f.kind, f.sequence) for f in found] == [("chain", 2)]


def test_thousands_of_malformed_records_are_reported_and_the_rest_entered(connection: Connection) -> None:
    chance = random.Random(20261125)
    good = published("a", 40)
    mixed: list[Record | str] = []
    for record in good:
        mixed += [record, *(malformed(chance, record) for _ in range(10))]

    found = put(connection, mixed)

    assert entered(connection) == {A: 40}
    assert len(found) == 400
    assert {f.kind for f in found} == {"malformed"}


def malformed(chance: random.Random, record: Record) -> Record | str:
    """A record spoilt at random, as a source would hand it on."""
    spoilt: dict[str, Any] = dict(record)
    name = chance.choice(["id", "partitionkey", "sequence", "hash", "position", "type", "time", "specversion"])
    spoilt[name] = chance.choice(["", "x", "\0", "é" * 3, None, [], {}, 1.5, "9" * 40, "-1", "\ud800"])
    try:
        raw = msgspec.json.encode(spoilt)
    except UnicodeEncodeError:
        raw = b"\xff" + msgspec.json.encode(record)
    if chance.random() < 0.3:
        raw = raw[: chance.randrange(len(raw))]
    try:
        return from_json(raw)
    except NotACloudEvent as why:
        return str(why)


def test_who_looked_is_kept_and_what_is_odd_in_it_left_out(connection: Connection) -> None:
    first, second = published("a", 2)
    first["data"] = {"person": "wendy", "by": {"role": "auditor", "org": "937"}, "what": "case"}
    second["data"] = {"person": ["not", "text"], "by": "nobody", "what": "a\0b"}

    put(connection, [first, second], topic="case.access.v1")

    found = connection.execute("SELECT ref, person, role, org, what FROM looks ORDER BY sequence").fetchall()
    ref = first["subject"]
    assert found == [(ref, "wendy", "auditor", "937", "case"), (ref, "", "", "", "")]


def test_the_ledger_refuses_changes(connection: Connection) -> None:
    put(connection, [*published("a")])
    for statement in (b"UPDATE entries SET type = 'x'", b"DELETE FROM entries", b"TRUNCATE entries"):
        with pytest.raises(psycopg.errors.RaiseException):
            connection.execute(statement)
