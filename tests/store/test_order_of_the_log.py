"""The log may be followed by position alone: what is read once up to a position never gets anything new below it.

`TAIL_EVENTS` sets how many events are written; 20,000 is the long form.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import OperationalError

from services.case.store import embedded
from services.case.store.migrate import migrate
from services.case.store.recorder import GroupCommitRecorder
from tests.store.embedding import data_folder, server_of, until
from tests.store.items import item, stored

EVENTS = int(os.environ.get("TAIL_EVENTS", "4000"))
WRITERS, CALLERS = 2, 16
TAIL = """
    SELECT originator_id, originator_version, notification_id FROM events
    WHERE notification_id > %s ORDER BY notification_id LIMIT 500
"""

Place = tuple[UUID, int, int]


def tail(url: str, writers: list["subprocess.Popen[str]"]) -> list[Place]:
    """Read as followers do, always after the last position seen, until the writers have ended and nothing is left."""
    seen: list[Place] = []
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            over = all(writer.poll() is not None for writer in writers)
            found = connection.execute(TAIL, [seen[-1][2] if seen else 0], prepare=True).fetchall()
            seen += found
            if over and not found:
                return seen


def test_who_follows_while_others_write_misses_nothing_and_sees_nothing_twice(database_url: str) -> None:
    command = [sys.executable, "-m", "tests.store.writing", database_url, str(CALLERS), str(EVENTS // WRITERS)]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(WRITERS)]
    said: list[list[str]] = [[] for _ in writers]
    hearing = [threading.Thread(target=hear, args=(w, s)) for w, s in zip(writers, said, strict=True)]
    for thread in hearing:
        thread.start()

    seen = tail(database_url, writers)

    for thread in hearing:
        thread.join()
    acknowledged = {place for lines in said for line in lines for place in places(line)}
    assert [writer.returncode for writer in writers] == [0, 0]
    assert len(acknowledged) == EVENTS
    assert len(seen) == EVENTS
    assert set(seen) == acknowledged
    assert seen == stored(database_url)
    versions: dict[UUID, int] = {}
    for stream, version, _ in seen:
        assert version == versions.get(stream, 0) + 1
        versions[stream] = version


def hear(writer: "subprocess.Popen[str]", said: list[str]) -> None:
    assert writer.stdout is not None
    said += writer.stdout
    writer.stdout.close()


def places(line: str) -> list[Place]:
    stream, version, *positions = line.split()
    return [(UUID(stream), int(version) + n, int(position)) for n, position in enumerate(positions)]


class Appending(threading.Thread):
    """Appends items of three events, one after another, and remembers which were acknowledged."""

    def __init__(self, recorder: GroupCommitRecorder) -> None:
        super().__init__()
        self.recorder = recorder
        self.over = threading.Event()
        self.acknowledged: dict[UUID, list[int]] = {}
        self.lost = 0

    def run(self) -> None:
        while not self.over.is_set():
            stream = uuid4()
            future: Future[list[int]] = self.recorder.append(item(stream, events=3))
            try:
                self.acknowledged[stream] = future.result(60)
            except OperationalError:
                self.lost += 1
                time.sleep(0.05)


def until_more(callers: list[Appending]) -> None:
    """Until fifty more items were acknowledged."""
    before = sum(len(caller.acknowledged) for caller in callers)
    until(lambda: sum(len(caller.acknowledged) for caller in callers) > before + 50, "more to be stored", 60)


def test_when_the_server_is_killed_what_was_acknowledged_is_there_and_nothing_by_halves() -> None:
    with data_folder() as data:
        url = embedded.start(data)
        migrate(url)
        recorder = GroupCommitRecorder(url)
        callers = [Appending(recorder) for _ in range(8)]
        for caller in callers:
            caller.start()
        for _ in range(3):
            until_more(callers)
            os.kill(killed := server_of(data), signal.SIGKILL)
            # Its connections are answered a moment longer: what counts comes from the next one.
            until(lambda killed=killed: server_of(data) != killed, "another server", 60)  # type: ignore[misc]
        until_more(callers)
        for caller in callers:
            caller.over.set()
        for caller in callers:
            caller.join()
        recorder.close()

        found: dict[UUID, list[int]] = {}
        for stream, _, position in stored(url):
            found.setdefault(stream, []).append(position)

    acknowledged = {stream: at for caller in callers for stream, at in caller.acknowledged.items()}
    assert sum(caller.lost for caller in callers) > 0
    assert {stream: found.get(stream) for stream in acknowledged} == acknowledged
    assert {len(positions) for positions in found.values()} == {3}
