"""The inbox: open tasks by who may do them, with the day they are owed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.case.domain import events as e
from services.case.projections.model import Cursor, Origins, TitleOf
from services.case.store.mapper import Recorded

INSERT = """
    INSERT INTO inbox (stream, task, ref, authority, role, org, person, assignee, party, process, element, title,
                       home_school, offered_on, due)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
ASSIGN = "UPDATE inbox SET assignee = %s WHERE stream = %s AND task = %s"
DUE = "UPDATE inbox SET due = %s WHERE stream = %s AND task = %s"
MOVED = """
    UPDATE inbox SET due = %(due)s FROM deadlines d
    WHERE d.stream = %(stream)s AND d.deadline = %(deadline)s AND inbox.stream = d.stream AND inbox.task = d.task
"""
DELETE = "DELETE FROM inbox WHERE stream = %s AND task = %s"

ASSIGNEE, DUE_ON = 7, 14  # places in a row


class Inbox:
    name = "inbox"
    tables: tuple[str, ...] = ("inbox",)

    def __init__(self, origins: Origins, title_of: TitleOf) -> None:
        self._origins = origins
        self._title_of = title_of

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        fresh: dict[tuple[UUID, int], list[Any]] = {}
        for recorded in batch:
            stream, event = recorded.stream, recorded.event
            match event:
                case e.TaskOffered():
                    fresh[stream, event.task] = self._row(cursor, recorded, event)
                case e.DeadlineSet() if event.task:
                    self._set(cursor, fresh, stream, event.task, DUE_ON, DUE, event.due)
                case e.DeadlineMoved():
                    cursor.execute(MOVED, {"due": event.due, "stream": stream, "deadline": event.deadline})
                case e.TaskClaimed():
                    self._set(cursor, fresh, stream, event.task, ASSIGNEE, ASSIGN, event.person)
                case e.TaskReassigned():
                    self._set(cursor, fresh, stream, event.task, ASSIGNEE, ASSIGN, event.to)
                case e.TaskReleased():
                    self._set(cursor, fresh, stream, event.task, ASSIGNEE, ASSIGN, "")
                case e.TaskCompleted() | e.TaskCancelled() if fresh.pop((stream, event.task), None) is None:
                    cursor.execute(DELETE, [stream, event.task])
        if fresh:
            cursor.executemany(INSERT, list(fresh.values()))

    def _row(self, cursor: Cursor, recorded: Recorded, event: e.TaskOffered) -> list[Any]:
        ref, authority, home_school = self._origins.case(cursor, recorded.stream)
        process, bundle = self._origins.instance(cursor, recorded.stream, event.instance)
        return [
            recorded.stream,
            event.task,
            ref,
            authority,
            event.role,
            event.org,
            event.person,
            "",
            event.party,
            process,
            event.element,
            self._title_of(bundle, event.element),
            home_school,
            event.meta.effective_on,
            None,
        ]

    def _set(
        self, cursor: Cursor, fresh: dict[Any, list[Any]], stream: UUID, task: int, place: int, sql: str, value: Any
    ) -> None:
        if (stream, task) in fresh:
            fresh[stream, task][place] = value
        else:
            cursor.execute(sql, [value, stream, task])
