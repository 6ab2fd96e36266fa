"""Finding schools: by text, need, key stage, phase, distance from a school in a straight line, free places."""

from datetime import date
from typing import Any

import msgspec

from services.case.domain.directory import AGES
from services.case.store.database import Database

PLACE = "SELECT easting, northing FROM schools WHERE urn = %s"
FIND = """
    WITH found AS (
        SELECT s.urn, lower(s.name) AS name,
            coalesce(sqrt((s.easting - %(x)s::int) ^ 2 + (s.northing - %(y)s::int) ^ 2), 0) AS metres
        FROM schools s LEFT JOIN directory_entries a
            ON a.kind = 'school' AND a.authority = %(sees)s AND a.id = s.urn
        WHERE (%(words)s::text[] IS NULL OR s.words LIKE ALL (%(words)s))
        AND (%(urn)s::text IS NULL OR s.urn = %(urn)s)
        AND (%(need)s::text IS NULL OR s.needs @> ARRAY[%(need)s::text])
        AND (%(phase)s::text IS NULL OR s.phase = %(phase)s)
        AND (%(authority)s::text IS NULL OR s.authority = %(authority)s)
        AND (%(below)s::int IS NULL OR s.low_age < %(below)s AND s.high_age > %(first)s)
        AND (%(status)s::text IS NULL OR s.status = ANY (string_to_array(%(status)s, ' ')))
        AND (%(metres)s::float IS NULL
             OR s.easting BETWEEN %(x)s::int - %(metres)s::float AND %(x)s::int + %(metres)s::float
             AND s.northing BETWEEN %(y)s::int - %(metres)s::float AND %(y)s::int + %(metres)s::float
             AND sqrt((s.easting - %(x)s::int) ^ 2 + (s.northing - %(y)s::int) ^ 2) <= %(metres)s::float)
        AND (%(x)s::int IS NULL OR s.easting IS NOT NULL)
        AND (%(year)s::text IS NULL OR EXISTS (
            SELECT FROM jsonb_array_elements(a.entry -> 'capacity') AS c
            WHERE c ->> 'year' = %(year)s AND (c ->> 'free')::int > 0))
    )
    SELECT s.urn, s.name, s.authority, s.status, s.opened_on, s.closed_on, s.phase, s.low_age, s.high_age, s.needs,
        CASE WHEN %(x)s::int IS NULL THEN NULL ELSE f.metres END, s.details, a.version, a.entry, a.contacts
    FROM found f JOIN schools s USING (urn) LEFT JOIN directory_entries a
        ON a.kind = 'school' AND a.authority = %(sees)s AND a.id = s.urn
    WHERE %(after)s::text IS NULL
        OR (f.metres, f.name, f.urn) > (SELECT l.metres, l.name, l.urn FROM found l WHERE l.urn = %(after)s)
    ORDER BY f.metres, f.name, f.urn LIMIT %(limit)s
"""
LINKS = "SELECT linked, kind, since FROM school_links WHERE urn = %s ORDER BY since, kind, linked"
OPEN = "open closing"


class Found(msgspec.Struct, frozen=True):
    """A school of the register; the last three are what the asker's authority adds, None where it adds nothing."""

    urn: str
    name: str
    authority: str
    status: str
    opened_on: date | None
    closed_on: date | None
    phase: str
    low_age: int | None
    high_age: int | None
    needs: list[str]
    metres: float | None
    details: dict[str, Any]
    version: int | None
    additions: Any
    contacts: Any


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for. `sees`: the authority whose additions are seen, "" for none · `near`: easting and northing of
    the place from which distances count · `status`: words of the table, None for all."""

    sees: str
    limit: int
    text: str = ""
    near: tuple[int, int] | None = None
    within_km: float | None = None
    key_stage: str | None = None
    need: str | None = None
    phase: str | None = None
    authority: str | None = None
    status: str | None = OPEN
    year: str | None = None
    urn: str | None = None
    after: str | None = None


def place_of(database: Database, urn: str) -> tuple[int, int] | None:
    """Easting and northing of a school in metres; None where the register does not have them."""
    row = database.row(PLACE, [urn])
    return None if row is None or row[0] is None else (row[0], row[1])


def find_schools(database: Database, wanted: Wanted) -> list[Found]:
    """The nearest first; without a place to be near to, by name."""
    first, below = AGES[wanted.key_stage] if wanted.key_stage else (None, None)
    x, y = wanted.near or (None, None)
    asked = {
        **msgspec.structs.asdict(wanted),
        "words": [f"%{_plain(word)}%" for word in wanted.text.lower().split()] or None,
        "metres": wanted.within_km * 1000 if wanted.within_km is not None else None,
        "first": first,
        "below": below,
        "x": x,
        "y": y,
    }
    return [Found(*row) for row in database.rows(FIND, asked)]


def links_of(database: Database, urn: str) -> list[tuple[str, str, date | None]]:
    """The schools that the register links to one: URN, what they are to it, since when."""
    return [(linked, kind, since) for linked, kind, since in database.rows(LINKS, [urn])]


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
