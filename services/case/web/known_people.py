"""People whom the pages have seen, by their id: a name to show, and whom a task can be given to."""

from collections.abc import Iterable

import msgspec

from services.case.domain.people import FAMILY, Membership, Person
from services.case.samples import as_person, sample_people
from services.case.store.database import Database
from services.case.wiring import House

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


class Seen(msgspec.Struct, frozen=True):
    """Somebody who has signed in, in the roles that the sign-in said."""

    id: str
    name: str
    memberships: tuple[Membership, ...]


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


def seen_staff(database: Database, authority: str) -> list[Seen]:
    """Everybody seen of an authority and its schools but families, by name; also who signed in without any role."""
    seen = [Seen(id, name, tuple(map(_membership, said))) for id, name, said in database.rows(STAFF, [authority])]
    return [one for one in seen if not one.memberships or any(m.role not in FAMILY for m in one.memberships)]


def staff_of(house: House, authority: str) -> list[Known]:
    """Those of them who have a role now, be it by their sign-in or given here."""
    found = []
    for one in seen_staff(house.database, authority):
        person = house.administration.as_said_here(Person(one.id, authority, one.memberships))
        if person.memberships:
            found.append(Known(one.id, one.name, [f"{m.role}@{m.org}" for m in person.memberships]))
    return found


def _membership(said: str) -> Membership:
    role, _, org = said.partition("@")
    return Membership(role, org)


def where_held(house: House, authority: str, membership: Membership) -> str:
    """The organisation for which a role is held in an authority, in words."""
    reference = house.reference
    if membership.org == authority:
        return f"{reference.authorities[authority].name} council"
    if membership.role == "ap-provider":
        provider = reference.directory.providers.get((authority, membership.org))
        return provider.name if provider else membership.org
    return reference.directory.name_of(membership.org)
