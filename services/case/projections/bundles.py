"""Questions to the list of cases about what runs on which bundle."""

import msgspec

from services.case.store.database import Database

USES = """
    SELECT i.process, i.bundle,
           count(DISTINCT i.stream) FILTER (WHERE NOT i.ended AND c.status <> 'closed'),
           count(DISTINCT i.stream) FILTER (WHERE NOT i.ended AND c.status = 'closed')
    FROM instances i JOIN cases c USING (stream)
    WHERE c.authority = %s GROUP BY i.process, i.bundle
"""
RUNNING = """
    SELECT DISTINCT c.number, c.ref FROM instances i JOIN cases c USING (stream)
    WHERE c.authority = %s AND i.bundle = %s AND NOT i.ended AND c.status <> 'closed' AND c.number > %s
    ORDER BY c.number LIMIT %s
"""


class Use(msgspec.Struct, frozen=True):
    """How many cases have an instance on a bundle that has not ended: `running` in open cases, `unfinished` in those
    that were closed, which would go on with it if they were opened again."""

    process: str
    bundle: str
    running: int
    unfinished: int


def uses(database: Database, authority: str) -> list[Use]:
    """Of every bundle on which anything of the authority's ever ran."""
    return [Use(*row) for row in database.rows(USES, [authority])]


def running_on(database: Database, authority: str, bundle: str, after: int, limit: int) -> list[tuple[int, str]]:
    """Number and reference of the authority's open cases that run on a bundle, after a number, in order."""
    return [(row[0], row[1]) for row in database.rows(RUNNING, [authority, bundle, after, limit])]
