"""What authorities list: providers of alternative provision with schools' own checks of them, the entries of the
ethical inclusion directory, and what is added to the public register of schools."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from services.case.domain import directory_events as d
from services.case.domain.directory import Additions, Contacts, Strategy
from services.case.domain.provider import OwnCheck, Provider
from services.case.projections.model import About, Cursor
from services.case.store.database import Database
from services.case.store.mapper import Recorded

Kind = Literal["provider", "strategy", "school"]
Shape = TypeVar("Shape", Provider, Strategy, Additions)
SHAPES: dict[type[Any], Kind] = {Provider: "provider", Strategy: "strategy", Additions: "school"}

PUT = """
    INSERT INTO directory_entries (authority, kind, id, version, changed_on, entry, contacts)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (authority, kind, id) DO UPDATE SET version = excluded.version, changed_on = excluded.changed_on,
        entry = excluded.entry, contacts = excluded.contacts
"""
PLACES = """
    UPDATE directory_entries SET version = %s, changed_on = %s,
        entry = entry || jsonb_build_object('places', %s::jsonb, 'price', %s::jsonb)
    WHERE authority = %s AND kind = 'provider' AND id = %s
"""
CHECK = """
    INSERT INTO provider_checks (authority, version, provider, school, case_ref, entry, note)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
TELL = "SELECT pg_notify('directory', 'entries')"


class Entries:
    name = "directory"
    about: About = "directories"
    tables: tuple[str, ...] = ("directory_entries", "provider_checks")

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        told = [self._apply(cursor, recorded) for recorded in batch]
        if any(told):
            cursor.execute(TELL)

    def _apply(self, cursor: Cursor, recorded: Recorded) -> bool:
        event, version, day = recorded.event, recorded.version, recorded.event.meta.effective_on
        personal = event.personal or {}
        match event:
            case d.ProviderListed(authority=authority, provider=id):
                kind = "provider"
            case d.StrategyListed(authority=authority, strategy=id):
                kind = "strategy"
            case d.SchoolAdditionsRecorded(authority=authority, school=id):
                kind = "school"
            case d.ProviderPlacesUpdated():
                row = [_json(event.places), _json(event.price), event.authority, event.provider]
                cursor.execute(PLACES, [version, day, *row])
                return True
            case d.ProviderChecked():
                row = [event.provider, event.school, event.case, _json(event.entry), personal.get("note", "")]
                cursor.execute(CHECK, [event.authority, version, *row])
                return False
            case _:
                return False
        contacts = personal.get("contacts", {})
        cursor.execute(PUT, [authority, kind, id, version, day, _json(event.entry), _json(contacts)])
        return True


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


class Listed(msgspec.Struct, frozen=True):
    """An entry as it is listed: `version` is that of its last change."""

    id: str
    version: int
    entry: Any
    contacts: Contacts


class SchoolsCheck(msgspec.Struct, frozen=True):
    """A school's own check of a provider."""

    school: str
    case: str
    check: OwnCheck
    note: str


LIST = """
    SELECT id, version, entry, contacts FROM directory_entries
    WHERE authority = %(authority)s AND kind = %(kind)s AND (%(id)s::text IS NULL OR id = %(id)s) ORDER BY id
"""
EVERYWHERE = "SELECT authority, id, entry FROM directory_entries WHERE kind = %s"
CHECKS = """
    SELECT school, case_ref, entry, note FROM provider_checks
    WHERE authority = %(authority)s AND provider = %(provider)s
    AND (%(schools)s::text[] IS NULL OR school = ANY (%(schools)s)) ORDER BY version DESC LIMIT 200
"""


def listed(database: Database, authority: str, shape: type[Shape], id: str | None = None) -> list[Listed]:
    """The entries of an authority of one shape, or the one of that id."""
    wanted = {"authority": authority, "kind": SHAPES[shape], "id": id}
    return [
        Listed(id, version, msgspec.convert(entry, shape), msgspec.convert(contacts, Contacts))
        for id, version, entry, contacts in database.rows(LIST, wanted)
    ]


def listed_everywhere(database: Database, shape: type[Shape]) -> Iterator[tuple[tuple[str, str], Shape]]:
    """Authority and id of every entry of one shape, and the entry."""
    for authority, id, entry in database.rows(EVERYWHERE, [SHAPES[shape]]):
        yield (authority, id), msgspec.convert(entry, shape)


def checks_of(database: Database, authority: str, provider: str, schools: list[str] | None) -> list[SchoolsCheck]:
    """The latest checks of a provider, those of some schools or of all."""
    wanted = {"authority": authority, "provider": provider, "schools": schools}
    return [
        SchoolsCheck(school, case, msgspec.convert(entry, OwnCheck), note)
        for school, case, entry, note in database.rows(CHECKS, wanted)
    ]
