"""The ledger: what arrives is entered, or refused for its stream, in one transaction with how far was read.

A broken chain or a gap stops its stream: nothing more of it is entered until somebody has looked (`reread`). Others go
on. What comes again does no harm; if it comes again and is not the same, that is found. Records that cannot be read are
reported by their place, never stored: nobody knows what is in them.
"""

import logging
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from contracts.envelope import NotACloudEvent
from services.audit import figures
from services.audit.entry import ACCESS, Broken, Entry, Head, Look, broken, entry_of, look_of

Connection = psycopg.Connection[Any]
LOCK = 0xA0D17  # any number: one audit service writes a ledger, others wait
COLUMNS = "topic, stream, sequence, type, time, position, previous, hash, facts, sealed"
ENTER = f"""
    INSERT INTO entries ({COLUMNS}) SELECT * FROM unnest(%b::text[], %b::uuid[], %b::bigint[], %b::text[], %b::text[],
        %b::bigint[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])
"""  # noqa: S608
HEADS = "SELECT stream, sequence, position, hash, stopped FROM heads WHERE stream = ANY (%b)"
MOVE = """
    INSERT INTO heads (stream, sequence, position, hash, stopped)
    SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::bytea[], %b::text[])
    ON CONFLICT (stream) DO UPDATE SET sequence = excluded.sequence, position = excluded.position,
        hash = excluded.hash, stopped = excluded.stopped
"""
AGAIN = f"""
    SELECT {COLUMNS} FROM entries JOIN unnest(%b::uuid[], %b::bigint[]) AS again (s, n) ON stream = s AND sequence = n
"""  # noqa: S608
FIND = "INSERT INTO findings (kind, stream, sequence, place, reason) VALUES (%s, %s, %s, %s, %s)"
LOOKS = (
    "INSERT INTO looks (stream, sequence, ref, time, person, role, org, what) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)
PLACE = "INSERT INTO places VALUES (%s, %s) ON CONFLICT (source) DO UPDATE SET place = excluded.place"

log = logging.getLogger(__name__)


class Arrived(msgspec.Struct, frozen=True):
    """A record from a source: an event, or why it is none."""

    topic: str
    place: str
    event: dict[str, Any] | str


class Finding(msgspec.Struct, frozen=True):
    kind: str
    stream: UUID | None
    sequence: int | None
    place: str
    reason: str


def prepare(connection: Connection) -> None:
    """Make what is missing of the schema. Any number of processes may start at once."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + 1])
        connection.execute(resources.files(__package__ or "services.audit").joinpath("ledger.sql").read_bytes())


def is_active(connection: Connection) -> bool:
    """Whether this connection is the one that writes the ledger; it stays so until it is closed."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    return bool(row and row[0])


def places(connection: Connection) -> dict[str, int]:
    """Up to where each source was read."""
    return dict(connection.execute("SELECT source, place FROM places").fetchall())


def enter(connection: Connection, arrived: Sequence[Arrived], read: dict[str, int]) -> list[Finding]:
    """Enter what follows, report what does not, and remember up to where the sources were read."""
    batch = _Batch()
    with connection.transaction():
        readable = list(batch.readable(arrived))
        batch.heads = _heads(connection, {entry.stream for _, entry in readable})
        for one, entry in readable:
            batch.take(one, entry)
        batch.compare(entered(connection, [entry for _, entry in batch.again]))
        batch.write(connection)
        connection.cursor().executemany(PLACE, list(read.items()))
    figures.ENTERED.inc(len(batch.fresh))
    report(batch.findings)
    return batch.findings


def report(findings: Iterable[Finding]) -> None:
    """Say it where operators look: the process log and the figures. The table has it already."""
    for found in findings:
        figures.FOUND.labels(found.kind).inc()
        log.error("%s: %s %s %s: %s", found.kind, found.place, found.stream, found.sequence, found.reason)


def find(connection: Connection, findings: Sequence[Finding]) -> None:
    rows = [(f.kind, f.stream, f.sequence, f.place, f.reason) for f in findings]
    connection.cursor().executemany(FIND, rows)


class _Batch:
    """Records on their way into the ledger."""

    def __init__(self) -> None:
        self.heads: dict[UUID, Head] = {}
        self.fresh: dict[tuple[UUID, int], Entry] = {}
        self.again: list[tuple[Arrived, Entry]] = []
        self.looks: list[tuple[Entry, Look]] = []
        self.moved: set[UUID] = set()
        self.findings: list[Finding] = []

    def readable(self, arrived: Iterable[Arrived]) -> Iterable[tuple[Arrived, Entry]]:
        for one in arrived:
            try:
                if isinstance(one.event, str):
                    raise NotACloudEvent(one.event)
                yield one, entry_of(one.topic, one.event)
            except NotACloudEvent as why:
                self.findings.append(Finding("malformed", None, None, one.place, str(why)))

    def take(self, one: Arrived, entry: Entry) -> None:
        head = self.heads.get(entry.stream, Head())
        if entry.sequence <= head.sequence:
            self.again.append((one, entry))
        elif head.stopped is None:
            wrong = broken(head, entry)
            if wrong is not None:
                self.stop(one, entry, wrong)
                return
            self.heads[entry.stream] = Head(entry.sequence, entry.position, entry.hash)
            self.moved.add(entry.stream)
            self.fresh[entry.stream, entry.sequence] = entry
            if one.topic == ACCESS and isinstance(one.event, dict):
                self.looks.append((entry, look_of(one.event)))

    def compare(self, entered: dict[tuple[UUID, int], Entry]) -> None:
        """What has come again must be what came before."""
        for one, entry in self.again:
            key = entry.stream, entry.sequence
            if entry != (self.fresh.get(key) or entered.get(key)):
                self.stop(one, entry, Broken("changed", "came before and was not the same"))

    def stop(self, one: Arrived, entry: Entry, wrong: Broken) -> None:
        head = self.heads.get(entry.stream, Head())
        if head.stopped is None:
            self.heads[entry.stream] = msgspec.structs.replace(head, stopped=wrong.reason)
            self.moved.add(entry.stream)
            self.findings.append(Finding(wrong.kind, entry.stream, entry.sequence, one.place, wrong.reason))

    def write(self, connection: Connection) -> None:
        if self.fresh:
            rows = [msgspec.structs.astuple(entry) for entry in self.fresh.values()]
            connection.execute(ENTER, [list(column) for column in zip(*rows, strict=True)])
        if self.moved:
            heads = [(stream, *msgspec.structs.astuple(self.heads[stream])) for stream in self.moved]
            connection.execute(MOVE, [list(column) for column in zip(*heads, strict=True)])
        looks = [(e.stream, e.sequence, k.ref, e.time, k.person, k.role, k.org, k.what) for e, k in self.looks]
        connection.cursor().executemany(LOOKS, looks)
        find(connection, self.findings)


def _heads(connection: Connection, streams: set[UUID]) -> dict[UUID, Head]:
    rows = connection.execute(HEADS, [list(streams)]).fetchall() if streams else []
    return {stream: Head(*head) for stream, *head in rows}


def entered(connection: Connection, again: Sequence[Entry]) -> dict[tuple[UUID, int], Entry]:
    """What the ledger has at the places of these entries."""
    if not again:
        return {}
    keys = [[entry.stream for entry in again], [entry.sequence for entry in again]]
    rows = [Entry(*row) for row in connection.execute(AGAIN, keys).fetchall()]
    return {(entry.stream, entry.sequence): entry for entry in rows}
