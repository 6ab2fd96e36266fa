"""Dry runs that somebody asked for: what each found is kept, for its authority and draft, to be read again."""

import zlib
from datetime import datetime

import msgspec

from services.case.application.dry_run import Line, Question, counts, dry_run
from services.case.application.rehearsal import Verdict
from services.case.clock.calendar_files import CalendarShelf
from services.case.process.bundle import Bundle
from services.case.store.database import Database

BEGIN = """
    INSERT INTO dry_runs (authority, bundle, began_at) VALUES (%s, %s, %s)
    ON CONFLICT (authority, bundle) DO UPDATE SET began_at = excluded.began_at, found = NULL
"""
FINISH = "UPDATE dry_runs SET found = %s WHERE authority = %s AND bundle = %s AND began_at = %s"
LAST = "SELECT began_at, found FROM dry_runs WHERE authority = %s AND bundle = %s"
HEAD = "SELECT coalesce(max(notification_id), 0) FROM events"


class Found(msgspec.Struct, frozen=True):
    """`upto`: the place in the log up to which histories were read · `counts` by verdict, of process instances ·
    `lines`: those that are not the same."""

    upto: int
    counts: dict[Verdict, int]
    lines: list[Line]

    @property
    def instances(self) -> int:
        return sum(self.counts.values())


class Asked(msgspec.Struct, frozen=True):
    """A dry run, when it began, and what it found; None while it runs, or where it was cut short."""

    began_at: datetime
    found: Found | None


def begin(database: Database, authority: str, bundle: str, at: datetime) -> None:
    """Say that a dry run is under way."""
    database.execute(BEGIN, [authority, bundle, at])


def finish(database: Database, authority: str, draft: Bundle, calendars: CalendarShelf, at: datetime) -> Found:
    """Run the draft against all histories of the authority and keep what that finds. `at`: when it was begun. This
    blocks, for seconds where there are many."""
    row = database.row(HEAD)
    lines = dry_run(Question(database.url, draft.to_bytes(), calendars, authority))
    found = Found(row[0] if row else 0, counts(lines), [line for line in lines if line.verdict != "same"])
    database.execute(FINISH, [zlib.compress(msgspec.json.encode(found)), authority, draft.hash, at])
    return found


def last(database: Database, authority: str, bundle: str) -> Asked | None:
    """The last one of this draft that the authority asked for."""
    row = database.row(LAST, [authority, bundle])
    if row is None:
        return None
    return Asked(row[0], msgspec.json.decode(zlib.decompress(row[1]), type=Found) if row[1] else None)
