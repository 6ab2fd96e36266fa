"""Checkpoints of the log (contracts/checkpoint.py): made by a follower, kept, countersigned by an auditor.

They show what a chain cannot: that the end of a stream was cut off, or that a whole stream is gone.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts import chain
from contracts.checkpoint import COUNTERSIGNED, Statement, leaf, read_statement, root
from services.case.store.database import Database
from services.case.store.mapper import Row

READER = "checkpoints"
BATCH = 5_000  # events followed in a transaction
EVERY = 60.0  # seconds from one checkpoint to the next, where anything has happened
MANY = 1_000  # events after which it is not waited so long
SOONEST = 5.0  # seconds after the last; each looks at every stream there is
NONE = "0" * 64

PLACE = "SELECT position FROM reader_positions WHERE reader = 'checkpoints' FOR UPDATE"
MOVE = "UPDATE reader_positions SET position = %s WHERE reader = 'checkpoints'"
LOG = (
    "SELECT notification_id, originator_id, originator_version, state FROM events "
    "WHERE notification_id > %s ORDER BY notification_id LIMIT %s"
)
ENDS = """
    INSERT INTO stream_heads (stream, version, hash) SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[])
    ON CONFLICT (stream) DO UPDATE SET version = excluded.version, hash = excluded.hash
"""
HEADS = "SELECT stream, version, hash FROM stream_heads ORDER BY stream"
COLUMNS = "position, statement, key, signature, countersigner, countersignature"
LAST = f"SELECT {COLUMNS} FROM checkpoints ORDER BY position DESC LIMIT 1"  # noqa: S608
AFTER = f"SELECT {COLUMNS} FROM checkpoints WHERE position > %s ORDER BY position LIMIT %s"  # noqa: S608
WITNESSED = f"SELECT {COLUMNS} FROM checkpoints WHERE countersigner <> '' ORDER BY position DESC LIMIT 1"  # noqa: S608
ONE = f"SELECT {COLUMNS} FROM checkpoints WHERE position = %s"  # noqa: S608
KEEP = "INSERT INTO checkpoints (position, statement, key, signature) VALUES (%s, %s, %s, %s)"
SIGN = """
    UPDATE checkpoints SET countersigner = %s, countersignature = %s
    WHERE position = %s AND countersigner IN ('', %s)
"""
Connection = psycopg.Connection[Any]


class Checkpoint(msgspec.Struct, frozen=True):
    """A statement with its signature, and that of an auditor, "" until there is one."""

    position: int
    statement: str
    key: str
    signature: str
    countersigner: str = ""
    countersignature: str = ""

    @property
    def states(self) -> Statement:
        """Raises NotACheckpoint."""
        return read_statement(self.statement)


class Checkpointing:
    """Makes them with the key of that seed; `work` is a follower's. Without a seed it makes none."""

    def __init__(self, seed: bytes, now: Callable[[], datetime]) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed) if seed else None
        self._now = now
        self._last = 0.0

    @property
    def public_key(self) -> str:
        """In hexadecimal digits; "" without a seed."""
        return self._key.public_key().public_bytes_raw().hex() if self._key else ""

    def sign(self, text: bytes) -> str:
        """The signature of something that is handed out, in hexadecimal digits; "" without a seed."""
        return self._key.sign(text).hex() if self._key else ""

    def work(self, connection: Connection) -> bool:
        """Follow the log one batch on; at its end, state what it is if it is time to."""
        with connection.transaction():
            followed = self._follow(connection)
        if followed < BATCH and self._key is not None:
            since = self._since(connection)
            if since and time.monotonic() - self._last > (SOONEST if since >= MANY else EVERY):
                self.state(connection)
        return followed == BATCH

    def state(self, connection: Connection) -> Checkpoint | None:
        """A checkpoint of the log as it is now: a new one, or the last if nothing has happened since. None without a
        key, or while the log is empty."""
        self._last = time.monotonic()
        with connection.transaction():
            connection.execute("SET LOCAL synchronous_commit = on")  # whoever has seen it must find it again
            while self._follow(connection) == BATCH:
                pass
            position = _one(connection, PLACE)
            last = _checkpoint(connection)
            if position == (last.position if last else 0) or self._key is None:
                return last
            heads = connection.execute(HEADS, binary=True).fetchall()
            statement = Statement(
                position,
                sum(version for _, version, _ in heads),
                len(heads),
                root(leaf(*head) for head in heads).hex(),
                last.states.digest if last else NONE,
                chain.stamp(self._now()),
            )
            signature = self._key.sign(statement.text.encode()).hex()
            made = Checkpoint(position, statement.text, self.public_key, signature)
            connection.execute(KEEP, [position, made.statement, made.key, made.signature])
            return made

    def _follow(self, connection: Connection) -> int:
        """Where streams end after the next batch of the log; how many events that was."""
        rows = connection.execute(LOG, [_one(connection, PLACE), BATCH], binary=True).fetchall()
        if rows:
            ends = {stream: (version, _hash(state)) for _, stream, version, state in rows}
            versions, hashes = zip(*ends.values(), strict=True)
            connection.execute(ENDS, [list(ends), list(versions), list(hashes)])
            connection.execute(MOVE, [rows[-1][0]])
        return len(rows)

    def _since(self, connection: Connection) -> int:
        """How many positions the log has after the last checkpoint."""
        last = _checkpoint(connection)
        row = connection.execute("SELECT position FROM reader_positions WHERE reader = 'checkpoints'").fetchone()
        return (int(row[0]) if row else 0) - (last.position if last else 0)


def _hash(state: bytes) -> bytes:
    """Of a row. One that cannot be read has none: what it was is not for a checkpoint to say."""
    try:
        return msgspec.msgpack.decode(state, type=Row).hash
    except msgspec.MsgspecError:
        return bytes(32)


def _one(connection: Connection, statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None  # the migrations see to it
    return int(row[0])


def _checkpoint(connection: Connection) -> Checkpoint | None:
    row = connection.execute(LAST.encode()).fetchone()
    return Checkpoint(*row) if row else None


def checkpoints(database: Database, after: int, limit: int) -> list[Checkpoint]:
    """Those of positions after one, in order."""
    return [Checkpoint(*row) for row in database.rows(AFTER, [after, limit])]


def checkpoint_at(database: Database, position: int) -> Checkpoint | None:
    row = database.row(ONE, [position])
    return Checkpoint(*row) if row else None


def last_countersigned(database: Database) -> Checkpoint | None:
    """The last that an auditor's signature stands under, which is for the caller to check."""
    row = database.row(WITNESSED, [])
    return Checkpoint(*row) if row else None


def countersign(database: Database, checkpoint: Checkpoint, key: str, signature: str) -> bool:
    """Keep an auditor's signature; False where another auditor's is there already."""
    return database.execute(SIGN, [key, signature, checkpoint.position, key]) == 1


def is_signed(text: bytes, key: str, signature: str) -> bool:
    """Whether the Ed25519 signature of a text is that of the key, both in hexadecimal digits."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_countersigned(checkpoint: Checkpoint, key: str, signature: str) -> bool:
    return is_signed(COUNTERSIGNED + checkpoint.statement.encode(), key, signature)
