"""Who broke the glass of which case, until when. Why is in the case's own stream of who looked."""

from collections.abc import Sequence
from datetime import datetime

from services.case.domain.access_events import GlassBroken
from services.case.domain.people import BrokenGlass
from services.case.projections.model import About, Cursor
from services.case.projections.table import Table
from services.case.store.database import Database
from services.case.store.mapper import Recorded

COLUMNS = {
    "stream": "uuid",
    "version": "int",
    "position": "bigint",
    "ref": "text",
    "authority": "text",
    "person": "text",
    "until": "timestamptz",
}
HOLDING = "SELECT ref, max(until) FROM broken_glass WHERE person = %s AND authority = %s AND until > %s GROUP BY ref"
USES = """
    SELECT position, ref, version FROM broken_glass WHERE authority = %s AND position < %s
    ORDER BY position DESC LIMIT %s
"""

LATELY = "SELECT count(*) FROM broken_glass WHERE authority = %s AND until > %s"


class Glass:
    name = "broken_glass"
    about: About = "access"
    tables: tuple[str, ...] = ("broken_glass",)

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        table = Table("broken_glass", 2, COLUMNS)
        for recorded in batch:
            event = recorded.event
            if isinstance(event, GlassBroken):
                place = (recorded.stream, recorded.version, recorded.position)
                table.insert(*place, event.ref, event.authority, event.person, event.until)
        table.write(cursor)


def holding(database: Database, person: str, authority: str, now: datetime) -> tuple[BrokenGlass, ...]:
    """What of a person's, by the code of their id, still holds."""
    return tuple(BrokenGlass(ref, until) for ref, until in database.rows(HOLDING, [person, authority, now]))


def uses(database: Database, authority: str, before: int, limit: int) -> list[tuple[int, str, int]]:
    """Position, case and version of each use in an authority before a position, the last first."""
    return [(row[0], row[1], row[2]) for row in database.rows(USES, [authority, before, limit])]


def held_since(database: Database, authority: str, moment: datetime) -> int:
    """How many uses in an authority held until after a moment."""
    row = database.row(LATELY, [authority, moment])
    return int(row[0]) if row else 0
