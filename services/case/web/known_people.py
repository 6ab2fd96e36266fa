"""People whom the pages have seen, by their id: a name to show, and whom a task can be given to."""

from collections.abc import Iterable

import msgspec

from services.case.domain.people import FAMILY, Person
from services.case.samples import as_person, sample_people
from services.case.store.database import Database

PUT = """
    INSERT INTO people (authority, id, name, memberships) VALUES (%s, %s, %s, %s)
    ON CONFLICT (authority, id) DO UPDATE
    SET name = excluded.name, memberships = excluded.memberships, seen_at = now()
"""
NAMES = "SELECT id, name FROM people WHERE id = ANY (%s)"
STAFF = "SELECT id, name, memberships FROM people WHERE authority = %s ORDER BY name, id"


class Known(msgspec.Struct, frozen=True):
    """Somebody of an authority, with what they are there as `role@organisation`."""

    id: str
    name: str
    memberships: list[str]

    def has(self, role: str, org: str) -> bool:
        return f"{role}@{org}" in self.memberships


def remember(database: Database, person: Person, name: str) -> None:
    """Somebody signed in, under this name and in these roles."""
    memberships = [f"{m.role}@{m.org}" for m in person.memberships]
    database.execute(PUT, [person.authority, person.id, name, memberships])


def remember_samples(database: Database) -> None:
    """In the embedded mode the sample people are known from the start."""
    for id, sample in sample_people().items():
        remember(database, as_person(id, sample), sample.name)


def names_of(database: Database, ids: Iterable[str]) -> dict[str, str]:
    """The names of those whom the pages have seen."""
    wanted = sorted({id for id in ids if id})
    return dict(database.rows(NAMES, [wanted])) if wanted else {}


def staff_of(database: Database, authority: str) -> list[Known]:
    """Everybody seen of an authority and its schools but families, by name."""
    known = [Known(*row) for row in database.rows(STAFF, [authority])]
    return [one for one in known if any(m.partition("@")[0] not in FAMILY for m in one.memberships)]
