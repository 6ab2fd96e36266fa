"""The schema comes about once, however many start at the same moment, and the log takes no change."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import psycopg
import pytest
from psycopg.errors import RaiseException

from services.case.settings import Settings
from services.case.store.migrate import FOLDER, migrate
from services.case.store.recorder import GroupCommitRecorder
from services.case.wiring import House
from tests.conftest import MASTER_KEY, SIGNING_KEY
from tests.store.items import item, stored

ALL = [path.stem for path in sorted(FOLDER.glob("*.sql"))]
AT_ONCE = 8
T = TypeVar("T")


def at_once(do: Callable[[], T]) -> list[T]:
    gate = Barrier(AT_ONCE)

    def wait_and_do(_: int) -> T:
        gate.wait()
        return do()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(wait_and_do, range(AT_ONCE)))


@pytest.mark.parametrize("round", range(3))
def test_eight_at_once_on_an_empty_database_migrate_it_once(empty_database: str, round: int) -> None:
    assert sorted(at_once(lambda: migrate(empty_database))) == [[]] * (AT_ONCE - 1) + [ALL]
    assert at_once(lambda: migrate(empty_database)) == [[]] * AT_ONCE


def test_a_database_of_an_earlier_version_gets_what_it_lacks_and_keeps_what_it_has(empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute("CREATE TABLE migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())")
        connection.execute((FOLDER / f"{ALL[0]}.sql").read_bytes())
        connection.execute("INSERT INTO migrations (name) VALUES (%s)", [ALL[0]])
    recorder = GroupCommitRecorder(empty_database)
    recorder.append(item()).result(20)
    recorder.close()

    assert sorted(at_once(lambda: migrate(empty_database))) == [[]] * (AT_ONCE - 1) + [ALL[1:]]
    assert len(stored(empty_database)) == 1


def test_eight_services_that_open_at_once_put_each_file_in_use_once(empty_database: str, tmp_path: Path) -> None:
    settings = Settings(empty_database, tmp_path, master_key=MASTER_KEY, signing_key=SIGNING_KEY)

    houses = at_once(lambda: House(settings).open())

    assert len({tuple(sorted(house.reference.in_use.items())) for house in houses}) == 1
    said = [(recorded.stream, repr(recorded.event)) for recorded in houses[0].store.read_all()]
    assert len(said) == len(set(said)) > 0
    for house in houses:
        house.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET topic = 'other'",
        "UPDATE events SET notification_id = 7",
        "DELETE FROM events",
        "TRUNCATE events",
        "INSERT INTO events (originator_id, originator_version, topic, state) SELECT originator_id, "
        "originator_version, 'other', state FROM events ON CONFLICT (originator_id, originator_version) "
        "DO UPDATE SET topic = excluded.topic",
    ],
)
def test_events_are_never_changed_or_removed(database_url: str, change: str) -> None:
    recorder = GroupCommitRecorder(database_url)
    recorder.append(item(events=2)).result(20)
    recorder.close()
    before = stored(database_url)

    with psycopg.connect(database_url) as connection, pytest.raises(RaiseException, match="never changed or removed"):
        connection.execute(change.encode())

    assert stored(database_url) == before
