"""How far the read models are, as this process knows it: so that people see their own changes."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from services.case.store.database import DatabaseAway

PATIENCE = 2.0  # seconds that a reader waits for a position
FURTHEST_BACK = "SELECT coalesce(min(position), 0) FROM reader_positions WHERE reader = ANY (%s)"


class Projected:
    """Hears of each projected position, of destroyed keys, of directories that changed (`refresh` is told what, or ""
    where changes may not have been heard); `wait` lets a coroutine wait for a position."""

    def __init__(self, url: str, forget: Any, refresh: Callable[[str], None], models: Sequence[str]) -> None:
        self._models = list(models)
        self._url = url
        self._forget = forget
        self._refresh = refresh
        self._position = 0
        self._hurried = False
        self._waiting: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="projected", daemon=True)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(3)

    def hurry(self) -> None:
        """The process is told to stop: whoever waits is answered with what there is. May be called by a signal."""
        self._hurried = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    @property
    def position(self) -> int:
        return self._position

    async def wait(self, position: int, patience: float = PATIENCE) -> bool:
        """Until the read models have passed the position; False if it takes too long."""
        until = asyncio.get_running_loop().time() + patience
        while self._position < position:
            if self._hurried:
                return False
            woken = asyncio.Event()
            self._waiting.add(woken)
            try:
                left = until - asyncio.get_running_loop().time()
                await asyncio.wait_for(woken.wait(), left)
            except TimeoutError:
                return False
            finally:
                self._waiting.discard(woken)
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(psycopg.OperationalError, DatabaseAway):
                self._listen()
            self._stopping.wait(0.5)

    def _listen(self) -> None:
        with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
            connection.execute("LISTEN projected")
            connection.execute("LISTEN key_destroyed")
            connection.execute("LISTEN directory")
            row = connection.execute(FURTHEST_BACK, [self._models]).fetchone()
            self._refresh("")
            self._passed(int(row[0]) if row else 0)
            while not self._stopping.is_set():
                for heard in connection.notifies(timeout=1, stop_after=1):
                    if heard.channel == "projected":
                        self._passed(int(heard.payload))
                    elif heard.channel == "directory":
                        self._refresh(heard.payload)
                    elif self._loop is not None:
                        self._loop.call_soon_threadsafe(self._forget, heard.payload)

    def _passed(self, position: int) -> None:
        if position > self._position:
            self._position = position
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for woken in self._waiting:
            woken.set()
