"""How far the read models, the outbox and what is offered to be sent are, as this process knows it: so that people see
their own changes."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from services.case.projections.reached import Reached
from services.case.store.database import DatabaseAway

FURTHEST_BACK = "SELECT coalesce(min(position), 0) FROM reader_positions WHERE reader = ANY (%s)"


class Projected(Reached):
    """Where the read models are. Hears of each projected position, and of each of the outbox (`outbox`) and of
    what is offered (`contacts`), of destroyed keys, of directories that changed (`refresh` is told what, or "" where
    changes may not have been heard)."""

    def __init__(self, url: str, forget: Any, refresh: Callable[[str], None], models: Sequence[str]) -> None:
        super().__init__()
        self.outbox = Reached()
        self.contacts = Reached()
        self._models = list(models)
        self._url = url
        self._forget = forget
        self._refresh = refresh
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="projected", daemon=True)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        super().start(loop)
        self.outbox.start(loop)
        self.contacts.start(loop)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(3)

    def hurry(self) -> None:
        super().hurry()
        self.outbox.hurry()
        self.contacts.hurry()

    def _run(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(psycopg.OperationalError, DatabaseAway):
                self._listen()
            self._stopping.wait(0.5)

    def _listen(self) -> None:
        with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
            for channel in ("projected", "outbox", "contacts", "key_destroyed", "directory"):
                connection.execute(f"LISTEN {channel}".encode())
            self._refresh("")
            self.passed(_furthest_back(connection, self._models))
            self.outbox.passed(_furthest_back(connection, ["outbox"]))
            self.contacts.passed(_last_offered(connection))
            while not self._stopping.is_set():
                for heard in connection.notifies(timeout=1, stop_after=1):
                    self._hear(heard)

    def _hear(self, heard: psycopg.Notify) -> None:
        match heard.channel:
            case "projected":
                self.passed(int(heard.payload))
            case "outbox":
                self.outbox.passed(int(heard.payload))
            case "contacts":
                self.contacts.passed(int(heard.payload))
            case "directory":
                self._refresh(heard.payload)
            case _:
                self._call(lambda: self._forget(heard.payload))


def _last_offered(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT coalesce(max(place), 0) FROM contacts").fetchone()
    return int(row[0]) if row else 0


def _furthest_back(connection: psycopg.Connection[Any], readers: list[str]) -> int:
    row = connection.execute(FURTHEST_BACK, [readers]).fetchone()
    return int(row[0]) if row else 0
