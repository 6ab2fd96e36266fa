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
from psycopg.conninfo import conninfo_to_dict

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


class Snapshot(msgspec.Struct, frozen=True):
    """The state of a stream at a version, sealed."""

    version: int
    hash: bytes
    sealed: bytes


class Item(msgspec.Struct, frozen=True):
    """Events of one stream, or of two that change together, appended whole or not at all, with what must become true
    at the same moment. `more_keys` are those of other streams than the first event's."""

    events: Sequence[StoredEvent]
    command: CommandRecord | None = None
    claims: Sequence[Claim] = ()
    wrapped_key: bytes | None = None
    more_keys: Sequence[tuple[UUID, bytes]] = ()
    snapshot: Snapshot | None = None

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
    "%b::int[], %b::uuid[], %b::bytea[], "
    "%b::int[], %b::uuid[], %b::bigint[], %b::bytea[], %b::bytea[])"
)

Waiting = tuple[Item, "Future[list[int]]"]


class GroupCommitRecorder(PostgresApplicationRecorder):
    """The library's recorder with our write path; reading is the library's own."""

    def __init__(self, url: str) -> None:
        super().__init__(_datastore(url), events_table_name="events")
        self._url = url
        self._waiting: deque[Waiting] = deque()
        self._size = 0
        self._wake = threading.Condition()
        self._stopping = False
        self._connection: psycopg.Connection[Any] | None = None
        self._writer = threading.Thread(target=self._write, name="group-commit", daemon=True)
        self._writer.start()

    def append(self, item: Item) -> "Future[list[int]]":
        """Queue an item; the future gives its positions, or fails. It can be cancelled until it is being written.

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
        self.datastore.close()

    def _write(self) -> None:
        while (batch := self._take()) is not None:
            self._store(batch)
        self._disconnect()

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
                item, future = entry = self._waiting.popleft()
                marks = {e.originator_id for e in item.events} | {(c.scope, c.digest) for c in item.claims}
                if item.command is not None:
                    marks.add(item.command.id)
                if marks & taken:
                    later.append(entry)
                else:
                    self._size -= len(item.events)
                    if future.set_running_or_notify_cancel():
                        events += len(item.events)
                        batch.append(entry)
                taken |= marks  # also of what stays: nothing overtakes it
            self._waiting.extendleft(reversed(later))
            return batch

    def _store(self, batch: list[Waiting]) -> None:
        """Write a batch and tell everybody what became of theirs. Raises nothing: the writer lives on."""
        try:
            refused, positions = self._append([item for item, _ in batch])
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self._disconnect()
            _fail(batch, OperationalError(str(error)))
        except Exception as error:
            if len(batch) == 1:
                _fail(batch, IntegrityError(str(error)))
            else:  # one item spoilt the batch: the others shall not suffer for it
                for entry in batch:
                    self._store([entry])
        else:
            for index, (item, future) in enumerate(batch):
                if index in refused:
                    future.set_exception(PROBLEMS[refused[index]]())
                else:
                    future.set_result(positions[: len(item.events)])
                    del positions[: len(item.events)]

    def _append(self, items: list[Item]) -> tuple[dict[int, str], list[int]]:
        """Why which items were refused, and the positions of the events of all others, in order."""
        if not items:
            return {}, []
        if self._connection is None:
            self._connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
        row = self._connection.execute(APPEND, _arrays(items), prepare=True, binary=True).fetchone()
        assert row is not None
        return dict(zip(row[0], row[1], strict=True)), row[2]

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _datastore(url: str) -> PostgresDatastore:
    """The library's own way to a database, for its reading methods; it connects when one of them is called."""
    parts = conninfo_to_dict(url)
    named = [str(parts.get(name) or "") for name in ("dbname", "host", "port", "user", "password")]
    return PostgresDatastore(*named, pool_size=0, max_overflow=4, connect_timeout=5)


def _fail(batch: Iterable[Waiting], error: Exception) -> None:
    for _, future in batch:
        future.set_exception(error)


def _arrays(items: list[Item]) -> list[list[Any]]:
    """The columns that `append_events` takes."""
    events = [(n, e) for n, item in enumerate(items) for e in item.events]
    commands = [(n, item.stream, item.command) for n, item in enumerate(items) if item.command]
    claims = [(n, item.stream, claim) for n, item in enumerate(items) for claim in item.claims]
    keys = [(n, item.stream, item.wrapped_key) for n, item in enumerate(items) if item.wrapped_key]
    kept = [(n, item.stream, item.snapshot) for n, item in enumerate(items) if item.snapshot]
    keys += [(n, stream, wrapped) for n, item in enumerate(items) for stream, wrapped in item.more_keys]
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
        [n for n, _, _ in kept],
        [stream for _, stream, _ in kept],
        [s.version for _, _, s in kept],
        [s.hash for _, _, s in kept],
        [s.sealed for _, _, s in kept],
    ]
