"""Clients that send commands for as long as they are told, each again until it is answered, and log every 2xx."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Sequence

import msgspec

from tests.bench.client import Connection, of
from tests.faults.work import Command, Work
from tests.serving import Served

AGAIN = 0.05  # seconds until an attempt that was not answered is made again
PATIENCE = 120.0  # seconds in which every command must have been answered
GONE = (OSError, asyncio.IncompleteReadError)
REFUSALS = (409, 412)  # with which somebody may be told that somebody else was faster


class Answer(msgspec.Struct, frozen=True):
    """The answer to a command. `at`: seconds of the monotonic clock."""

    command: Command
    status: int
    body: bytes
    position: int
    at: float

    @property
    def is_good(self) -> bool:
        return self.status < 300


class Crowd:
    """Clients at work, each with its own, in a thread apart; all together so many commands a second, or as fast as they
    are answered. `unexpected` says what should never have been answered."""

    def __init__(self, served: Served, work: Sequence[Work], per_second: float = 0) -> None:
        self.served = served
        self.answered: list[Answer] = []
        self.statuses: Counter[int] = Counter()
        self.unexpected: list[str] = []
        self.unanswered: list[Command] = []
        self._work = work
        self._pause = len(work) / per_second if per_second else 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="crowd", daemon=True)

    def __enter__(self) -> "Crowd":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopping.set()
        self._thread.join(PATIENCE + 30)

    def through(self) -> None:
        """Wait until nobody has anything to do any more."""
        self._thread.join(PATIENCE + 30)

    @property
    def good(self) -> list[Answer]:
        """Every 2xx to something that was to be done."""
        return [answer for answer in self.answered if answer.is_good and answer.command.method != "GET"]

    def good_since(self, moment: float) -> bool:
        return any(answer.at > moment and answer.is_good for answer in reversed(self.answered[-50:]))

    async def _run(self) -> None:
        await asyncio.gather(*(self._client(work) for work in self._work))

    async def _client(self, work: Work) -> None:
        connection = of(self.served.address)
        while not self._stopping.is_set() and (command := work.next()) is not None:
            began = time.monotonic()
            answer = await self.send(connection, command)
            if answer is not None:
                work.heard(msgspec.json.decode(answer.body or b"{}"))
            await asyncio.sleep(max(0.0, began + self._pause - time.monotonic()) if self._pause else 0)
        connection.close()

    async def send(self, connection: Connection, command: Command) -> Answer | None:
        """The answer, after however many attempts; None if there was none within `PATIENCE`."""
        headers = f"Idempotency-Key: {command.key}\r\nIf-Match: *\r\n"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                status, said, body = await connection.request(
                    command.method, f"/api/v1{command.path}", self.served.token(command.by), command.body, headers
                )
            except GONE:
                connection.close()
                await asyncio.sleep(AGAIN)
                continue
            self.statuses[status] += 1
            if status == 503:
                self._look_at(command, said, body)
                await asyncio.sleep(AGAIN)
                continue
            answer = Answer(command, status, body, int(said.get("position", 0)), time.monotonic())
            if not answer.is_good and status not in REFUSALS:
                self.unexpected.append(f"{command.method} {command.path}: {status} {body[:300]!r}")
            self.answered.append(answer)
            return answer
        self.unanswered.append(command)
        return None

    def _look_at(self, command: Command, said: dict[str, str], body: bytes) -> None:
        """Whether a 503 is a problem as RFC 9457 has it, and says when to come back."""
        good = said.get("content-type") == "application/problem+json" and said.get("retry-after", "").isdigit()
        if not good or msgspec.json.decode(body).get("status") != 503:
            self.unexpected.append(f"{command.method} {command.path}: 503 {said} {body[:300]!r}")
