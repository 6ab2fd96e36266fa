"""The list of cases: who may know of which, in what state each is, and the names by which people look for one.

Of a pupil it holds the name, date of birth and number, for search; they go with the case's key.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from services.case.domain import events as e
from services.case.domain.meta import Event
from services.case.domain.people import Person
from services.case.process.operators import PACKS
from services.case.projections.model import Cursor
from services.case.store.database import Database
from services.case.store.mapper import Recorded

INSERT = """
    INSERT INTO cases (stream, ref, authority, process, status, outcome, home_school, opened_on, changed_at, number,
                       relations, surname, forename, dob, upn)
    VALUES (%s, %s, %s, %s, 'open', '', %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
STATUS = "UPDATE cases SET status = %s, outcome = %s, changed_at = %s WHERE stream = %s"
# Relations read `role@organisation`: asked for something · `party:person` · `with:party:organisation`: has the pack.
RELATE = """
    UPDATE cases SET relations = array_append(relations, %(relation)s)
    WHERE stream = %(stream)s AND NOT %(relation)s = ANY (relations)
"""
PUT = """
    UPDATE cases SET relations = array(SELECT r FROM unnest(relations) r WHERE NOT starts_with(r, %(key)s)) || %(all)s
    WHERE stream = %(stream)s
"""
CORRECT = """
    UPDATE cases SET surname = coalesce(%s, surname), forename = coalesce(%s, forename), dob = coalesce(%s, dob),
                     upn = coalesce(%s, upn) WHERE stream = %s
"""
ERASE = "UPDATE cases SET surname = NULL, forename = NULL, dob = NULL, upn = NULL WHERE stream = %s"
BEGIN = "INSERT INTO instances (stream, instance, process, bundle, awaited, ended) VALUES (%s, %s, %s, %s, '{}', false)"
END = "UPDATE instances SET ended = true, awaited = '{}' WHERE stream = %s AND instance = %s"
AWAIT = """
    UPDATE instances SET awaited = array(SELECT unnest(awaited) EXCEPT SELECT unnest(%s::text[])) || %s::text[]
    WHERE stream = %s AND instance = %s
"""
STOP_AWAITING = """
    UPDATE instances SET awaited = array(SELECT unnest(awaited) EXCEPT SELECT unnest(%(left)s::text[]))
    WHERE stream = %(stream)s AND instance = %(instance)s AND awaited && %(left)s::text[]
"""
NAMES = ("pupil_surname", "pupil_forename", "pupil_dob", "pupil_upn")


class Cases:
    name = "cases"
    tables: tuple[str, ...] = ("cases", "instances")

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            self._apply(cursor, recorded.stream, recorded, recorded.event)

    def _apply(self, cursor: Cursor, stream: UUID, recorded: Recorded, event: Event) -> None:
        at = recorded.recorded_at
        for party, person in accounts_of(event):
            self._put(cursor, stream, f"{party}:", person)
        match event:
            case e.CaseOpened():
                relations = [f"{party}:{person}" for party, person in event.parties.items()]
                number = int(event.ref.rpartition("-")[2])
                row = [stream, event.ref, event.authority, event.process, event.home_school, event.meta.effective_on]
                cursor.execute(INSERT, [*row, at, number, relations, *_names(event)])
            case e.ProcessStarted():
                cursor.execute(BEGIN, [stream, event.instance, event.process, event.bundle])
                self._await(cursor, stream, event)
            case e.TaskOffered() if event.role not in ("parent", "pupil"):
                cursor.execute(RELATE, {"relation": f"{event.role}@{event.org}", "stream": stream})
            case e.TaskCompleted():
                self._await(cursor, stream, event)
                if any(name in NAMES for name in (event.personal or {}).get("facts", {})):
                    cursor.execute(CORRECT, [*_names(event), stream])
            case e.TimerFired() | e.MessageReceived():
                self._await(cursor, stream, event)
            case e.ProcessEnded():
                cursor.execute(END, [stream, event.instance])
            case e.PackShared():
                self._put(cursor, stream, f"with:{event.with_}:", event.org)
            case e.PackRevoked():
                self._put(cursor, stream, f"with:{event.with_}:", "")
            case e.CaseHeld() | e.ConcernRaised():
                cursor.execute(STATUS, ["held", "", at, stream])
            case e.CaseResumed() | e.CaseReopened():
                cursor.execute(STATUS, ["open", "", at, stream])
            case e.CaseClosed():
                cursor.execute(STATUS, ["closed", event.outcome, at, stream])
            case e.AnswerCorrected() if event.fact in NAMES:
                value = (event.personal or {}).get("value")
                cursor.execute(CORRECT, [*(value if name == event.fact else None for name in NAMES), stream])
            case e.SubjectKeyDestroyed():
                cursor.execute(ERASE, [stream])

    def _put(self, cursor: Cursor, stream: UUID, key: str, value: str) -> None:
        """The one relation of this key, in the place of an earlier one; none where the value is empty."""
        cursor.execute(PUT, {"key": key, "all": [f"{key}{value}"] if value else [], "stream": stream})

    def _await(self, cursor: Cursor, stream: UUID, event: Any) -> None:
        trace = event.trace
        if trace.awaited:
            awaited = [key for key, _ in trace.awaited]
            cursor.execute(AWAIT, [trace.left, awaited, stream, event.instance])
        elif trace.left:
            cursor.execute(STOP_AWAITING, {"left": trace.left, "stream": stream, "instance": event.instance})


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
     AND (%(all)s OR home_school = ANY (%(homes)s) OR relations && %(relations)s::text[])
     OR relations && %(myself)s::text[])
"""
LIST = f"""
    SELECT ref, process, status, outcome, home_school, opened_on, number, surname, forename FROM cases
    WHERE {SCOPE}
    AND (%(status)s::text IS NULL OR status = %(status)s)
    AND (%(process)s::text IS NULL OR process = %(process)s)
    AND number < %(before)s
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
STILL = """
    SELECT count(*) FROM cases c WHERE status <> 'closed'
    AND NOT EXISTS (SELECT FROM inbox i WHERE i.stream = c.stream)
    AND NOT EXISTS (SELECT FROM deadlines d WHERE d.stream = c.stream AND d.state = 'open')
    AND NOT EXISTS (SELECT FROM instances n WHERE n.stream = c.stream AND n.awaited <> '{}')
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
    """Which cases the person may know of: the same rule as `domain.permissions.relation`, as a condition."""
    relations: list[str] = []
    myself: list[str] = []
    homes, everything = [], False
    for m in person.memberships:
        match m.role:
            case "caseworker" | "auditor" | "dpo":
                everything = everything or m.org == person.authority
            case "ep" | "send-caseworker" | "fap-chair" | "irp-clerk" | "gb-clerk":
                relations.append(f"{m.role}@{m.org}")
            case "social-worker":
                relations.append(f"{m.role}@{m.org}")
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


def _seen(person: Person, listed: Listed) -> Listed:
    """Auditors and data protection officers see no names in lists."""
    if person.roles <= {"auditor", "dpo"}:
        return msgspec.structs.replace(listed, surname=None, forename=None)
    return listed


def standing_still(database: Database) -> int:
    """Open cases that nothing can move: no task, no deadline, no awaited message. It should always be 0."""
    row = database.row(STILL)
    return int(row[0]) if row else 0
