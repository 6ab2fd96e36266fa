"""Streams that are held: put in, listed, released in order."""

import contextlib
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from services.case.outbox.admission import UNKNOWN, fault_of
from services.case.outbox.owners import Owners
from services.case.outbox.turns import Row
from services.case.store.database import Database
from services.case.store.mapper import Recorded

# A stream is held once at a time, from the earliest event that was refused.
HOLD = """
    INSERT INTO held_streams (stream, position, version, type, why, since) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (stream) WHERE released IS NULL DO UPDATE
    SET position = excluded.position, version = excluded.version, type = excluded.type, why = excluded.why
    WHERE excluded.position < held_streams.position
"""
SWALLOW = "DELETE FROM held_streams WHERE stream = %s AND released IS NULL"
HOLD_AGAIN = "UPDATE held_streams SET released = NULL, why = %s WHERE stream = %s AND released = %s"
HELD = """
    SELECT h.stream, h.version, h.type, h.why, h.since,
        (SELECT count(*) FROM events e WHERE e.originator_id = h.stream AND e.notification_id >= h.position)
    FROM held_streams h WHERE h.released IS NULL ORDER BY h.since, h.position
"""
WAITING = """
    SELECT e.notification_id, true, e.originator_id, e.originator_version, e.topic, e.state, e.notification_id
    FROM held_streams h JOIN events e ON e.originator_id = h.stream AND e.notification_id >= h.position
    WHERE h.stream = %s AND h.released IS NULL AND e.originator_version > %s ORDER BY e.originator_version
"""
RELEASE = """
    UPDATE held_streams SET released = nextval(pg_get_serial_sequence('events', 'notification_id'))
    WHERE stream = %s AND released IS NULL
"""

log = logging.getLogger(__name__)


class Held(msgspec.Struct, frozen=True):
    """A stream that waits, for which of its events and why, and how many wait."""

    stream: UUID
    version: int
    type: str
    why: str
    since: datetime
    waiting: int


class NotHeld(Exception):
    """The stream is not held."""


class StillRefused(Exception):
    """An event of the stream cannot be published yet; the message says which and why."""


def hold(connection: psycopg.Connection[Any], place: int, event: Row | Recorded, why: str, at: datetime) -> None:
    """Hold a stream from an event on, whose turn was at `place`. In the caller's transaction."""
    connection.execute("SET LOCAL synchronous_commit = on")  # nobody may pass what a crash would take back
    if place == event.position:
        connection.execute(HOLD, [event.stream, event.position, event.version, event.type, why, at])
    else:  # it was held before, and released too early; what is held of it since waits behind
        connection.execute(SWALLOW, [event.stream])
        connection.execute(HOLD_AGAIN, [why, event.stream, place])
    said = "stream %s is held: version %s, %s, cannot be published: %s"
    log.warning(said, event.stream, event.version, event.type, why)


def held(database: Database) -> list[Held]:
    """All that wait, the longest first."""
    return [Held(*row) for row in database.rows(HELD)]


def release(database: Database, owners: Owners, stream: UUID) -> int:
    """Let what waits of a stream have its turn, in order, all of it; how many events that are. Raises NotHeld,
    StillRefused.

    Whoever reads the outbox either sees the release, or nothing of the log that comes after it: nobody appends between.
    """
    with database.connection() as connection, connection.transaction():
        waiting = _may_go(connection, owners, stream, 0)
        if not waiting:
            raise NotHeld
        connection.execute("LOCK TABLE events IN EXCLUSIVE MODE")
        late = _may_go(connection, owners, stream, waiting[-1].version)
        connection.execute(RELEASE, [stream])
        connection.execute("NOTIFY events")
        return len(waiting) + len(late)


def release_known(database: Database, owners: Owners) -> None:
    """Release what an older version held because it did not know it, and this one does."""
    for one in held(database):
        if one.why == UNKNOWN:
            with contextlib.suppress(StillRefused, NotHeld):
                release(database, owners, one.stream)


def _may_go(connection: psycopg.Connection[Any], owners: Owners, stream: UUID, after: int) -> Sequence[Row]:
    rows = [Row(*row) for row in connection.execute(WAITING, [stream, after])]
    for row in rows:
        fault = fault_of(row, owners.of({stream: row.type}).get(stream))
        if fault:
            raise StillRefused(f"version {row.version}, {row.type}: {fault}")
    return rows
