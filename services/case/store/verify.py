"""Recomputes hash chains from what is stored, trusting nothing but the rows, and compares with the last checkpoint."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from contracts.chain import GENESIS
from services.case.store.database import Database
from services.case.store.mapper import broken_link
from services.case.store.stated import Stated

ROWS = """
    SELECT originator_id, originator_version, topic, state, notification_id FROM events
    WHERE %(stream)s::uuid IS NULL OR originator_id = %(stream)s ORDER BY originator_id, originator_version
"""
COUNT = "SELECT count(*) FROM events WHERE %(stream)s::uuid IS NULL OR originator_id = %(stream)s"


class FirstBad(msgspec.Struct, frozen=True):
    """Where only the log as a whole is known to be another, there is no stream, and `version` is the position that the
    checkpoint states."""

    stream: UUID | None
    version: int
    reason: str


class Verified(msgspec.Struct, frozen=True):
    ok: bool
    events: int
    streams: int
    first_bad: FirstBad | None = None
    checkpoints: int = 0


def verify(
    database: Database,
    only: UUID | None = None,
    progress: Callable[[int, int], None] = lambda n, of: None,
    key: str = "",
) -> Verified:
    """Every stream, or one. The first bad event in order of stream and version. `key`: the public key by which the last
    checkpoint must be signed, where it is known."""
    wanted: dict[str, Any] = {"stream": only}
    events = streams = 0
    first_bad: FirstBad | None = None
    current: UUID | None = None
    previous, expected, last = GENESIS, 1, 0
    row = database.row(COUNT, wanted)
    total = int(row[0]) if row else 0
    with database.connection() as connection, connection.transaction(), connection.cursor("verify") as cursor:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        stated = Stated(connection, key)
        cursor.itersize = 2000
        cursor.execute(ROWS.encode(), wanted)
        for stream, version, type, state, position in cursor:
            if stream != current:
                current, previous, expected, last, streams = stream, GENESIS, 1, 0, streams + 1
            events += 1
            hash, wrong = _look(stream, version, type, state, previous)
            if version != expected:
                wrong = f"version {expected} is missing"
            elif position <= last and not wrong:
                wrong = "is not at the place in the log at which it was recorded"
            if wrong and first_bad is None:
                first_bad = FirstBad(stream, version, wrong)
            stated.see(stream, version, hash, position)
            previous, expected, last = hash, version + 1, position
            if events % 2000 == 0:
                progress(events, total)
    if first_bad is None and (other := stated.wrong(only)):
        first_bad = FirstBad(*other)
    return Verified(first_bad is None, events, streams, first_bad, stated.checkpoints)


def _look(stream: UUID, version: int, type: str, state: bytes, previous: bytes) -> tuple[bytes, str]:
    try:
        return broken_link(stream, version, type, state, previous)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return previous, "cannot be read"
