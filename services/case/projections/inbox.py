"""The inbox: open tasks by who may do them, with the day they are owed."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from services.case.domain import events as e
from services.case.domain.people import FAMILY, HEADS, NAMED, Person
from services.case.domain.process_migration import ProcessMigrated
from services.case.projections.cases import accounts_of
from services.case.projections.model import About, Cursor, Origins, TitleOf
from services.case.projections.table import Table
from services.case.store.database import Database
from services.case.store.mapper import Recorded

COLUMNS = {
    "stream": "uuid",
    "task": "int",
    "ref": "text",
    "authority": "text",
    "role": "text",
    "org": "text",
    "person": "text",
    "assignee": "text",
    "party": "text",
    "process": "text",
    "element": "text",
    "title": "text",
    "home_school": "text",
    "offered_on": "date",
    "due": "date",
}
STAND_IN = "UPDATE inbox SET person = %s WHERE stream = %s AND party = %s AND role IN ('parent', 'pupil')"

NO_DAY = date(9999, 12, 31)


class Inbox:
    name = "inbox"
    about: About = "cases"
    tables: tuple[str, ...] = ("inbox",)

    def __init__(self, origins: Origins, title_of: TitleOf) -> None:
        self._origins = origins
        self._title_of = title_of

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        table = Table("inbox", 2, COLUMNS)
        for recorded in batch:
            stream, event = recorded.stream, recorded.event
            for party, person in accounts_of(event):
                self._stand_in(cursor, table, stream, party, person)
            match event:
                case e.TaskOffered():
                    table.insert(*self._row(cursor, recorded, event))
                case e.DeadlineSet() | e.DeadlineMoved() if event.task:
                    table.update((stream, event.task), due=event.due)
                case e.TaskClaimed():
                    table.update((stream, event.task), assignee=event.person)
                case e.TaskReassigned():
                    table.update((stream, event.task), assignee=event.to)
                case e.TaskReleased():
                    table.update((stream, event.task), assignee="")
                case e.TaskCompleted() | e.TaskCancelled():
                    table.delete((stream, event.task))
                case ProcessMigrated():
                    self._origins.migrated(stream, event)
                    for task, element in event.edited:
                        table.update((stream, task), title=self._title_of(event.bundle, element))
        table.write(cursor)

    def _row(self, cursor: Cursor, recorded: Recorded, event: e.TaskOffered) -> list[Any]:
        ref, authority, home_school = self._origins.case(cursor, recorded.stream)
        process, bundle = self._origins.instance(cursor, recorded.stream, event.instance)
        title = self._title_of(bundle, event.element)
        task = [recorded.stream, event.task, ref, authority, event.role, event.org, event.person, "", event.party]
        return [*task, process, event.element, title, home_school, event.meta.effective_on, NO_DAY]

    def _stand_in(self, cursor: Cursor, table: Table, stream: UUID, party: str, person: str) -> None:
        """A family's task waits for the account that the party has now."""
        cursor.execute(STAND_IN, [person, stream, party])
        for (of, _), row in table.fresh.items():
            if of == stream and row["party"] == party and row["role"] in FAMILY:
                row["person"] = person


# Three ways to a task, each along an index and no longer than the page: those of one's offices, each in the order of
# the list; those that one has claimed; those that are for oneself by name.
LIST = """
    SELECT stream, task, ref, process, element, title, role, org, party, assignee, home_school, offered_on, due FROM (
        SELECT i.* FROM unnest(%(roles)s::text[], %(orgs)s::text[]) AS mine (role, org) CROSS JOIN LATERAL (
            SELECT * FROM inbox
            WHERE authority = %(authority)s AND org = mine.org AND role = mine.role
            AND (person = '' OR role IN ('parent', 'pupil')) {narrowed}
            ORDER BY due, stream, task LIMIT %(limit)s
        ) i
        UNION
        SELECT * FROM inbox
        WHERE assignee = %(me)s AND authority = %(authority)s
        AND (role NOT IN ('parent', 'pupil') AND person = '' OR role IN ('parent', 'pupil') AND %(family)s) {narrowed}
        UNION
        SELECT * FROM inbox WHERE person = %(me)s AND role = ANY (%(myself)s) {narrowed}
    ) found
    ORDER BY due, stream, task LIMIT %(limit)s
"""
NARROWED = {
    "mine": "AND %(mine)s = (assignee = %(me)s OR person = %(me)s)",
    "late_on": "AND due < %(late_on)s",
    "process": "AND process = %(process)s",
    "ref": "AND stream = (SELECT stream FROM cases WHERE ref = %(ref)s)",
    "after": "AND (due, stream, task) > (%(due)s, %(stream)s, %(task)s)",
}
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
    already, or with False to what is not; `late_on` to what was due before that day. Who came by a link has no list."""
    if person.only:
        return []
    offices = [m for m in person.memberships if m.role not in FAMILY]
    pairs = {(role, m.org) for m in offices for role in (HEADS if m.role in HEADS else {m.role})}
    family = any(m.role == "caseworker" and m.org == person.authority for m in offices)
    if family:
        pairs |= {(role, "") for role in FAMILY}
    if mine:
        pairs = set()  # claimed, or by name
    given = {
        "mine": mine,
        "late_on": late_on,
        "process": process,
        "ref": ref,
        "after": after if after != FIRST else None,
    }
    narrowed = " ".join(NARROWED[name] for name, value in given.items() if value is not None)
    due, stream, task = after
    asked = {
        **given,
        "authority": person.authority,
        "roles": [role for role, _ in sorted(pairs)],
        "orgs": [org for _, org in sorted(pairs)],
        "me": person.id,
        "myself": [m.role for m in person.memberships if m.role in NAMED],
        "family": family,
        "due": due,
        "stream": stream,
        "task": task,
        "limit": limit,
    }
    del asked["after"]
    return [Listed(*row) for row in database.rows(LIST.format(narrowed=narrowed), asked)]
