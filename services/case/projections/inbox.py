"""The inbox: open tasks by who may do them, with the day they are owed."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from services.case.domain import events as e
from services.case.domain.people import FAMILY, HEADS, NAMED, Person
from services.case.projections.cases import accounts_of
from services.case.projections.model import Cursor, Origins, TitleOf
from services.case.store.database import Database
from services.case.store.mapper import Recorded

INSERT = """
    INSERT INTO inbox (stream, task, ref, authority, role, org, person, assignee, party, process, element, title,
                       home_school, offered_on, due)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
ASSIGN = "UPDATE inbox SET assignee = %s WHERE stream = %s AND task = %s"
DUE = "UPDATE inbox SET due = %s WHERE stream = %s AND task = %s"
STAND_IN = "UPDATE inbox SET person = %s WHERE stream = %s AND party = %s"
DELETE = "DELETE FROM inbox WHERE stream = %s AND task = %s"

NO_DAY = date(9999, 12, 31)
PERSON, ASSIGNEE, PARTY, DUE_ON = 6, 7, 8, 14  # places in a row


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
            self._stand_in(cursor, fresh, recorded)
            match event:
                case e.TaskOffered():
                    fresh[stream, event.task] = self._row(cursor, recorded, event)
                case e.DeadlineSet() if event.task:
                    self._set(cursor, fresh, stream, event.task, DUE_ON, DUE, event.due)
                case e.DeadlineMoved() if event.task:
                    self._set(cursor, fresh, stream, event.task, DUE_ON, DUE, event.due)
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
            NO_DAY,
        ]

    def _stand_in(self, cursor: Cursor, fresh: dict[tuple[UUID, int], list[Any]], recorded: Recorded) -> None:
        """What waits for a named person waits for the account that the party has now."""
        for party, person in accounts_of(recorded.event):
            cursor.execute(STAND_IN, [person, recorded.stream, party])
            for (stream, _), row in fresh.items():
                if stream == recorded.stream and row[PARTY] == party:
                    row[PERSON] = person

    def _set(
        self, cursor: Cursor, fresh: dict[Any, list[Any]], stream: UUID, task: int, place: int, sql: str, value: Any
    ) -> None:
        if (stream, task) in fresh:
            fresh[stream, task][place] = value
        else:
            cursor.execute(sql, [value, stream, task])


LIST = """
    SELECT stream, task, ref, process, element, title, role, org, party, assignee, home_school, offered_on, due
    FROM inbox
    WHERE (authority = %(authority)s
           AND (person = '' AND role NOT IN ('parent', 'pupil')
                AND ((role, org) IN (SELECT * FROM unnest(%(roles)s::text[], %(orgs)s::text[])) OR assignee = %(me)s)
                OR %(family)s AND role IN ('parent', 'pupil'))
           OR person = %(me)s AND role = ANY (%(myself)s))
    AND (%(mine)s::boolean IS NULL OR %(mine)s = (assignee = %(me)s OR person = %(me)s AND person <> ''))
    AND (%(late_on)s::date IS NULL OR due < %(late_on)s)
    AND (%(process)s::text IS NULL OR process = %(process)s)
    AND (%(ref)s::text IS NULL OR ref = %(ref)s)
    AND (due, stream, task) > (%(due)s, %(stream)s, %(task)s)
    ORDER BY due, stream, task LIMIT %(limit)s
"""
FIRST = (date(1, 1, 1), UUID(int=0), 0)


class Listed(msgspec.Struct, frozen=True):
    """A row of somebody's inbox."""

    stream: UUID
    task: int
    ref: str
    process: str
    element: str
    title: str
    role: str
    org: str
    party: str
    assignee: str
    home_school: str
    offered_on: date
    due: date


def inbox_of(
    database: Database,
    person: Person,
    limit: int,
    after: tuple[date, UUID, int] = FIRST,
    mine: bool | None = None,
    late_on: date | None = None,
    process: str | None = None,
    ref: str | None = None,
) -> list[Listed]:
    """The open tasks that a person may work on, those owed first first: their own, their roles', and, for the
    authority's caseworkers, those of families, who may not be able to sign in. `mine` narrows to what is theirs
    already, or with False to what is not; `late_on` to what was due before that day."""
    offices = [m for m in person.memberships if m.role not in FAMILY]
    pairs = {(role, m.org) for m in offices for role in (HEADS if m.role in HEADS else {m.role})}
    due, stream, task = after
    rows = database.rows(
        LIST,
        {
            "authority": person.authority,
            "roles": [role for role, _ in sorted(pairs)],
            "orgs": [org for _, org in sorted(pairs)],
            "me": person.id,
            "myself": [m.role for m in person.memberships if m.role in NAMED],
            "family": any(m.role == "caseworker" and m.org == person.authority for m in offices),
            "mine": mine,
            "late_on": late_on,
            "process": process,
            "ref": ref,
            "due": due,
            "stream": stream,
            "task": task,
            "limit": limit,
        },
    )
    return [Listed(*row) for row in rows]
