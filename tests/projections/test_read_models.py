"""Read models are what the log says, however they came about: followed, rebuilt under traffic, or begun anew."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from services.case.projections.projecting import UnknownReadModel
from services.case.wiring import House
from tests.projections.rows import fresh_rows, rows_of, until_projected
from tests.projections.traffic import Traffic, break_glass, fill_directories

MODELS = ("cases", "inbox", "timeline", "deadlines", "schools", "directory", "measures", "broken_glass")


def test_in_large_batches_or_event_by_event_the_rows_are_the_same(house: House) -> None:
    Traffic(house.store, cases=50).run()
    fill_directories(house)
    break_glass(house)
    with psycopg.connect(house.url, autocommit=True) as connection:
        while house.projecting.work(connection):
            pass

    found, fresh = rows_of(house), fresh_rows(house)
    for table in fresh:
        assert found[table] == fresh[table], table
        assert found[table], table


def test_rebuilds_under_traffic_end_with_the_rows_of_a_fresh_projection(house: House) -> None:
    follower = house.follower()
    follower.start()
    fill_directories(house)
    traffic = Traffic(house.store, cases=80)
    traffic.start()
    rebuilt: Counter[str] = Counter()
    while traffic.is_alive():
        for name in MODELS:
            house.projecting.rebuild(name, house.url)
            rebuilt[name] += traffic.is_alive()
    traffic.through()
    until_projected(house)
    follower.stop()

    found, fresh = rows_of(house), fresh_rows(house)
    for table in fresh:
        assert found[table] == fresh[table], table
    assert min(rebuilt.values()) > 0


def test_a_rebuild_of_what_was_spoilt_makes_it_good(house: House) -> None:
    Traffic(house.store, cases=5).run()
    with psycopg.connect(house.url, autocommit=True) as connection:
        while house.projecting.work(connection):
            pass
        for spoil in (
            "UPDATE cases SET status = 'lost', surname = 'Nobody'",
            "DELETE FROM inbox",
            "UPDATE timeline SET lines = '{}'",
            "DELETE FROM deadlines WHERE deadline = 1",
            "DELETE FROM reader_positions WHERE reader = 'inbox'",
        ):
            connection.execute(spoil.encode())
    for name in MODELS:
        house.projecting.rebuild(name, house.url)

    assert rows_of(house) == fresh_rows(house)
    until_projected(house, 0.1)


def test_two_that_rebuild_the_same_at_once_do_so_one_after_the_other(house: House) -> None:
    Traffic(house.store, cases=10).run()
    gate = threading.Barrier(3)

    def rebuild(name: str) -> int:
        gate.wait()
        return house.projecting.rebuild(name, house.url)

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(rebuild, ["inbox", "inbox", "cases"]))

    assert len(set(done)) == 1
    house.projecting.rebuild("timeline", house.url)
    house.projecting.rebuild("deadlines", house.url)
    house.projecting.rebuild("measures", house.url)
    assert rows_of(house) == fresh_rows(house)


def test_nothing_is_left_of_a_rebuild_that_breaks_off(house: House) -> None:
    Traffic(house.store, cases=3).run()

    def break_off(position: int) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        house.projecting.rebuild("cases", house.url, break_off)

    schemas = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rebuild%'"
    assert house.database.rows(schemas) == []
    assert house.database.rows("SELECT * FROM cases") == []
    assert house.projecting.rebuild("cases", house.url) > 0


def test_there_is_no_other_read_model(house: House) -> None:
    with pytest.raises(UnknownReadModel):
        house.projecting.rebuild("gossip", house.url)
