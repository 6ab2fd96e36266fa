"""Deadlines: for the worker that lets days pass, and for lists of what is owed and what was missed."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.case.domain import events as e
from services.case.projections.model import Cursor, Origins
from services.case.store.database import Database
from services.case.store.mapper import Recorded

INSERT = """
    INSERT INTO deadlines (stream, deadline, ref, name, title, duty, strength, due, acts_at, state, task)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', %s)
"""
STATE = "UPDATE deadlines SET state = %s WHERE stream = %s AND deadline = %s"
MOVE = "UPDATE deadlines SET due = %s, acts_at = %s, state = 'open' WHERE stream = %s AND deadline = %s"


class Deadlines:
    name = "deadlines"
    tables: tuple[str, ...] = ("deadlines",)

    def __init__(self, origins: Origins) -> None:
        self._origins = origins

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            stream, event = recorded.stream, recorded.event
            match event:
                case e.DeadlineSet():
                    ref, _, _ = self._origins.case(cursor, stream)
                    row = [stream, event.deadline, ref, event.name, event.title, event.duty, event.strength]
                    cursor.execute(INSERT, [*row, event.due, event.acts_at, event.task])
                case e.DeadlineMet():
                    cursor.execute(STATE, ["late" if event.late else "met", stream, event.deadline])
                case e.DeadlineMissed():
                    cursor.execute(STATE, ["missed", stream, event.deadline])
                case e.DeadlineWithdrawn():
                    cursor.execute(STATE, ["withdrawn", stream, event.deadline])
                case e.DeadlineMoved():
                    cursor.execute(MOVE, [event.due, event.acts_at, stream, event.deadline])


PENDING = """
    SELECT d.ref, d.deadline, d.acts_at FROM deadlines d JOIN cases c USING (stream)
    WHERE d.state = 'open' AND d.acts_at <= %s
    AND (c.status = 'open' OR c.status = 'held' AND d.strength = 'LAW')
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
