"""The register of schools as a table: filled from the imported files, which are kept by hash. A school that a later
file no longer has stays known, for old cases refer to it."""

from collections.abc import Iterator, Sequence
from itertools import islice
from sys import intern
from typing import Any, get_args

from services.case.domain import directory_events as d
from services.case.domain.directory import School, Status
from services.case.projections.model import About, Cursor
from services.case.projections.register_file import BadRow
from services.case.projections.school_register import read_links, read_schools
from services.case.store.database import Database
from services.case.store.mapper import Recorded

FILE = "SELECT body FROM artefacts WHERE hash = %s"
INCOMING = "CREATE TEMP TABLE incoming (LIKE {table} INCLUDING DEFAULTS) ON COMMIT DROP"
COPY = "COPY incoming FROM STDIN"
MERGE_SCHOOLS = """
    INSERT INTO schools AS known SELECT * FROM incoming ON CONFLICT (urn) DO UPDATE SET
        name = excluded.name, authority = excluded.authority, status = excluded.status,
        opened_on = excluded.opened_on, closed_on = excluded.closed_on, phase = excluded.phase,
        low_age = excluded.low_age, high_age = excluded.high_age, easting = excluded.easting,
        northing = excluded.northing, needs = excluded.needs, words = excluded.words, details = excluded.details
    WHERE known IS DISTINCT FROM excluded
"""
FORGET_LINKS = "DELETE FROM school_links"
TAKE_LINKS = """
    INSERT INTO school_links SELECT DISTINCT ON (urn, linked, kind) * FROM incoming ORDER BY urn, linked, kind, since
"""
TELL = "SELECT pg_notify('directory', 'schools')"


class Schools:
    name = "schools"
    about: About = "directories"
    tables: tuple[str, ...] = ("schools", "school_links")

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            event = recorded.event
            if isinstance(event, d.SchoolsImported):
                _copy(cursor, "schools", MERGE_SCHOOLS, read_schools(_file(cursor, event.register), _pass_over))
                if event.links:
                    cursor.execute(FORGET_LINKS)
                    _copy(cursor, "school_links", TAKE_LINKS, read_links(_file(cursor, event.links), _pass_over))
                cursor.execute(TELL)


def _pass_over(bad: BadRow) -> None:
    """Who imported the file was told."""


def _file(cursor: Cursor, hash: str) -> bytes:
    row = cursor.execute(FILE, [hash]).fetchone()
    assert row is not None, hash
    return bytes(row[0])


def _copy(cursor: Cursor, table: str, merge: str, rows: Iterator[tuple[Any, ...]]) -> None:
    cursor.execute(INCOMING.format(table=table).encode())
    with cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(merge.encode())
    cursor.execute("DROP TABLE incoming")


SUCCESSORS = """
    SELECT urn, linked FROM school_links WHERE kind ILIKE 'successor%%'
    UNION SELECT linked, urn FROM school_links WHERE kind ILIKE 'predecessor%%' ORDER BY 1, 2
"""
ALL = """
    SELECT urn, name, authority, status, CASE WHEN status = 'proposed' THEN opened_on END, closed_on
    FROM schools
"""
BATCH = 5_000
_STATUS: dict[str, Status] = {status: status for status in get_args(Status)}


def all_schools(database: Database) -> dict[str, School]:
    """What decisions ask of each school, by URN."""
    with database.connection() as connection, connection.cursor() as cursor:
        successors: dict[str, tuple[str, ...]] = {}
        for urn, after in cursor.execute(SUCCESSORS):
            successors[urn] = (*successors.get(urn, ()), after)
        found = cursor.execute(ALL)
        return {
            urn: School(urn, name, intern(authority), _STATUS[status], opens_on, closed_on, successors.get(urn, ()))
            for batch in iter(lambda: list(islice(found, BATCH)), [])
            for urn, name, authority, status, opens_on, closed_on in batch
        }


def count_schools(database: Database) -> dict[str, int]:
    """How many schools are known, by status."""
    return dict(database.rows("SELECT status, count(*) FROM schools GROUP BY status ORDER BY status"))
