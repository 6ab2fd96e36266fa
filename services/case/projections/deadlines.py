"""Deadlines: for the worker that lets days pass, for the one that counts again when school days have changed, and for
lists of what is owed and what was missed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.case.clock.due_date import schools_in
from services.case.clock.now import morning
from services.case.domain import delivery_events as n
from services.case.domain import events as e
from services.case.projections.model import About, Cursor, Origins
from services.case.projections.table import Table
from services.case.store.database import Database
from services.case.store.mapper import Recorded

COLUMNS = {
    "stream": "uuid",
    "deadline": "int",
    "ref": "text",
    "name": "text",
    "title": "text",
    "duty": "boolean",
    "strength": "text",
    "due": "date",
    "acts_at": "timestamptz",
    "state": "text",
    "task": "int",
    "schools": "text[]",
    "counted_with": "bigint",
    "counted_at": "bigint",
    "provisional": "boolean",
    "reminds_at": "timestamptz",
}


class Deadlines:
    name = "deadlines"
    about: About = "cases"
    tables: tuple[str, ...] = ("deadlines",)

    def __init__(self, origins: Origins) -> None:
        self._origins = origins

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        table = Table("deadlines", 2, COLUMNS)
        for recorded in batch:
            stream, event = recorded.stream, recorded.event
            match event:
                case e.DeadlineSet():
                    ref, _, _ = self._origins.case(cursor, stream)
                    row = [stream, event.deadline, ref, event.name, event.title, event.duty, event.strength]
                    table.insert(*row, event.due, event.acts_at, "open", event.task, *_counted(recorded).values())
                case n.ReminderDue():
                    table.update((stream, event.deadline), reminds_at=event.next_at)
                case e.DeadlineMet():
                    table.update((stream, event.deadline), state="late" if event.late else "met")
                case e.DeadlineMissed():
                    table.update((stream, event.deadline), state="missed")
                case e.DeadlineWithdrawn():
                    table.update((stream, event.deadline), state="withdrawn")
                case e.DeadlineMoved():
                    moved = {"due": event.due, "acts_at": event.acts_at, "state": "open", **_counted(recorded)}
                    table.update((stream, event.deadline), **moved)
        table.write(cursor)


def _counted(recorded: Recorded) -> dict[str, Any]:
    """What a deadline rests on since this event."""
    event = recorded.event
    assert isinstance(event, e.DeadlineSet | e.DeadlineMoved)
    return {
        "schools": sorted(schools_in(event.how)),
        "counted_with": event.calendars,
        "counted_at": recorded.position,
        "provisional": event.provisional,
        "reminds_at": min(map(morning, event.reminders.values()), default=None),
    }


# What is open in a closed case belongs to what goes on after closing.
PENDING = """
    SELECT d.ref, d.deadline, d.acts_at FROM deadlines d JOIN cases c USING (stream)
    WHERE d.state = 'open' AND d.acts_at <= %s
    AND (c.status <> 'held' OR d.strength = 'LAW')
    ORDER BY d.acts_at, d.stream, d.deadline LIMIT %s
"""


class Pending(msgspec.Struct, frozen=True):
    """A deadline whose moment has come."""

    ref: str
    deadline: int
    acts_at: datetime


def pending(database: Database, now: datetime, limit: int) -> list[Pending]:
    """What is due, in due order."""
    return [Pending(*row) for row in database.rows(PENDING, [now, limit])]


REMINDING = """
    SELECT d.ref, d.deadline, d.reminds_at FROM deadlines d JOIN cases c USING (stream)
    WHERE d.state = 'open' AND d.reminds_at <= %(now)s AND d.acts_at > %(now)s
    AND (c.status <> 'held' OR d.strength = 'LAW')
    ORDER BY d.reminds_at, d.stream, d.deadline LIMIT %(limit)s
"""


def reminding(database: Database, now: datetime, limit: int) -> list[Pending]:
    """The deadlines of which somebody is to be reminded; `acts_at` is when."""
    return [Pending(*row) for row in database.rows(REMINDING, {"now": now, "limit": limit})]


CONCERNED = """
    SELECT DISTINCT d.ref FROM deadlines d JOIN cases c USING (stream)
    WHERE d.state IN ('open', 'missed')
    AND (EXISTS (SELECT FROM unnest(%(schools)s::text[], %(changed_at)s::bigint[]) AS k (school, changed_at)
                 WHERE (k.school = ANY (d.schools) OR k.school = '' AND c.authority = %(authority)s)
                 AND d.counted_with < k.changed_at)
         OR d.counted_with < %(done)s AND d.counted_at > %(upto)s)
    ORDER BY d.ref
"""
PROVISIONAL = """
    SELECT ref, deadline, counted_at FROM deadlines
    WHERE state IN ('open', 'missed') AND provisional AND counted_at > %s ORDER BY counted_at
"""


def concerned(database: Database, authority: str, changed_at: Mapping[str, int], done: int, upto: int) -> list[str]:
    """The cases with an open deadline that was counted before its school's days changed: schools with the place in the
    log of their last change, "" for all in the authority. Also those counted since `upto` by somebody who had not yet
    heard of what was known at `done`."""
    asked = {
        "schools": list(changed_at),
        "changed_at": list(changed_at.values()),
        "authority": authority,
        "done": done,
        "upto": upto,
    }
    return [ref for (ref,) in database.rows(CONCERNED, asked)]


def provisional(database: Database, after: int) -> list[tuple[str, int, int]]:
    """Open provisional deadlines counted after a place in the log: case, deadline, place."""
    return [(ref, deadline, at) for ref, deadline, at in database.rows(PROVISIONAL, [after])]
