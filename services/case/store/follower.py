"""Follows the log: LISTEN first, then read, a safety poll, reconnecting by itself, one active at a time.

What follows keeps its position in the same transaction as its effect (`reader_positions`), so an event takes effect
once however often a follower is killed. Several processes may run the same follower: an advisory lock, held on the
very connection that listens, chooses the active one, and another takes over when that connection is gone.
"""

import logging
import threading
import time
import zlib
from collections.abc import Callable
from typing import Any

import psycopg

from services.case.store.database import DatabaseAway

POLL = 1.0  # seconds; a wake-up can get lost, an event cannot
REST = 0.05  # seconds
TAKE_OVER = 0.25  # seconds between attempts to become the active one
BACK_OFF = (0.1, 0.2, 0.5, 1.0, 2.0)

log = logging.getLogger(__name__)


FollowersWork = Callable[[psycopg.Connection[Any]], bool]


class Interrupted(Exception):
    """The work cannot go on for now, and has said why itself; it begins again."""


class Follower:
    """Runs `work` whenever there may be something new, which `channel` tells. `work` gets a connection of its own in
    autocommit mode, and says whether there may be more at once. `leave` is called when another may become the active
    one. `rest`: seconds from one wake-up to the next at least, so that under load it reads many events at a time; what
    comes after a pause is followed at once."""

    def __init__(
        self,
        name: str,
        url: str,
        work: FollowersWork,
        channel: str = "events",
        leave: Callable[[], None] = lambda: None,
        rest: float = REST,
    ) -> None:
        self.name = name
        self._rest = rest
        self._channel = channel
        self._leave = leave
        self._url = url
        self._work = work
        self._lock = zlib.crc32(f"follower {name}".encode())
        self._stopping = threading.Event()
        self._failures = 0  # since it last went well
        self._thread = threading.Thread(target=self._run, name=f"follower-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except (psycopg.OperationalError, DatabaseAway, Interrupted):
                pass  # it says so elsewhere
            except Exception:
                log.exception("follower %s failed and starts again", self.name)
            self._stopping.wait(BACK_OFF[min(self._failures, len(BACK_OFF) - 1)])
            self._failures += 1

    def _follow(self) -> None:
        with (
            psycopg.connect(self._url, autocommit=True, connect_timeout=5) as ears,
            psycopg.connect(self._url, autocommit=True, connect_timeout=5) as hands,
        ):
            hands.execute("SET synchronous_commit = off")  # what a crash takes back is followed again
            ears.execute(f"LISTEN {self._channel}".encode())
            while not self._is_active(ears):
                if self._stopping.wait(TAKE_OVER):
                    return
            try:
                self._follow_as_the_one(ears, hands)
            finally:
                self._leave()

    def _follow_as_the_one(self, ears: psycopg.Connection[Any], hands: psycopg.Connection[Any]) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            while self._work(hands):
                if self._stopping.is_set():
                    return
            self._failures = 0
            for _ in ears.notifies(timeout=POLL, stop_after=1):
                pass
            self._stopping.wait(began + self._rest - time.monotonic())

    def _is_active(self, connection: psycopg.Connection[Any]) -> bool:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [self._lock]).fetchone()
        return bool(row and row[0])
