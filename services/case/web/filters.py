"""Filters that somebody has named, to see the same list again. They hold codes only, never what is personal."""

from urllib.parse import parse_qsl, urlencode

from services.case.web.visit import Visit

KNOWN = ("process", "late")
LONGEST = 60  # characters of a name
OF = "SELECT name, query FROM saved_filters WHERE authority = %s AND person = %s ORDER BY lower(name) LIMIT 20"
SAVE = """
    INSERT INTO saved_filters (authority, person, name, query) VALUES (%s, %s, %s, %s)
    ON CONFLICT (authority, person, name) DO UPDATE SET query = excluded.query
"""
FORGET = "DELETE FROM saved_filters WHERE authority = %s AND person = %s AND name = %s"


def filters_of(visit: Visit, where: str) -> list[dict[str, str]]:
    """Name and address of each that belongs to the list at `where`."""
    person = visit.person
    rows = visit.house.database.rows(OF, [person.authority, person.id])
    return [{"name": name, "href": query} for name, query in rows if query.partition("?")[0] == where]


def save_filter(visit: Visit, name: str, where: str, query: str) -> None:
    kept = [(key, value) for key, value in parse_qsl(query) if key in KNOWN]
    address = f"{where}?{urlencode(kept)}" if kept else where
    visit.house.database.execute(SAVE, [visit.person.authority, visit.person.id, name[:LONGEST], address])


def forget_filter(visit: Visit, name: str) -> None:
    visit.house.database.execute(FORGET, [visit.person.authority, visit.person.id, name])
