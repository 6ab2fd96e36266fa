"""Items to append, and a way to make several of them one batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import StoredEvent

from services.case.store.recorder import Item
from tests.store.embedding import until

STATE = b"s" * 600
WAITING_WRITERS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%append_events%'
"""


def item(stream: UUID | None = None, after: int = 0, events: int = 1, topic: str = "a.b.v1", **more: Any) -> Item:
    """`events` events of a stream, after a version."""
    stream = stream or uuid4()
    return Item([StoredEvent(stream, after + n, topic, STATE) for n in range(1, events + 1)], **more)


def stored(url: str) -> list[tuple[UUID, int, int]]:
    """Stream, version and position of all events, in order of position."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT originator_id, originator_version, notification_id FROM events ORDER BY notification_id"
        ).fetchall()


class Stopper:
    """Holds up every writer: what is appended meanwhile gathers."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def held_up(self) -> int:
        """The backend of a writer that waits in the middle of its batch."""
        with psycopg.connect(self._connection.info.dsn, autocommit=True) as looking:
            return int(until(lambda: looking.execute(WAITING_WRITERS).fetchone(), "a writer to wait")[0])


@contextmanager
def held_up(url: str) -> Iterator[Stopper]:
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE events IN EXCLUSIVE MODE")
        yield Stopper(connection)
