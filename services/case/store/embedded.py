"""The PostgreSQL that comes in a wheel: for `make run`, demos and tests. Never used where `CASE_DATABASE_URL` is set.

A supervisor process of its own (`supervisor.py`) owns the server, so that no user of it takes it down when killed. Who
uses it holds a shared lock on a file; when the last one is gone, however it went, the supervisor stops the server.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

import psycopg

DATABASE = "casework"
ROOT = Path(__file__).parents[3]


class NotStarted(RuntimeError):
    """The embedded PostgreSQL did not start; its own words are in `postgres/server.log` of the data folder."""


class Place:
    """Where the embedded server of one data folder keeps its things."""

    def __init__(self, data: Path) -> None:
        self.folder = data.resolve() / "postgres"
        self.server_lock = self.folder / "server.lock"
        self.users_lock = self.folder / "users.lock"
        self.log = self.folder / "server.log"
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        # A socket's path may have 100 bytes; a data folder's often has more.
        self.socket = Path(tempfile.gettempdir()) / f"casework-{name}"

    def url(self, database: str = DATABASE) -> str:
        return f"host={self.socket} user=casework dbname={database}"


_held: dict[Path, IO[bytes]] = {}
_watched: set[Path] = set()


def start(data: Path, wait: float = 60.0) -> str:
    """Connection string of the server of this data folder, started if need be; ours until this process ends.

    Any number of processes may call this at the same moment. Raises NotStarted after `wait` seconds.
    """
    place = Place(data)
    place.folder.mkdir(parents=True, exist_ok=True)
    if place.folder not in _held:
        users = place.users_lock.open("ab")
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while a supervisor is just stopping for want of users
        _held[place.folder] = users
    until = time.monotonic() + wait
    while not _answers(place):
        if time.monotonic() > until:
            raise NotStarted(str(place.log))
        if _unowned(place):
            _spawn(place)
        time.sleep(0.05)
    if place.folder not in _watched:
        _watched.add(place.folder)
        threading.Thread(target=_keep_owned, args=(place,), daemon=True, name="embedded-postgresql").start()
    return place.url()


def stop_using(data: Path) -> None:
    """Give the server up before the process ends."""
    if users := _held.pop(Place(data).folder, None):
        users.close()


def _answers(place: Place) -> bool:
    try:
        with psycopg.connect(place.url(), connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _unowned(place: Place) -> bool:
    """Whether no supervisor holds the server."""
    with place.server_lock.open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _spawn(place: Place) -> None:
    with place.log.open("ab") as log:
        subprocess.Popen(
            [sys.executable, "-m", "services.case.store.supervisor", str(place.folder.parent)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    time.sleep(0.2)


def _keep_owned(place: Place) -> None:
    """Should the supervisor be killed, the server goes with it; start another while we still use it."""
    while place.folder in _held:
        if _unowned(place):
            _spawn(place)
        time.sleep(1)
