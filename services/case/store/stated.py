"""What is stored against what was stated of it: the last checkpoint, and where streams ended when it was made."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from contracts.checkpoint import NotACheckpoint, Statement, leaf, root
from services.case.store.checkpoints import AFTER, HEADS, NONE, Checkpoint, is_signed

PLACE = "SELECT position FROM reader_positions WHERE reader = 'checkpoints'"
ALL = 2**31 - 1
WHEN = "when the log was last looked at"


class Stated:
    """`see` every event in order of stream and version, then ask what is `wrong`."""

    def __init__(self, connection: psycopg.Connection[Any], key: str = "") -> None:
        """`key`: the public key that must have signed the last checkpoint; without one, the key that it names."""
        self._checkpoints = [Checkpoint(*row) for row in connection.execute(AFTER.encode(), [0, ALL]).fetchall()]
        self._ends = {stream: (version, bytes(hash)) for stream, version, hash in connection.execute(HEADS)}
        row = connection.execute(PLACE).fetchone()
        self._followed = int(row[0]) if row else 0
        self._key = key
        self._upto = self._checkpoints[-1].position if self._checkpoints else 0
        self._heads: list[tuple[UUID, int, bytes]] = []  # of streams as the last checkpoint must have them
        self._last: tuple[UUID, int, bytes] | None = None  # where the stream under way ended when it was followed
        self._other: list[tuple[UUID, int, str]] = []

    @property
    def checkpoints(self) -> int:
        return len(self._checkpoints)

    def see(self, stream: UUID, version: int, hash: bytes, position: int) -> None:
        if self._last is not None and self._last[0] != stream:
            self._end()
        if position <= self._upto:
            if self._heads and self._heads[-1][0] == stream:
                self._heads.pop()
            self._heads.append((stream, version, hash))
        if position <= self._followed:
            self._last = stream, version, hash

    def _end(self) -> None:
        """Of the stream under way: it must end where it did."""
        if self._last is None:
            return
        stream, version, hash = self._last
        self._last = None
        said = self._ends.pop(stream, (0, b""))
        if said[0] > version:
            self._other.append((stream, version + 1, f"was there {WHEN}"))
        elif said[0] < version:
            self._other.append((stream, said[0] + 1, f"was not there {WHEN}"))
        elif said[1] != hash:
            self._other.append((stream, version, f"is not what it was {WHEN}"))

    def wrong(self, only: UUID | None = None) -> tuple[UUID | None, int, str] | None:
        """Stream, version and what is wrong; no stream where only the whole is known to be another. Of one stream
        (`only`) it says whether it ends where it did."""
        self._end()
        gone = [(stream, 1, f"was there {WHEN}") for stream in self._ends]
        other = [found for found in (*self._other, *gone) if only in (None, found[0])]
        if other:
            return min(other)
        return None if only else self._badly_stated()

    def _badly_stated(self) -> tuple[None, int, str] | None:
        before = NONE
        for checkpoint in self._checkpoints:
            try:
                statement = checkpoint.states
            except NotACheckpoint:
                return None, checkpoint.position, "this checkpoint cannot be read"
            if not is_signed(checkpoint.statement.encode(), checkpoint.key, checkpoint.signature):
                return None, checkpoint.position, "this checkpoint is not what was signed"
            if (statement.position, statement.previous) != (checkpoint.position, before):
                return None, checkpoint.position, "this checkpoint does not follow the one before it"
            before = statement.digest
        if self._checkpoints and self._key not in ("", self._checkpoints[-1].key):
            return None, self._upto, "this checkpoint is signed with another key than ours"
        if self._checkpoints and not _states(statement, self._heads):
            return None, self._upto, "the log is not what this checkpoint states"
        return None


def _states(statement: Statement, heads: Sequence[tuple[UUID, int, bytes]]) -> bool:
    events = sum(version for _, version, _ in heads)
    found = root(leaf(*head) for head in heads).hex()
    return (events, len(heads), found) == (statement.events, statement.streams, statement.root)
