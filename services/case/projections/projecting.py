"""Keeps the read models up: the log in batches, position and rows in one transaction; rebuilds one on demand."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import psycopg

from services.case.projections.cases import Cases
from services.case.projections.deadlines import Deadlines
from services.case.projections.directory import Entries
from services.case.projections.glass import Glass
from services.case.projections.inbox import Inbox
from services.case.projections.measures.measured import Measured
from services.case.projections.model import ABOUT, About, Cursor, Origins, ReadModel, TitleOf
from services.case.projections.schools import Schools
from services.case.projections.timeline import Timeline
from services.case.store.event_store import EventStore
from services.case.store.mapper import Recorded

BATCH = 500
POSITIONS = "SELECT reader, position FROM reader_positions WHERE reader = ANY (%s)"
PASSED = "SELECT count(*) FROM reader_positions WHERE reader = ANY (%s) AND position >= %s"
MOVE = """
    INSERT INTO reader_positions (reader, position) SELECT * FROM unnest(%s::text[], %s::bigint[])
    ON CONFLICT (reader) DO UPDATE SET position = excluded.position
"""


class UnknownReadModel(LookupError):
    """There is no read model of that name."""


class Projecting:
    """All read models of the service, in an order in which each finds what it looks up."""

    def __init__(self, store: EventStore, title_of: TitleOf) -> None:
        self._store = store
        origins = Origins()
        self._origins = origins
        self.models: tuple[ReadModel, ...] = (
            Cases(),
            Inbox(origins, title_of),
            Timeline(),
            Deadlines(origins),
            Schools(),
            Entries(),
            Measured(),
            Glass(),
        )

    def work(self, connection: psycopg.Connection[Any]) -> bool:
        """Apply the next batch to every model that has not had it; whether there may be more."""
        names = [model.name for model in self.models]
        behind = min(_positions(connection.execute(POSITIONS, [names]), names).values())
        batch = self._store.read(behind, BATCH)
        if not batch:
            return False
        with connection.transaction(), connection.cursor() as cursor:
            found = _positions(cursor.execute(f"{POSITIONS} FOR UPDATE", [names]), names)
            if min(found.values()) < behind:
                return True  # a read model begins anew: the batch is not the next one for all
            self._origins.note(batch)
            telling = {about: concerning(about, batch) for about in ABOUT}
            for model in self.models:
                given = telling[model.about]
                if found[model.name] > behind:
                    given = [recorded for recorded in given if recorded.position > found[model.name]]
                model.apply(cursor, given)
            cursor.execute(MOVE, [names, [max(batch[-1].position, found[name]) for name in names]])
            cursor.execute("SELECT pg_notify('projected', %s)", [str(batch[-1].position)])
        return len(batch) == BATCH

    def has_passed(self, position: int) -> bool:
        """Whether every model has had the log up to a position."""
        row = self._store.database.row(PASSED, [[model.name for model in self.models], position])
        return row == (len(self.models),)

    def model(self, name: str) -> ReadModel:
        for model in self.models:
            if model.name == name:
                return model
        raise UnknownReadModel(name)

    def rebuild(self, name: str, url: str, progress: Callable[[int], None] = lambda position: None) -> int:
        """Fill a copy of a read model from the whole log, under traffic, then put it in the old one's place.

        The number of events applied. All in one transaction: nothing is left of a rebuild that breaks off.
        """
        model, schema = self.model(name), f"rebuild_{name}"
        with psycopg.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [schema])  # one at a time
            cursor.execute(f"CREATE SCHEMA {schema}".encode())
            for table in model.tables:
                cursor.execute(f"CREATE TABLE {schema}.{table} (LIKE public.{table} INCLUDING ALL)".encode())
            cursor.execute(f"SET LOCAL search_path TO {schema}, public".encode())
            position, first = self._apply_after(0, model, cursor, progress)
            # Followers wait from here on: what they have not applied yet, nobody has.
            cursor.execute("LOCK TABLE reader_positions IN EXCLUSIVE MODE")
            position, last = self._apply_after(position, model, cursor, progress)
            for table in model.tables:
                cursor.execute(f"DROP TABLE public.{table}".encode())
                cursor.execute(f"ALTER TABLE {schema}.{table} SET SCHEMA public".encode())
            cursor.execute(MOVE, [[name], [position]])
            cursor.execute(f"DROP SCHEMA {schema}".encode())
        return first + last

    def _apply_after(
        self, position: int, model: ReadModel, cursor: Cursor, progress: Callable[[int], None]
    ) -> tuple[int, int]:
        """Apply all that the log has now after a position; the position then, and how many events that were."""
        done = 0
        while batch := self._store.read(position, BATCH * 4):
            self._origins.note(batch)
            model.apply(cursor, concerning(model.about, batch))
            position, done = batch[-1].position, done + len(batch)
            progress(position)
        return position, done


def _positions(rows: Iterable[tuple[str, int]], names: Iterable[str]) -> dict[str, int]:
    """How far each read model is; one that has none yet is at the beginning."""
    return {**dict.fromkeys(names, 0), **dict(rows)}


def concerning(about: About, batch: Sequence[Recorded]) -> list[Recorded]:
    """The events of what a model is about."""
    if about == "directories":
        return [recorded for recorded in batch if recorded.type.startswith("authority.")]
    if about == "access":
        return [recorded for recorded in batch if recorded.type.startswith("access.")]
    return of_cases(batch)


def of_cases(batch: Sequence[Recorded]) -> list[Recorded]:
    """The events that belong to cases."""
    return [recorded for recorded in batch if not recorded.type.startswith(("access.", "authority.", "register."))]
