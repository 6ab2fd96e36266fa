"""The eventsourcing library as its documentation shows: recorder, application with aggregates, projection runner."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL


def environment(url: str) -> dict[str, str]:
    """The library's settings for this database."""
    parts = conninfo_to_dict(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": "5432",
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": "unused",
    }


@contextmanager
def recorder(url: str) -> Iterator[PostgresApplicationRecorder]:
    """The library's recorder with a table of its own in this database."""
    parts = conninfo_to_dict(url)
    with PostgresDatastore(
        str(parts["dbname"]), str(parts["host"]), "5432", str(parts["user"]), "unused", pool_size=16, max_overflow=48
    ) as datastore:
        made = PostgresApplicationRecorder(datastore, events_table_name="library_events")
        made.create_table()
        yield made


class Notes(Aggregate):
    """A case as the library's aggregate."""

    @event("Opened")
    def __init__(self, ref: str) -> None:
        self.ref = ref
        self.notes = 0

    @event("NoteAdded")
    def add_note(self, note: int, text: str, person: str, role: str, org: str) -> None:
        self.notes = note


@contextmanager
def application(url: str) -> Iterator[Application[UUID]]:
    made: Application[UUID] = Application(env=environment(url))
    yield made
    made.close()


def write_notes(application: Application[UUID], streams: int, each: int) -> list[UUID]:
    """Aggregates with so many events each; their ids."""
    found = []
    for number in range(streams):
        notes = Notes(ref=f"EP-2026-{number:06}")
        for n in range(1, each):
            notes.add_note(n, "The pupil came to the meeting today. " * 4, "8d6f0f1c", "caseworker", "937")
        application.save(notes)
        found.append(notes.id)
    return found


class TimelineView(PostgresTrackingRecorder):
    """A line for each event, in a table, with the library's tracking in the same transaction."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        table = SQL(
            "CREATE TABLE IF NOT EXISTS library_timeline (id uuid, version int, type text, PRIMARY KEY (id, version))"
        )
        self.sql_create_statements.append(table.format())

    def add(self, id: UUID, version: int, type: str, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute("INSERT INTO library_timeline VALUES (%s, %s, %s)", [id, version, type], prepare=True)


class TimelineProjection(Projection[TimelineView]):
    """One event, one line."""

    name = "timeline"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        event = domain_event
        self.view.add(event.originator_id, event.originator_version, type(event).__name__, tracking)


def project(url: str, last: int) -> None:
    """Follow the whole log of the application in this database up to a position."""
    environ = {**environment(url), "APPLICATION_PERSISTENCE_MODULE": "eventsourcing.postgres"}
    with ProjectionRunner(
        application_class=Application[UUID], projection_class=TimelineProjection, view_class=TimelineView, env=environ
    ) as runner:
        runner.wait(last, timeout=300)
