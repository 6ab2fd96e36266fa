"""Eight processes start at the same moment where there is nothing yet: all of them come up, on one house."""

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from services.case.settings import Settings
from services.case.store.database import Database
from services.case.store.verify import verify
from services.case.wiring import House
from tests.api.at_once import at_once
from tests.conftest import MASTER_KEY, SIGNING_KEY
from tests.serving import Served
from tests.store.embedding import data_folder

STARTS = 8
ROUNDS = 20


def start_when_told(told: Connection, data: Path) -> None:
    """A process that has its imports behind it: opens a house on each database it hears of."""
    while (url := told.recv()) is not None:
        try:
            house = House(Settings(url, data, master_key=MASTER_KEY, signing_key=SIGNING_KEY))
            house.open()
            processes = len(house.reference.processes("937"))
            house.close()
            told.send(processes)
        except BaseException as error:
            told.send(repr(error))


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[list[Any]]:
    context = multiprocessing.get_context("spawn")
    ends, started = [], []
    for _ in range(STARTS):
        ours, theirs = context.Pipe()
        process = context.Process(target=start_when_told, args=(theirs, tmp_path))
        process.start()
        ends.append(ours)
        started.append(process)
    yield ends
    for end in ends:
        end.send(None)
    for process in started:
        process.join(10)


def assert_one_house(url: str) -> None:
    """Nothing was put in use twice, and the log is whole."""
    database = Database(url)
    database.open()
    assert verify(database).ok
    rows = Counter(database.rows("SELECT topic, originator_id, originator_version FROM events"))
    hashes = Counter(database.rows("SELECT hash, kind FROM artefacts"))
    assert rows and max(rows.values()) == 1
    assert hashes and max(hashes.values()) == 1
    bundles = database.row("SELECT count(*) FROM artefacts WHERE kind = 'bundle'")
    authorities = database.row("SELECT count(DISTINCT originator_id) FROM events")
    in_use = database.row("SELECT count(*) FROM events WHERE topic = 'authority.bundle_put_in_use.v1'")
    assert bundles and authorities and in_use and in_use[0] == bundles[0] * authorities[0]
    database.close()


def test_twenty_times_on_an_empty_database(postgresql: str, crowd: list[Any]) -> None:
    for _ in range(ROUNDS):
        name = f"empty_{uuid4().hex}"
        with psycopg.connect(f"{postgresql} dbname=postgres", autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}".encode())
            for end in crowd:
                end.send(f"{postgresql} dbname={name}")
            found = [end.recv() for end in crowd]
            assert len(set(found)) == 1 and isinstance(found[0], int), found
            assert_one_house(f"{postgresql} dbname={name}")
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def all_start(data: list[Path], environment: dict[str, str]) -> None:
    served = [Served(folder, environment) for folder in data]
    try:
        at_once([one.start for one in served])
        assert [httpx.get(f"{one.address}/readyz").status_code for one in served] == [200] * len(served)
    finally:
        codes = at_once([one.stop for one in served if one.process is not None and one.process.poll() is None])
    assert codes == [0] * len(served)


def test_the_web_process_itself(empty_database: str, tmp_path: Path) -> None:
    environment = {
        "CASE_DATABASE_URL": empty_database,
        "CASE_MASTER_KEY": MASTER_KEY,
        "CASE_SIGNING_KEY": SIGNING_KEY,
    }

    all_start([tmp_path / str(number) for number in range(STARTS)], environment)

    assert_one_house(empty_database)


@pytest.mark.parametrize("round", range(2))
def test_on_an_empty_data_folder(round: int) -> None:
    with data_folder(inside="not/there/yet") as data:
        data.rmdir()

        all_start([data] * STARTS, {"CASE_CLOCK_START": "2026-09-28T09:00:00+01:00"})

        assert (data / "master.key").stat().st_mode & 0o077 == 0
