"""The event store: streams read and appended, the log read in order."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import StoredEvent

from contracts import chain
from services.case.domain.meta import Event
from services.case.store import mapper
from services.case.store.cipher import StreamKey, Unreadable
from services.case.store.database import Database
from services.case.store.keys import Keys
from services.case.store.mapper import Recorded
from services.case.store.recorder import Claim, CommandRecord, Conflict, GroupCommitRecorder, Item, Snapshot

STREAM = (
    "SELECT originator_version, topic, state, notification_id FROM events "
    "WHERE originator_id = %s AND originator_version > %s ORDER BY originator_version"
)
LOG = (
    "SELECT originator_id, originator_version, topic, state, notification_id FROM events "
    "WHERE notification_id > %s ORDER BY notification_id LIMIT %s"
)
END = "SELECT originator_version, state FROM events WHERE originator_id = %s ORDER BY originator_version DESC LIMIT 1"
OF_TYPES = (
    "SELECT originator_id, originator_version, topic, state, notification_id FROM events "
    "WHERE notification_id > %s AND notification_id <= %s AND topic = ANY (%s) ORDER BY notification_id LIMIT %s"
)

FORGET = "DELETE FROM commands WHERE at < now() - interval '48 hours'"
REMEMBER = "INSERT INTO commands (id, digest, answer, stream) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"


class Answered(msgspec.Struct, frozen=True):
    """A command that was carried out before: what was asked, and the sealed answer."""

    digest: bytes
    answer: bytes
    stream: UUID


class Appended(msgspec.Struct, frozen=True):
    """Where a stream stands after an append that is under way; `positions` comes when it is stored."""

    hash: bytes
    positions: "Future[list[int]]"
    key: StreamKey | None


class Ahead(msgspec.Struct, frozen=True):
    """Events for a stream that stands at `version` with `hash`."""

    stream: UUID
    version: int
    hash: bytes
    events: Sequence[Event]


class EventStore:
    """Everything the application needs of PostgreSQL for events. Reading may block; appending does not."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self.database = database
        self.keys = keys
        self.recorder = GroupCommitRecorder(database.url)

    def close(self) -> None:
        self.recorder.close()

    def load(self, stream: UUID, after: int = 0) -> list[Recorded]:
        """The events of a stream after a version, in order."""
        return [
            mapper.to_recorded(stream, version, type, state, position, self.keys.of)
            for version, type, state, position in self.database.rows(STREAM, [stream, after])
        ]

    def last_of(self, stream: UUID) -> tuple[int, bytes]:
        """Where a stream ends: its last version and hash."""
        row = self.database.row(END, [stream])
        return (row[0], mapper.hash_of(row[1])) if row else (0, chain.GENESIS)

    def read(self, after: int, limit: int) -> list[Recorded]:
        """The log after a position, in commit order."""
        return self._recorded(self.database.rows(LOG, [after, limit]))

    def read_types(self, types: Sequence[str], after: int, limit: int) -> tuple[list[Recorded], int]:
        """The events of some types after a position, in commit order, and the position up to which these are all."""
        head = self.head()
        if head <= after:
            return [], after
        found = self._recorded(self.database.rows(OF_TYPES, [after, head, list(types), limit]))
        return found, found[-1].position if len(found) == limit else head

    def _recorded(self, rows: list[Any]) -> list[Recorded]:
        """Rows of several streams as events."""
        self.keys.look_up({row[0] for row in rows})
        return [
            mapper.to_recorded(stream, version, type, state, position, self.keys.of)
            for stream, version, type, state, position in rows
        ]

    def read_all(self, after: int = 0, batch: int = 1000) -> Iterator[Recorded]:
        while found := self.read(after, batch):
            yield from found
            after = found[-1].position

    def head(self) -> int:
        """The last position of the log, 0 while it is empty."""
        row = self.database.row("SELECT coalesce(max(notification_id), 0) FROM events")
        assert row is not None
        return int(row[0])

    def append(
        self,
        stream: UUID,
        version: int,
        hash: bytes,
        events: Sequence[Event],
        recorded_at: datetime,
        command: CommandRecord | None = None,
        claims: Sequence[Claim] = (),
        personal: bool = True,
        state: bytes | None = None,
    ) -> Appended:
        """Append events after `version`, whose hash is `hash`. An answer in `command` and the stream's new `state` are
        plain; they are sealed here.

        Raises what `GroupCommitRecorder.append` raises, and Conflict where the key that something personal needs was
        destroyed since: what that destroyed it has not been seen yet.
        """
        ahead = Ahead(stream, version, hash, events)
        key, wrapped = self._key_for(ahead) if personal else (None, None)
        rows, hash = _rows(ahead, recorded_at, key)
        if command is not None:
            command = msgspec.structs.replace(command, answer=_kept(command, key))
        kept = None
        if state is not None and key is not None:
            last = version + len(events)
            kept = Snapshot(last, hash, key.seal(state, f"snapshot {last}"))
        positions = self.recorder.append(Item(rows, command, claims, wrapped, snapshot=kept))
        return Appended(hash, positions, key)

    def append_together(
        self, both: Sequence[Ahead], recorded_at: datetime, command: CommandRecord | None = None
    ) -> "Future[list[int]]":
        """Append to two streams, all or nothing; `command` goes with the first. Raises what `append` raises."""
        rows: list[StoredEvent] = []
        fresh: list[tuple[UUID, bytes]] = []
        for ahead in both:
            key, wrapped = self._key_for(ahead)
            rows += _rows(ahead, recorded_at, key)[0]
            fresh += [(ahead.stream, wrapped)] if wrapped else []
            if command is not None and ahead is both[0]:
                command = msgspec.structs.replace(command, answer=_kept(command, key))
        return self.recorder.append(Item(rows, command, more_keys=fresh))

    def _key_for(self, ahead: Ahead) -> tuple[StreamKey | None, bytes | None]:
        """The key of a stream about a person, and its wrapped form if it is new."""
        if ahead.version == 0:
            return self.keys.new(ahead.stream)
        key = self.keys.at_hand(ahead.stream)
        if key is None and any(event.personal is not None for event in ahead.events):
            raise Conflict
        return key, None

    def answered(self, command: UUID) -> Answered | None:
        """What was answered to a command, if it was carried out."""
        row = self.database.row("SELECT digest, answer, stream FROM commands WHERE id = %s", [command])
        return None if row is None else Answered(*row)

    def remember(self, stream: UUID, command: CommandRecord) -> None:
        """That a command changed nothing, so that it changes nothing when it is repeated. Its answer is sealed here."""
        answer = _kept(command, self.keys.of(stream))
        self.database.execute(REMEMBER, [command.id, command.digest, answer, stream])

    def forget_answers(self) -> int:
        """What was answered more than 48 hours ago is asked for by nobody any more. The number of answers."""
        return self.database.execute(FORGET)

    def open_answer(self, command: UUID, answered: Answered) -> bytes | None:
        """The answer in plain; None if its key is destroyed."""
        kind, answer = answered.answer[:1], answered.answer[1:]
        if kind == PLAIN:
            return answer
        key = self.keys.of(answered.stream)
        return None if key is None or kind != SEALED else key.open(answer, f"answer {command}")

    def snapshot(self, stream: UUID) -> tuple[bytes, bytes] | None:
        """The last state kept of a stream, with the hash of its last event; None if there is none to be read."""
        row = self.database.row("SELECT version, hash, sealed FROM snapshots WHERE stream = %s", [stream])
        key = self.keys.of(stream) if row else None
        if row is None or key is None:
            return None
        try:
            return row[1], key.open(row[2], f"snapshot {row[0]}")
        except Unreadable:
            return None

    def position_of(self, stream: UUID, version: int) -> int:
        row = self.database.row(
            "SELECT notification_id FROM events WHERE originator_id = %s AND originator_version = %s", [stream, version]
        )
        return int(row[0]) if row else 0

    def claimed_by(self, scope: str, digest: bytes) -> UUID | None:
        """The stream that holds a claim."""
        row = self.database.row("SELECT stream FROM claims WHERE scope = %s AND digest = %s", [scope, digest])
        return row[0] if row else None


def _rows(ahead: Ahead, recorded_at: datetime, key: StreamKey | None) -> tuple[list[StoredEvent], bytes]:
    """The rows of events, and the hash of the last."""
    stamp, version, hash = chain.stamp(recorded_at), ahead.version, ahead.hash
    rows = []
    for event in ahead.events:
        version += 1
        row, hash = mapper.to_stored(event, ahead.stream, version, hash, stamp, key)
        rows.append(row)
    return rows, hash


PLAIN, SEALED = b"\0", b"\1"  # what a stored answer begins with; one that was erased is empty


def _kept(command: CommandRecord, key: StreamKey | None) -> bytes:
    """An answer as it is stored. Streams without a key, such as those of the erased, say nothing personal."""
    return PLAIN + command.answer if key is None else SEALED + key.seal(command.answer, f"answer {command.id}")
