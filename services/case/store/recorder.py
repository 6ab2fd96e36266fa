"""Group commit under the contract of the eventsourcing library's recorder.

Callers hand over items; one thread per process writes all that wait in one transaction (`append_events` in the
migrations), while the next batch gathers. No timer: a lone caller waits for nobody.
"""

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

BATCH = 500  # events in a transaction at most
QUEUE = 4_000  # events that may wait before callers are turned away


class CommandRecord(msgspec.Struct, frozen=True):
    """That a command was carried out: its id, what was asked (digest), what was answered (sealed)."""

    id: UUID
    digest: bytes
    answer: bytes


class Claim(msgspec.Struct, frozen=True):
    """What only one stream may hold, taken (`hold`) or given up."""

    scope: str
    digest: bytes
    hold: bool = True


class Item(msgspec.Struct, frozen=True):
    """Events of one stream, appended whole or not at all, with what must become true at the same moment."""

    events: Sequence[StoredEvent]
    command: CommandRecord | None = None
    claims: Sequence[Claim] = ()
    wrapped_key: bytes | None = None

    @property
    def stream(self) -> Any:
        return self.events[0].originator_id


class Conflict(IntegrityError):
    """Somebody else wrote this version of the stream first."""


class Repeated(IntegrityError):
    """This command was carried out before."""


class Claimed(IntegrityError):
    """Another stream holds what this one claims."""


class Busy(Exception):
    """Too much is waiting to be written; try again in a moment."""


class Stopped(OperationalError):
    """The writer has been closed."""


PROBLEMS = {"conflict": Conflict, "repeated": Repeated, "claimed": Claimed}

APPEND = (
    "SELECT bad, problems, positions FROM append_events("
    "%b::int[], %b::uuid[], %b::bigint[], %b::text[], %b::bytea[], "
    "%b::int[], %b::uuid[], %b::bytea[], %b::bytea[], %b::uuid[], "
    "%b::int[], %b::text[], %b::bytea[], %b::uuid[], %b::bool[], "
    "%b::int[], %b::uuid[], %b::bytea[])"
)

Waiting = tuple[Item, "Future[list[int]]"]


class GroupCommitRecorder(PostgresApplicationRecorder):
    """The library's recorder with our write path; reading is the library's own."""

    def __init__(self, datastore: PostgresDatastore, url: str) -> None:
        super().__init__(datastore, events_table_name="events")
        self._url = url
        self._waiting: deque[Waiting] = deque()
        self._size = 0
        self._wake = threading.Condition()
        self._stopping = False
        self._writer = threading.Thread(target=self._write, name="group-commit", daemon=True)
        self._writer.start()

    def append(self, item: Item) -> "Future[list[int]]":
        """Queue an item; the future gives its positions, or fails.

        Conflict, Repeated, Claimed: nothing of the item was stored. OperationalError: the connection was lost and the
        outcome is unknown; look for the command. Raises Busy at once when the queue is full.
        """
        future: Future[list[int]] = Future()
        with self._wake:
            if self._stopping:
                raise Stopped
            if self._size + len(item.events) > QUEUE and self._waiting:
                raise Busy
            self._waiting.append((item, future))
            self._size += len(item.events)
            self._wake.notify()
        return future

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The library's door: waits until stored."""
        if not stored_events:
            return None
        return self.append(Item(stored_events)).result()

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._writer.join(10)

    def _write(self) -> None:
        connection: psycopg.Connection[Any] | None = None
        while (batch := self._take()) is not None:
            try:
                if connection is None or connection.closed:
                    connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
                self._write_batch(connection, batch)
            except psycopg.Error as error:
                lost = connection is None or connection.broken
                if not lost and len(batch) > 1:
                    self._one_by_one(connection, batch)
                    continue
                failure = OperationalError(str(error)) if lost else IntegrityError(str(error))
                _fail(batch, failure)
                if lost:
                    connection = None
            except Exception as error:
                _fail(batch, error)

    def _take(self) -> list[Waiting] | None:
        """Wait for work; at most one item per stream, command and claim, the rest stays for the next batch."""
        with self._wake:
            while not self._waiting:
                if self._stopping:
                    return None
                self._wake.wait()
            batch: list[Waiting] = []
            later: list[Waiting] = []
            taken: set[Any] = set()
            events = 0
            while self._waiting and events < BATCH:
                item, _ = entry = self._waiting.popleft()
                marks = {e.originator_id for e in item.events} | {(c.scope, c.digest) for c in item.claims}
                if item.command is not None:
                    marks.add(item.command.id)
                if marks & taken:
                    later.append(entry)
                    continue
                taken |= marks
                events += len(item.events)
                batch.append(entry)
            self._waiting.extendleft(reversed(later))
            self._size -= events
            return batch

    def _write_batch(self, connection: Any, batch: list[Waiting]) -> None:
        bad, problems, positions = connection.execute(
            APPEND, _arrays([item for item, _ in batch]), prepare=True, binary=True
        ).fetchone()
        refused = dict(zip(bad, problems, strict=True))
        start = 0
        for index, (item, future) in enumerate(batch):
            if index in refused:
                future.set_exception(PROBLEMS[refused[index]]())
            else:
                end = start + len(item.events)
                future.set_result(positions[start:end])
                start = end

    def _one_by_one(self, connection: Any, batch: list[Waiting]) -> None:
        """One item spoilt the batch: the others shall not suffer for it."""
        for entry in batch:
            try:
                self._write_batch(connection, [entry])
            except psycopg.Error as error:
                kind = OperationalError if connection.broken else IntegrityError
                _fail([entry], kind(str(error)))


def _fail(batch: Iterable[Waiting], error: Exception) -> None:
    for _, future in batch:
        future.set_exception(error)


def _arrays(items: list[Item]) -> list[list[Any]]:
    """The columns that `append_events` takes."""
    events = [(n, e) for n, item in enumerate(items) for e in item.events]
    commands = [(n, item.stream, item.command) for n, item in enumerate(items) if item.command]
    claims = [(n, item.stream, claim) for n, item in enumerate(items) for claim in item.claims]
    keys = [(n, item.stream, item.wrapped_key) for n, item in enumerate(items) if item.wrapped_key]
    return [
        [n for n, _ in events],
        [e.originator_id for _, e in events],
        [e.originator_version for _, e in events],
        [e.topic for _, e in events],
        [e.state for _, e in events],
        [n for n, _, _ in commands],
        [c.id for _, _, c in commands],
        [c.digest for _, _, c in commands],
        [c.answer for _, _, c in commands],
        [stream for _, stream, _ in commands],
        [n for n, _, _ in claims],
        [c.scope for _, _, c in claims],
        [c.digest for _, _, c in claims],
        [stream for _, stream, _ in claims],
        [c.hold for _, _, c in claims],
        [n for n, _, _ in keys],
        [stream for _, stream, _ in keys],
        [wrapped for _, _, wrapped in keys],
    ]
