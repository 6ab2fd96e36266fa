"""The PostgreSQL that comes in a wheel: for `make run`, demos and tests. Never used where `CASE_DATABASE_URL` is set.

A supervisor process of its own (`supervisor.py`) owns the server, so that no user of it takes it down when killed. Who
uses it holds a shared lock on a file; when the last one is gone, however it went, the supervisor stops the server.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

import psycopg

DATABASE = "casework"
ROOT = Path(__file__).parents[3]


class NotStarted(SystemExit):
    """The embedded PostgreSQL did not start. Ends a command with a sentence that says why."""


class Place:
    """Where the embedded server of one data folder keeps its things."""

    def __init__(self, data: Path) -> None:
        self.folder = data.resolve() / "postgres"
        self.server_lock = self.folder / "server.lock"
        self.users_lock = self.folder / "users.lock"
        self.log = self.folder / "server.log"
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        # A socket's path may have 100 bytes, and must be the same for everybody whatever TMPDIR says.
        self.socket = Path("/tmp") / f"casework-{name}"  # noqa: S108  its owner is checked

    def url(self, database: str = DATABASE) -> str:
        return f"host={self.socket} user=casework dbname={database}"


_held: dict[Path, IO[bytes]] = {}
_supervisors: dict[Path, "subprocess.Popen[bytes]"] = {}  # those that this process started


def start(data: Path, wait: float = 60.0) -> str:
    """Connection string of the server of this data folder, started if need be; ours until this process ends.

    Any number of processes may call this at the same moment. Raises NotStarted, after `wait` seconds at the latest.
    """
    place = Place(data)
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        fresh = place.folder not in _held and _hold(place)
    except OSError as error:
        raise NotStarted(f"PostgreSQL cannot keep its files in {place.folder}: {error.strerror}.") from None
    try:
        until = time.monotonic() + wait
        while not _answers(place):
            if time.monotonic() > until:
                raise NotStarted(_last_words(place))
            _supervise(place)
            time.sleep(0.05)
    except BaseException:
        stop_using(data)
        raise
    if fresh:
        threading.Thread(target=_keep_supervised, args=(place,), daemon=True, name="embedded-postgresql").start()
    return place.url()


def stop_using(data: Path) -> None:
    """Give the server up before the process ends."""
    if users := _held.pop(Place(data).folder, None):
        users.close()


def _hold(place: Place) -> bool:
    users = place.users_lock.open("ab")
    fcntl.flock(users, fcntl.LOCK_SH)  # waits while a supervisor is just stopping for want of users
    _held[place.folder] = users
    return True


def _answers(place: Place) -> bool:
    try:
        with psycopg.connect(place.url(), connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _supervise(place: Place) -> None:
    """See that there is a supervisor. It inherits the lock that is taken for it here, so there never are two.

    Raises NotStarted if the one that we started has given up.
    """
    ours = _supervisors.get(place.folder)
    if ours is not None and (ours.poll() or 0) > 0:
        del _supervisors[place.folder]
        raise NotStarted(_last_words(place))
    with place.server_lock.open("ab") as lock, place.log.open("ab") as log:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if ours is not None:
            ours.wait()  # it has let go of the lock, so it is gone
        _supervisors[place.folder] = subprocess.Popen(
            [sys.executable, "-m", "services.case.store.supervisor", str(place.folder.parent)],
            cwd="/",
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )


def _last_words(place: Place) -> str:
    said = place.log.read_text(errors="replace").strip().splitlines() if place.log.exists() else []
    return f"PostgreSQL did not start. {said[-1] if said else 'It said nothing.'}\nMore may be said in {place.log}."


def _keep_supervised(place: Place) -> None:
    """Should the supervisor be killed, the server goes with it; start another while we still use it."""
    while place.folder in _held:
        with contextlib.suppress(NotStarted, OSError):
            _supervise(place)
        time.sleep(1)


@atexit.register
def _leave() -> None:
    for folder in list(_held):
        stop_using(folder.parent)
    for supervisor in _supervisors.values():
        supervisor.returncode = 0  # it goes on without us, and nobody need wait for it
