"""The events whose turn has come, in order, as rows of the log and as what is published of them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from services.case.outbox.owners import EVERYBODYS, Owner, Owners, no_key
from services.case.publishing import integration_event, is_of_register
from services.case.store.database import Database
from services.case.store.mapper import Recorded, hash_of, to_recorded

READER = "outbox"  # its place is how far it is known what is held
POSITION = "SELECT position FROM reader_positions WHERE reader = 'outbox'"
LAST = (
    "SELECT coalesce(greatest((SELECT max(notification_id) FROM events), (SELECT max(released) FROM held_streams)), 0)"
)
STATE = "SELECT state FROM events WHERE notification_id = %s"
END = 2**63 - 1
TOPICS = {"authority": "authority.events.v1", "access": "case.access.v1"}  # by the first part of a type
# What was released comes whole, at its one place, however many are asked for.
TURNS = """
    SELECT place, held, stream, version, type, state, position FROM (
        (SELECT e.notification_id AS place, EXISTS (
                SELECT FROM held_streams h WHERE h.stream = e.originator_id AND h.position <= e.notification_id
                AND (h.released IS NULL OR e.notification_id < h.released)
            ) AS held, e.originator_id AS stream, e.originator_version AS version, e.topic AS type, e.state,
            e.notification_id AS position
        FROM events e WHERE e.notification_id > %(after)s AND e.notification_id <= %(upto)s
        ORDER BY e.notification_id LIMIT %(limit)s)
        UNION ALL
        (SELECT h.released, false, e.originator_id, e.originator_version, e.topic, e.state, e.notification_id
        FROM held_streams h JOIN events e ON e.originator_id = h.stream
            AND e.notification_id >= h.position AND e.notification_id < h.released
        WHERE h.released > %(after)s AND h.released <= %(upto)s)
    ) AS turns ORDER BY place, position
"""
OF_STREAM = """
    SELECT e.notification_id, EXISTS (
        SELECT FROM held_streams h
        WHERE h.stream = e.originator_id AND h.position <= e.notification_id AND h.released IS NULL
    ), e.originator_id, e.originator_version, e.topic, e.state, e.notification_id
    FROM events e WHERE e.originator_id = %s ORDER BY e.originator_version
"""


class Row(NamedTuple):
    """A row of the log at its turn. `held`: it has none yet."""

    place: int
    held: bool
    stream: UUID
    version: int
    type: str
    state: bytes
    position: int

    def recorded(self) -> Recorded:
        """Raises UnknownType."""
        return to_recorded(self.stream, self.version, self.type, self.state, self.position, no_key)


class Turn(msgspec.Struct, frozen=True):
    """An event to publish. `place`: where in the outbox, its position in the log unless it was held."""

    place: int
    owner: Owner
    recorded: Recorded

    @property
    def topic(self) -> str:
        return topic_of(self.recorded.type)

    def event(self, subscriber: str = EVERYBODYS) -> dict[str, Any]:
        """As a subscriber of an authority gets it; on a topic, which many read, it says what all may know."""
        authority = subscriber if is_of_register(self.recorded.type) else self.owner.authority
        return integration_event(self.recorded, authority, self.owner.subject)


class Page(NamedTuple):
    """Turns, and the place up to which they are all."""

    turns: Sequence[Turn]
    place: int


class Outbox:
    """Reads up to where it is known what is held (`admitting.py`)."""

    def __init__(self, database: Database, owners: Owners) -> None:
        self._database = database
        self._owners = owners

    @property
    def position(self) -> int:
        """The last place that can be read."""
        row = self._database.row(POSITION)
        return int(row[0]) if row else 0

    def end(self) -> int:
        """The last place there is, whether it can be read yet or not."""
        row = self._database.row(LAST)
        return int(row[0]) if row else 0

    def hash_at(self, position: int) -> str:
        """Of the event at a position of the log, in hexadecimal digits; "" if there is none that can be read."""
        row = self._database.row(STATE, [position])
        try:
            return hash_of(row[0]).hex() if row else ""
        except msgspec.MsgspecError:
            return ""

    def read(self, after: int, limit: int) -> Page:
        """About `limit` turns after a place; fewer only at the end, or where there is much that is held."""
        given = {"after": after, "upto": self.position, "limit": limit}
        rows = whole_places([Row(*row) for row in self._database.rows(TURNS, given)], limit)
        return Page(self._turns(rows), rows[-1].place if rows else after)

    def stream(self, stream: UUID) -> Page:
        """All turns of one stream, those that are held left out."""
        upto = self.position
        rows = [Row(*row) for row in self._database.rows(OF_STREAM, [stream])]
        return Page(self._turns([row for row in rows if row.position <= upto]), upto)

    def _turns(self, rows: Iterable[Row]) -> list[Turn]:
        going = [row for row in rows if not row.held]
        owners = self._owners.of({row.stream: row.type for row in going})
        return [Turn(row.place, owners[row.stream], row.recorded()) for row in going]


def whole_places(rows: Sequence[Row], limit: int) -> Sequence[Row]:
    """As many rows as are asked for, and those that share the last one's place."""
    if len(rows) <= limit:
        return rows
    last = rows[limit - 1].place
    return [row for row in rows if row.place <= last]


def topic_of(type: str) -> str:
    """The topic of an event, from its type."""
    return TOPICS.get(type.partition(".")[0], "case.events.v1")
