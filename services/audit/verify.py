"""Compares three things: the ledger with itself, with what the case service holds now, and with its checkpoints.

The case service is asked through the feed, as any subscriber is: what it serves is made from the rows that it stores.
"""

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

import msgspec

from contracts.envelope import NotACloudEvent, from_json
from services.audit.case_api import CaseApi, Served
from services.audit.checkpoints import Behind, NotBorneOut, compare, signed_statement
from services.audit.entry import Entry, Head, broken, entry_of
from services.audit.feed import TOPICS, name
from services.audit.ledger import COLUMNS, Connection, entered, places

BATCH = 2_000
LEDGER = f"SELECT {COLUMNS} FROM entries ORDER BY stream, sequence"  # noqa: S608
UPTO = "SELECT coalesce(max(position), 0) FROM entries"
HEADS = "SELECT stream, sequence, position, hash FROM heads"
CHECKPOINTS = "SELECT position, statement, key, signature FROM checkpoints ORDER BY position"

Progress = Callable[[int], None]


class Difference(msgspec.Struct, frozen=True):
    """The first event that is not the same on both sides, or a checkpoint; `reason` says how."""

    stream: UUID | None
    sequence: int | None
    position: int
    reason: str


class Verified(msgspec.Struct, frozen=True):
    """`behind`: events that the case service has and the ledger has not been told of yet."""

    ok: bool
    entries: int
    streams: int
    behind: int = 0
    checkpoints: int = 0
    first_difference: Difference | None = None


def in_itself(connection: Connection, progress: Progress = lambda done: None) -> tuple[int, Difference | None]:
    """Every link of the ledger, and that it says of each stream where it ends; how many entries there are."""
    heads = {stream: Head(*head) for stream, *head in connection.execute(HEADS)}
    found: list[Difference] = []
    done, current, head = 0, None, Head()
    with connection.transaction(), connection.cursor("ledger") as cursor:
        cursor.itersize = BATCH
        cursor.execute(LEDGER)
        for row in cursor:
            entry = Entry(*row)
            if entry.stream != current:
                found += _ended(current, head, heads)
                current, head = entry.stream, Head()
            wrong = broken(head, entry)
            if wrong is not None:
                found.append(_at(entry, f"in the ledger itself: {wrong.reason}"))
            head = Head(entry.sequence, entry.position, entry.hash)
            done += 1
            if done % BATCH == 0:
                progress(done)
    found += _ended(current, head, heads)
    found += [
        Difference(stream, 1, head.position, "is gone from the ledger")
        for stream, head in heads.items()
        if head.sequence
    ]
    return done, _first(found)


def _ended(stream: UUID | None, head: Head, heads: dict[UUID, Head]) -> list[Difference]:
    """Whether the stream ends where the ledger has it; those that were looked at are taken out."""
    if stream is None or heads.pop(stream, Head()) == head:
        return []
    return [Difference(stream, head.sequence + 1, head.position, "the ledger does not end where it did")]


def with_store(
    connection: Connection, api: CaseApi, progress: Progress = lambda done: None
) -> tuple[int, Difference | None]:
    """The ledger against all that the case service serves; how many events are not in the ledger yet."""
    upto = int((connection.execute(UPTO).fetchone() or (0,))[0])
    heads = {stream: Head(*head) for stream, *head in connection.execute(HEADS)}
    comparing, read = Comparing(connection), places(connection)
    done = 0
    for authority in api.authorities:
        for topic in TOPICS:
            for records in _served(api, authority, topic):
                comparing.take(topic, records, max(upto, read.get(name(authority, topic), 0)))
                done += len(records)
                progress(done)
    return comparing.behind, _first([*comparing.found, *comparing.missing(heads)])


def _served(api: CaseApi, authority: str, topic: str) -> Iterator[list[bytes]]:
    after = 0
    while True:
        records, following = api.feed(authority, topic, after)
        if following == after:
            return
        after = following
        yield records


class Comparing:
    """What a source serves now, against the ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last: dict[UUID, int] = {}  # up to which version each stream was served without a gap
        self.found: list[Difference] = []
        self.behind = 0

    def take(self, topic: str, records: Iterable[bytes], upto: int) -> None:
        """Records of a topic, which the ledger has read up to a position."""
        served = []
        for record in records:
            try:
                served.append(entry_of(topic, from_json(record)))
            except NotACloudEvent as why:
                self.found.append(Difference(None, None, 0, f"the case service serves what cannot be read: {why}"))
        known = entered(self._connection, served)
        for entry in served:
            ours = known.get((entry.stream, entry.sequence))
            if ours is None:
                self._unknown(entry, upto)
            elif ours != entry:
                self.found.append(_at(ours, "is not what was published"))
            if entry.sequence == self._last.get(entry.stream, 0) + 1:
                self._last[entry.stream] = entry.sequence

    def _unknown(self, entry: Entry, upto: int) -> None:
        if entry.position <= upto:
            self.found.append(_at(entry, "is not in the ledger"))
        else:
            self.behind += 1

    def missing(self, heads: dict[UUID, Head]) -> Iterator[Difference]:
        """What the ledger has and was not served."""
        for stream, head in heads.items():
            served = self._last.get(stream, 0)
            if served < head.sequence:
                position = self._position(stream, served + 1)
                yield Difference(stream, served + 1, position, "is in the ledger and not in the store")

    def _position(self, stream: UUID, sequence: int) -> int:
        statement = "SELECT position FROM entries WHERE stream = %s AND sequence = %s"
        row = self._connection.execute(statement, [stream, sequence]).fetchone()
        return int(row[0]) if row else 0


def with_checkpoints(connection: Connection, api: CaseApi) -> tuple[int, Difference | None]:
    """What was countersigned: the case service must still have it, and the ledger still bear out the last."""
    ours = {position: rest for position, *rest in connection.execute(CHECKPOINTS).fetchall()}
    after, theirs = 0, {}
    while served := api.checkpoints(after):
        for one in served:
            after = signed_position(one.statement, after)
            theirs[after] = [one.statement, one.key, one.signature]
    for position, rest in ours.items():
        if theirs.get(position) != rest:
            return len(ours), Difference(None, None, position, "the case service has this checkpoint no more")
    return len(ours), _last_borne_out(connection)


def signed_position(statement: str, after: int) -> int:
    """Of a statement as it is served; one that cannot be read counts as the next."""
    digits = statement.partition("position ")[2].partition("\n")[0]
    return max(int(digits) if digits.isdigit() else 0, after + 1)


def _last_borne_out(connection: Connection) -> Difference | None:
    row = connection.execute(f"{CHECKPOINTS} DESC LIMIT 1").fetchone()
    if row is None:
        return None
    position, statement, key, signature = row
    try:
        compare(connection, signed_statement(Served(statement, key, signature), key))
    except Behind:
        return Difference(None, None, position, "the ledger has less than this checkpoint counts")
    except NotBorneOut as why:
        return Difference(None, None, position, f"this checkpoint {why}")
    return None


def _at(entry: Entry, reason: str) -> Difference:
    return Difference(entry.stream, entry.sequence, entry.position, reason)


def _first(found: list[Difference]) -> Difference | None:
    return min(found, key=lambda difference: difference.position) if found else None


def all_of_it(connection: Connection, api: CaseApi, progress: Progress = lambda done: None) -> Verified:
    """All three. The first difference in the order of the log."""
    entries, wrong = in_itself(connection, progress)
    behind, other = with_store(connection, api, progress)
    checkpoints, unlike = with_checkpoints(connection, api)
    row = connection.execute("SELECT count(*) FROM heads WHERE sequence > 0").fetchone()
    first = _first([found for found in (wrong, other, unlike) if found is not None])
    return Verified(first is None, entries, int(row[0]) if row else 0, behind, checkpoints, first)
