"""A place in the log that rises, for which coroutines can wait."""

import asyncio
from collections.abc import Callable

PATIENCE = 2.0  # seconds that a reader waits


class Reached:
    """How far something is, as this process knows it. Told from any thread, waited for on one loop."""

    def __init__(self) -> None:
        self._position = 0
        self._hurried = False
        self._waiting: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    @property
    def position(self) -> int:
        return self._position

    def passed(self, position: int) -> None:
        if position > self._position:
            self._position = position
            self._call(self._wake)

    def hurry(self) -> None:
        """The process is told to stop: whoever waits is answered with what there is. May be called by a signal."""
        self._hurried = True
        self._call(self._wake)

    async def wait(self, position: int, patience: float = PATIENCE) -> bool:
        """Until the position is passed; False if it takes too long."""
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

    def _call(self, what: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)

    def _wake(self) -> None:
        for woken in self._waiting:
            woken.set()
