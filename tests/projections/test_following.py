"""The follower: every event takes effect once, whatever is killed, and one of several is active."""

import logging
import os
import signal
import subprocess
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from eventsourcing.persistence import OperationalError

from contracts import chain
from services.case.application.reference import stream_of
from services.case.domain import events as e
from services.case.domain.authority_events import CalendarPutInUse
from services.case.projections.model import About, Cursor
from services.case.settings import Settings
from services.case.store import embedded, mapper
from services.case.store.mapper import Recorded
from services.case.wiring import House
from tests.conftest import MASTER_KEY, SIGNING_KEY
from tests.projections.rows import fresh_rows, rows_of, until_projected
from tests.projections.traffic import NOON, Traffic, lives, opened_as
from tests.store.commands import COMMAND, ROOT, environment_of
from tests.store.embedding import data_folder, server_of, until

NUMBERS = count(500_000)
ACTIVE = """
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
HELD_UP = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%timeline%'"
PUT = "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (%s, %s, %s, %s)"


class Projections:
    """A `projections` process."""

    def __init__(self, house: House) -> None:
        command = [*COMMAND, "projections"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment_of(house), stdout=subprocess.PIPE, text=True)

    def ready(self) -> "Projections":
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        return self

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        self.process.communicate()
        return self.process.returncode


@contextmanager
def following(house: House) -> Iterator[None]:
    follower = house.follower()
    follower.start()
    try:
        until(lambda: active(house), "the follower to be active")
        yield
    finally:
        follower.stop()


def active(house: House) -> list[int]:
    """The connections that hold the right to keep the read models up."""
    return [pid for (pid,) in house.database.rows(ACTIVE, [zlib.crc32(b"follower projections")])]


def open_case(house: House) -> None:
    """The first events of one more case."""
    ref = f"SC-2026-{next(NUMBERS)}"
    first, *more = lives()[0][0]
    assert isinstance(first, e.CaseOpened)
    house.store.append(stream_of(ref), 0, chain.GENESIS, [opened_as(ref, first), *more], NOON).positions.result(20)


def seconds_until_projected(house: House) -> float:
    began = time.monotonic()
    until_projected(house)
    return time.monotonic() - began


def kill(url: str, backend: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", [backend])


def test_killed_ten_times_under_load_every_event_took_effect_once(house: House) -> None:
    traffic = Traffic(house.store, cases=10_000, pause=0.004)
    traffic.start()
    for _ in range(10):
        process = Projections(house).ready()
        before = house.database.row("SELECT coalesce(min(position), 0) FROM reader_positions")
        until(lambda: house.database.row("SELECT min(position) FROM reader_positions") != before, "some progress")  # noqa: B023
        assert process.end(signal.SIGKILL) == -signal.SIGKILL
    traffic.over.set()
    traffic.through()
    with following(house):
        until_projected(house)

    found, fresh = rows_of(house), fresh_rows(house)
    for table in fresh:
        assert found[table] == fresh[table], table
    lines = house.database.row("SELECT sum(cardinality(lines)) FROM timeline")
    assert lines == (traffic.events,) and traffic.events > 500


def test_of_two_one_is_active_and_the_other_takes_over_when_it_is_killed(house: House) -> None:
    first = Projections(house).ready()
    until(lambda: active(house), "one to be active")
    second = Projections(house).ready()
    holder = active(house)
    time.sleep(0.6)
    assert active(house) == holder

    began = time.monotonic()
    first.end(signal.SIGKILL)
    until(lambda: active(house) not in ([], holder), "the other to take over")
    assert time.monotonic() - began < 10
    open_case(house)
    until_projected(house)
    assert second.end(signal.SIGTERM) == 0
    assert rows_of(house) == fresh_rows(house)


def test_what_is_written_is_seen_at_once(house: House) -> None:
    with following(house):
        open_case(house)
        until_projected(house)
        seconds = []
        for _ in range(5):
            open_case(house)
            seconds.append(seconds_until_projected(house))
        assert min(seconds) < 0.3  # the safety poll alone would take up to a second each time


def test_a_wake_up_that_got_lost_delays_an_event_and_loses_none(house: House) -> None:
    with following(house):
        open_case(house)
        until_projected(house)
        stream, note = stream_of("SC-2026-1"), CalendarPutInUse
        event = note(meta=lives()[0][0][0].meta, calendar="x", name="x", academic_year="2026/27")
        row, _ = mapper.to_stored(event, stream, 1, chain.GENESIS, chain.stamp(NOON), None)
        with psycopg.connect(house.url) as connection:
            connection.execute(PUT, [row.originator_id, row.originator_version, row.topic, row.state])
        assert seconds_until_projected(house) < 10


def test_when_the_connection_that_listens_is_killed_it_goes_on_and_is_as_quick_each_time(house: House) -> None:
    with following(house):
        for _ in range(6):
            open_case(house)
            until_projected(house)
            holder = active(house)
            kill(house.url, holder[0])
            open_case(house)
            until_projected(house)
            until(lambda: active(house) not in ([], holder), "a new connection that listens")  # noqa: B023
    assert rows_of(house) == fresh_rows(house)


def test_when_the_connection_that_writes_is_killed_in_the_middle_it_begins_the_batch_again(house: House) -> None:
    with following(house):
        with psycopg.connect(house.url) as blocking:
            blocking.execute("LOCK TABLE timeline IN EXCLUSIVE MODE")
            open_case(house)
            writing = until(lambda: house.database.row(HELD_UP), "the follower to be in the middle")
            kill(house.url, writing[0])
        until_projected(house)
    assert rows_of(house) == fresh_rows(house)


class Breaks:
    """A read model that writes every event and then breaks, as often as it is told to."""

    name = "breaks"
    about: About = "cases"
    tables: tuple[str, ...] = ("broken",)

    def __init__(self, times: int) -> None:
        self.times = times

    def apply(self, cursor: Cursor, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            cursor.execute("INSERT INTO broken VALUES (%s)", [recorded.position])
        if batch and self.times:
            self.times -= 1
            raise ConnectionError("on purpose")


def test_rows_and_position_move_together_or_not_at_all(house: House, caplog: pytest.LogCaptureFixture) -> None:
    model = Breaks(times=3)
    house.projecting.models = (*house.projecting.models, model)
    Traffic(house.store, cases=2).run()
    with psycopg.connect(house.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE broken (position bigint)")
        for _ in range(2):
            with pytest.raises(ConnectionError):
                house.projecting.work(connection)
            assert house.database.rows("SELECT * FROM reader_positions WHERE position > 0") == []
            assert {table: rows for table, rows in rows_of(house).items() if rows} == {}

    with caplog.at_level(logging.ERROR), following(house):
        until_projected(house)

    assert [record.getMessage() for record in caplog.records] == ["follower projections failed and starts again"]
    positions = house.database.rows("SELECT position FROM broken ORDER BY position")
    of_cases = [(r.position,) for r in house.store.read_all() if r.type.startswith(("case.", "strategy."))]
    assert len(positions) == len(set(positions)) >= len(of_cases)
    house.projecting.models = house.projecting.models[:-1]
    assert rows_of(house) == fresh_rows(house)


def test_a_read_model_that_is_new_catches_up_while_the_others_stay_where_they_are(house: House) -> None:
    Traffic(house.store, cases=3).run()
    with psycopg.connect(house.url, autocommit=True) as connection:
        while house.projecting.work(connection):
            pass
        connection.execute("CREATE TABLE broken (position bigint)")
        house.projecting.models = (*house.projecting.models, Breaks(times=0))
        while house.projecting.work(connection):
            pass
    (written,) = house.database.row("SELECT count(*) FROM broken") or (0,)
    (shown,) = house.database.row("SELECT sum(cardinality(lines)) FROM timeline") or (0,)
    assert written == shown > 0
    house.projecting.models = house.projecting.models[:-1]
    assert rows_of(house) == fresh_rows(house)


def test_it_goes_on_when_the_server_has_been_killed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with data_folder() as data:
        given: dict[str, Any] = {"master_key": MASTER_KEY, "signing_key": SIGNING_KEY}
        house = House(Settings(embedded.start(data), tmp_path, **given)).open()
        with following(house), caplog.at_level(logging.ERROR):
            open_case(house)
            until_projected(house)
            os.kill(server_of(data), signal.SIGKILL)
            until(lambda: could_open_case(house), "the server to be back", 20)
            until_projected(house)
        assert rows_of(house) == fresh_rows(house)
        assert caplog.records == []
        house.close()


def could_open_case(house: House) -> bool:
    try:
        open_case(house)
    except OperationalError:
        return False
    return True
