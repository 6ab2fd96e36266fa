"""The list of cases: who may know of which, in what state each is, and the names by which people look for one.

Of a pupil it holds the name, date of birth and number, for search; they go with the case's key.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from services.case.domain import events as e
from services.case.domain.meta import Event
from services.case.domain.people import FAMILY, Person
from services.case.domain.process_migration import ProcessMigrated
from services.case.process.operators import PACKS
from services.case.projections.model import About, Cursor
from services.case.projections.table import Table
from services.case.store.database import Database
from services.case.store.mapper import Recorded

RELATIONS = "SELECT stream, relations FROM cases WHERE stream = ANY (%s)"
NAMES = ("pupil_surname", "pupil_forename", "pupil_dob", "pupil_upn")
COLUMNS = {
    "stream": "uuid",
    "ref": "text",
    "authority": "text",
    "process": "text",
    "status": "text",
    "outcome": "text",
    "home_school": "text",
    "opened_on": "date",
    "changed_at": "timestamptz",
    "number": "bigint",
    # `role@organisation`: asked for something · `party:person` · `with:party:organisation`: has the pack
    "relations": "text[]",
    "surname": "text",
    "forename": "text",
    "dob": "text",
    "upn": "text",
}
INSTANCES = {"stream": "uuid", "instance": "int", "process": "text", "bundle": "text", "ended": "boolean"}
AWAITS = {"stream": "uuid", "instance": "int", "key": "text"}


class Cases:
    name = "cases"
    about: About = "cases"
    tables: tuple[str, ...] = ("cases", "instances", "awaits")

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        folding = _Folding(_relations(cursor, batch))
        for recorded in batch:
            folding.relate(recorded.stream, recorded.event)
            folding.apply(recorded)
        folding.write(cursor)


def _relations(cursor: Cursor, batch: Sequence[Recorded]) -> dict[UUID, list[str]]:
    """Those that stand in the table, of every case in the batch that was there before."""
    opened = {recorded.stream for recorded in batch if isinstance(recorded.event, e.CaseOpened)}
    streams = {recorded.stream for recorded in batch if _relates(recorded.event)} - opened
    return dict(cursor.execute(RELATIONS, [list(streams)]).fetchall()) if streams else {}


def _relates(event: Event) -> bool:
    return isinstance(event, e.TaskOffered | e.PackShared | e.PackRevoked) or bool(accounts_of(event))


class _Folding:
    """A batch on its way into the three tables."""

    def __init__(self, relations: dict[UUID, list[str]]) -> None:
        self.relations = relations
        self.cases = Table("cases", 1, COLUMNS)
        self.instances = Table("instances", 2, INSTANCES)
        self.awaits = Table("awaits", 3, AWAITS)

    def write(self, cursor: Cursor) -> None:
        for table in (self.cases, self.instances, self.awaits):
            table.write(cursor)

    def apply(self, recorded: Recorded) -> None:
        key, at, event = (recorded.stream,), recorded.recorded_at, recorded.event
        match event:
            case e.CaseOpened():
                self._open(recorded, event)
            case e.ProcessStarted():
                self.instances.insert(recorded.stream, event.instance, event.process, event.bundle, False)
                self._await(recorded.stream, event)
            case e.TaskCompleted():
                self._await(recorded.stream, event)
                self._name(key, _names(event))
            case e.TimerFired() | e.MessageReceived():
                self._await(recorded.stream, event)
            case ProcessMigrated():
                self.instances.update((recorded.stream, event.instance), bundle=event.bundle)
                self._await(recorded.stream, event)
            case e.ProcessEnded():
                self.instances.update((recorded.stream, event.instance), ended=True)
            case e.CaseHeld() | e.ConcernRaised():
                self.cases.update(key, status="held", outcome="", changed_at=at)
            case e.CaseResumed() | e.CaseReopened():
                self.cases.update(key, status="open", outcome="", changed_at=at)
            case e.CaseClosed():
                self.cases.update(key, status="closed", outcome=event.outcome, changed_at=at)
            case e.AnswerCorrected() if event.fact in NAMES:
                value = (event.personal or {}).get("value")
                self._name(key, [value if name == event.fact else None for name in NAMES])
            case e.SubjectKeyDestroyed():
                self.cases.update(key, surname=None, forename=None, dob=None, upn=None)

    def _open(self, recorded: Recorded, event: e.CaseOpened) -> None:
        number = int(event.ref.rpartition("-")[2])
        relations = self.relations[recorded.stream] = [f"{party}:{person}" for party, person in event.parties.items()]
        row = [event.ref, event.authority, event.process, "open", "", event.home_school, event.meta.effective_on]
        self.cases.insert(recorded.stream, *row, recorded.recorded_at, number, relations, *_names(event))

    def _name(self, key: tuple[UUID], names: list[Any]) -> None:
        given = {name.removeprefix("pupil_"): v for name, v in zip(NAMES, names, strict=True) if v is not None}
        if given:
            self.cases.update(key, **given)

    def relate(self, stream: UUID, event: Event) -> None:
        for party, person in accounts_of(event):
            self._put(stream, f"{party}:", person)
        match event:
            case e.TaskOffered() if event.role not in FAMILY:
                self._put(stream, f"{event.role}@{event.org}", "", alone=False)
            case e.PackShared():
                self._put(stream, f"with:{event.with_}:", event.org)
            case e.PackRevoked():
                self._put(stream, f"with:{event.with_}:", "")

    def _put(self, stream: UUID, key: str, value: str, alone: bool = True) -> None:
        """A relation, if it is new; where it stands `alone`, the one of this key, none where the value is empty."""
        known = self.relations[stream]
        others = [relation for relation in known if not relation.startswith(key)] if alone else known
        now = [*others, f"{key}{value}"] if value or not alone else others
        if set(now) != set(known):
            self.relations[stream] = list(dict.fromkeys(now))
            self.cases.update((stream,), relations=self.relations[stream])

    def _await(self, stream: UUID, event: Any) -> None:
        for key in event.trace.left:
            self.awaits.delete((stream, event.instance, key))
        for key, _ in event.trace.awaited:
            self.awaits.insert(stream, event.instance, key)


def accounts_of(event: Event) -> list[tuple[str, str]]:
    """The parties that have another account since this event, "" for none."""
    match event:
        case e.TaskCompleted():
            facts = event.facts
        case e.FactSet():
            facts = {event.name: event.value}
        case e.AnswerCorrected():
            facts = {event.fact: event.value}
        case _:
            return []
    return [(name.removesuffix("_account"), str(v or "")) for name, v in facts.items() if name.endswith("_account")]


def _names(event: Event) -> list[Any]:
    facts = (event.personal or {}).get("facts", {})
    return [facts.get(name) for name in NAMES]


SCOPE = """
    (authority = %(authority)s
     AND (%(all)s OR home_school = ANY (%(homes)s) OR relations && %(relations)s::text[]
          OR (relations && %(unnamed)s::text[]
              AND NOT EXISTS (SELECT FROM unnest(relations) r WHERE starts_with(r, 'social_worker:'))))
     OR relations && %(myself)s::text[])
"""
NARROWED = """
    (%(status)s::text IS NULL OR status = %(status)s) AND (%(process)s::text IS NULL OR process = %(process)s)
    AND number < %(before)s ORDER BY number DESC LIMIT %(limit)s
"""
# The ways of SCOPE one by one, each along its own index (OFFSET 0 keeps the planner from another).
LIST = f"""
    SELECT ref, process, status, outcome, home_school, opened_on, number, surname, forename FROM (
        (SELECT * FROM cases WHERE %(all)s AND authority = %(authority)s AND {NARROWED})
        UNION
        SELECT there.* FROM unnest(%(homes)s::text[]) AS mine (urn) CROSS JOIN LATERAL (
            SELECT * FROM cases WHERE home_school = mine.urn AND authority = %(authority)s AND {NARROWED}
        ) there
        UNION
        (SELECT * FROM (SELECT * FROM cases WHERE relations && %(relations)s::text[] OFFSET 0) related
         WHERE authority = %(authority)s AND {NARROWED})
        UNION
        (SELECT * FROM (SELECT * FROM cases WHERE relations && %(unnamed)s::text[] OFFSET 0) asked
         WHERE authority = %(authority)s
         AND NOT EXISTS (SELECT FROM unnest(relations) r WHERE starts_with(r, 'social_worker:')) AND {NARROWED})
        UNION
        (SELECT * FROM (SELECT * FROM cases WHERE relations && %(myself)s::text[] OFFSET 0) own WHERE {NARROWED})
    ) found
    ORDER BY number DESC LIMIT %(limit)s
"""  # noqa: S608
SEARCH = f"""
    SELECT ref, process, status, outcome, home_school, opened_on, number, surname, forename FROM cases
    WHERE {SCOPE}
    AND (%(ref)s::text IS NULL OR ref = %(ref)s)
    AND (%(upn)s::text IS NULL OR upn = %(upn)s)
    AND (%(words)s::text[] IS NULL OR lower(surname) = ANY (%(words)s) OR lower(forename) = ANY (%(words)s))
    ORDER BY (lower(surname) = ANY (%(words)s) AND lower(forename) = ANY (%(words)s)) DESC NULLS LAST, number DESC
    LIMIT %(limit)s
"""  # noqa: S608
NAMED = f"""
    SELECT ref, process, status, outcome, home_school, opened_on, number, surname, forename FROM cases
    WHERE {SCOPE} AND ref = ANY (%(refs)s)
"""  # noqa: S608
STILL = """
    SELECT count(*) FROM cases c WHERE status <> 'closed'
    AND NOT EXISTS (SELECT FROM inbox i WHERE i.stream = c.stream)
    AND NOT EXISTS (SELECT FROM deadlines d WHERE d.stream = c.stream AND d.state = 'open')
    AND NOT EXISTS (SELECT FROM awaits a WHERE a.stream = c.stream)
"""
LAST = 2**62


class Listed(msgspec.Struct, frozen=True):
    """A row of the list of cases. The name is None once its key is destroyed, or where the person sees no names."""

    ref: str
    process: str
    status: str
    outcome: str
    home_school: str
    opened_on: date
    number: int
    surname: str | None
    forename: str | None


def _scope(person: Person) -> dict[str, Any]:
    """Which cases the person may know of: the same rule as `domain.permissions.relation`, as a condition. Who came by a
    link has no lists."""
    relations: list[str] = []
    unnamed: list[str] = []  # as long as the case names nobody
    myself: list[str] = []
    homes, everything = [], False
    for m in person.memberships if not person.only else ():
        match m.role:
            case "caseworker" | "auditor" | "dpo":
                everything = everything or m.org == person.authority
            case "ep" | "send-caseworker" | "fap-chair" | "irp-clerk" | "gb-clerk":
                relations.append(f"{m.role}@{m.org}")
            case "social-worker":
                unnamed.append(f"{m.role}@{m.org}")
                myself.append(f"social_worker:{person.id}")
            case "home-staff" | "senco":
                homes.append(m.org)
            case "home-head" | "receiving-head":
                homes.append(m.org)
                relations += _packs(m.org)
            case "ap-provider":
                relations += _packs(m.org)
            case "parent":
                myself += [f"parent:{person.id}", f"parent2:{person.id}"]
            case "pupil":
                myself.append(f"pupil:{person.id}")
    return {
        "authority": person.authority,
        "all": everything,
        "homes": homes,
        "relations": relations,
        "unnamed": unnamed,
        "myself": myself,
    }


def _packs(org: str) -> list[str]:
    return [f"with:{party}:{org}" for party in PACKS]


def cases_of(
    database: Database,
    person: Person,
    limit: int,
    before: int = LAST,
    status: str | None = None,
    process: str | None = None,
) -> list[Listed]:
    """The cases that a person may know of, newest first."""
    wanted = {"limit": limit, "before": before, "status": status, "process": process}
    return [_seen(person, Listed(*row)) for row in database.rows(LIST, {**_scope(person), **wanted})]


def search(
    database: Database,
    person: Person,
    limit: int,
    name: str | None = None,
    upn: str | None = None,
    ref: str | None = None,
) -> list[Listed]:
    """The cases that a person may know of, by the pupil's name (any part of it), number, or reference."""
    words = [word.lower() for word in name.split()] if name else None
    if words:
        words.append(" ".join(words))
    wanted = {"limit": limit, "words": words, "upn": upn, "ref": ref}
    return [_seen(person, Listed(*row)) for row in database.rows(SEARCH, {**_scope(person), **wanted})]


def cases_named(database: Database, person: Person, refs: Collection[str]) -> dict[str, Listed]:
    """Those of some cases that the person may know of, by reference: to say whose case a task or a message is in."""
    found = database.rows(NAMED, {**_scope(person), "refs": sorted(set(refs))}) if refs else []
    return {row[0]: _seen(person, Listed(*row)) for row in found}


def _seen(person: Person, listed: Listed) -> Listed:
    """Auditors and data protection officers see no names in lists."""
    if person.roles <= {"auditor", "dpo"}:
        return msgspec.structs.replace(listed, surname=None, forename=None)
    return listed


def standing_still(database: Database) -> int:
    """Open cases that nothing can move: no task, no deadline, no awaited message. It should always be 0."""
    row = database.row(STILL)
    return int(row[0]) if row else 0
