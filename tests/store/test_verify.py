"""Rows altered behind the service's back are found, and the first bad event is named; nothing good is called bad."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.chain import GENESIS
from services.case.domain import events as e
from services.case.domain.meta import Actor, Event, Meta
from services.case.store.database import Database
from services.case.store.event_store import EventStore
from services.case.store.verify import FirstBad, verify
from tests.store.any_event import any_event

META = Meta(Actor("asha", "caseworker", "937"), datetime(2026, 9, 2).date())
NOON = datetime(2026, 9, 2, 12, tzinfo=UTC)
STREAMS = [UUID(int=n << 96) for n in (1, 2, 3)]
LENGTH = 8
Row = tuple[UUID, int, str, bytes, int]
ALL = "SELECT originator_id, originator_version, topic, state, notification_id FROM events ORDER BY 1, 2"
INSERT = "INSERT INTO events VALUES (%s, %s, %s, %s, %s)"


def some_event(number: int) -> Event:
    if number % 2:
        return e.NoteAdded(meta=META, personal={"text": f"Note {number}."}, note=number)
    return e.TaskClaimed(meta=META, task=number, person="asha")


@pytest.fixture
def log(store: EventStore) -> "Log":
    """Three streams of eight events that came in turn."""
    hashes = dict.fromkeys(STREAMS, GENESIS)
    for version in range(LENGTH):
        for stream in STREAMS:
            at = NOON + timedelta(seconds=version)
            done = store.append(stream, version, hashes[stream], [some_event(version + 1)], at)
            done.positions.result(20)
            hashes[stream] = done.hash
            if version == 0 and done.key:
                store.keys.keep(done.key)
    return Log(store.database)


class Log:
    """All rows of the log, which can be altered as its owner could, and put back."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rows: list[Row] = [(s, v, t, st, p) for s, v, t, st, p in database.rows(ALL)]

    def found_in(self, rows: list[Row]) -> FirstBad | None:
        """What `verify` says where the log holds these rows instead."""
        with psycopg.connect(self.database.url) as owner:
            owner.execute("ALTER TABLE events DISABLE TRIGGER USER")
            changed = [row for row in rows if row not in self.rows]
            gone = [row[4] for row in self.rows if row not in rows]
            owner.execute("DELETE FROM events WHERE notification_id = ANY (%s)", [gone])
            owner.cursor().executemany(INSERT, changed)
            owner.execute("ALTER TABLE events ENABLE TRIGGER USER")
        try:
            found = verify(self.database)
            assert found.ok is (found.first_bad is None)
            return found.first_bad
        finally:
            self.put_back()

    def put_back(self) -> None:
        with psycopg.connect(self.database.url) as owner:
            owner.execute("ALTER TABLE events DISABLE TRIGGER USER")
            owner.execute("DELETE FROM events")
            owner.cursor().executemany(INSERT, self.rows)
            owner.execute("ALTER TABLE events ENABLE TRIGGER USER")

    def at(self, stream: int, version: int) -> int:
        return stream * LENGTH + version - 1


def name(found: FirstBad | None) -> tuple[UUID, int] | None:
    return (found.stream, found.version) if found else None


def with_state(row: Row, state: bytes) -> Row:
    return (*row[:3], state, row[4])


def test_a_byte_that_was_changed_removed_or_added_anywhere_in_a_row_is_found_at_that_row(log: Log) -> None:
    chance = random.Random(20260902)
    for _ in range(150):
        at = chance.randrange(len(log.rows))
        row = log.rows[at]
        place = chance.randrange(len(row[3]))
        before, byte, after = row[3][:place], row[3][place : place + 1], row[3][place + 1 :]
        other = bytes([byte[0] ^ (1 << chance.randrange(8))])
        state = chance.choice([before + other + after, before + after, before + byte + b"\0" + after])

        found = log.found_in([*log.rows[:at], with_state(row, state), *log.rows[at + 1 :]])

        assert name(found) == row[:2], (at, place, state)
    assert verify(log.database).ok


STATES: dict[str, Callable[[list[Any]], Any]] = {
    "something more after what we write": lambda parts: [*parts, b"more"],
    "an empty sealed part instead of none": lambda parts: [*parts[:4], b""],
    "another previous hash, with the own hash right": lambda parts: [parts[0], bytes(32), *parts[2:]],
    "facts of another event": lambda parts: [*parts[:3], parts[3].replace(b"asha", b"tom!"), parts[4]],
    "recorded a day earlier": lambda parts: [parts[0].replace("09-02", "09-01"), *parts[1:]],
    "no sealed part": lambda parts: parts[:4],
    "not a list": lambda parts: "nonsense",
}


@pytest.mark.parametrize("change", STATES)
def test_a_row_written_anew_with_something_changed_is_found(log: Log, change: str) -> None:
    at = log.at(1, 4)
    row = log.rows[at]
    state = msgspec.msgpack.encode(STATES[change](msgspec.msgpack.decode(row[3])))

    assert name(log.found_in([*log.rows[:at], with_state(row, state), *log.rows[at + 1 :]])) == (STREAMS[1], 4)


def test_a_row_under_another_type_is_found(log: Log) -> None:
    at = log.at(0, 3)
    row = log.rows[at]
    assert name(
        log.found_in([*log.rows[:at], (*row[:2], "case.concern_raised.v1", *row[3:]), *log.rows[at + 1 :]])
    ) == (
        STREAMS[0],
        3,
    )


@pytest.mark.parametrize(("first", "last"), [(1, 1), (1, 3), (4, 4), (3, 7)])
def test_events_missing_before_others_are_found_at_the_first_that_follows(log: Log, first: int, last: int) -> None:
    left = [row for row in log.rows if not (row[0] == STREAMS[1] and first <= row[1] <= last)]
    found = log.found_in(left)
    assert name(found) == (STREAMS[1], last + 1)
    assert found is not None
    assert found.reason == f"version {first} is missing"


def test_events_that_changed_places_are_found_at_the_first_of_them(log: Log) -> None:
    a, b = log.at(2, 3), log.at(2, 6)
    rows = list(log.rows)
    rows[a], rows[b] = (*rows[a][:2], *rows[b][2:4], rows[a][4]), (*rows[b][:2], *rows[a][2:4], rows[b][4])
    assert name(log.found_in(rows)) == (STREAMS[2], 3)


def test_events_that_changed_places_in_the_log_are_found_at_the_first_that_comes_too_early(log: Log) -> None:
    a, b = log.at(2, 3), log.at(2, 6)
    rows = list(log.rows)
    rows[a], rows[b] = (*rows[a][:4], rows[b][4]), (*rows[b][:4], rows[a][4])
    assert name(log.found_in(rows)) == (STREAMS[2], 4)


def test_an_event_in_another_stream_s_place_is_found(log: Log) -> None:
    a, b = log.at(0, 5), log.at(1, 5)
    rows = list(log.rows)
    rows[a] = (*rows[a][:2], *rows[b][2:4], rows[a][4])
    assert name(log.found_in(rows)) == (STREAMS[0], 5)


def test_an_event_put_between_others_is_found(log: Log) -> None:
    copy = log.rows[log.at(1, 2)]
    moved = [(s, v + (s == STREAMS[1] and v >= 4), t, st, p) for s, v, t, st, p in log.rows]
    assert name(log.found_in([*moved, (STREAMS[1], 4, *copy[2:4], 1000)])) == (STREAMS[1], 4)


def test_an_event_put_at_the_end_or_before_the_beginning_is_found(log: Log) -> None:
    copy = log.rows[log.at(1, 2)]
    assert name(log.found_in([*log.rows, (STREAMS[1], LENGTH + 1, *copy[2:4], 1000)])) == (STREAMS[1], LENGTH + 1)
    assert name(log.found_in([*log.rows, (STREAMS[1], 0, *copy[2:4], 1000)])) == (STREAMS[1], 0)


def test_of_several_the_first_is_named_and_the_rest_of_the_log_counted(log: Log) -> None:
    rows = list(log.rows)
    for at in (log.at(2, 2), log.at(1, 7), log.at(1, 5)):
        rows[at] = with_state(rows[at], b"nonsense")
    assert name(log.found_in(rows)) == (STREAMS[1], 5)
    assert verify(log.database).events == 3 * LENGTH
    assert verify(log.database, STREAMS[2]).events == LENGTH


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(any_event(), min_size=1, max_size=8))
def test_whatever_was_recorded_is_good(store: EventStore, events: list[Event]) -> None:
    stream = uuid4()
    half = len(events) // 2 + 1
    first = store.append(stream, 0, GENESIS, events[:half], NOON)
    first.positions.result(20)
    if events[half:]:
        store.append(stream, half, first.hash, events[half:], NOON).positions.result(20)

    assert verify(store.database, stream).ok
    assert [recorded.event for recorded in store.load(stream)] == events
    assert verify(store.database).ok
