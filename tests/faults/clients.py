"""Clients that send commands for as long as they are told, each again until it is answered, and log every 2xx."""

import asyncio
import random
import threading
import time
from collections import Counter
from typing import Any
from uuid import uuid4

import msgspec

from tests.api.desk import answers, pupil
from tests.bench.client import Connection, of
from tests.serving import Served

WHO = "caseworker"
KINDS = ("note", "correct", "claim", "draft", "complete", "see", "list")
HOW_OFTEN = (8, 1, 6, 3, 1, 1, 1)
AGAIN = 0.05  # seconds until an attempt that was not answered is made again
PATIENCE = 120.0  # seconds in which every command must have been answered
GONE = (OSError, asyncio.IncompleteReadError)
REFUSALS = (409, 412)  # with which somebody may be told that somebody else was faster


class Command(msgspec.Struct, frozen=True):
    """A request that names itself, so that it takes effect once."""

    method: str
    path: str
    body: Any
    type: str = ""  # of the event that it brings about, if it always does
    key: str = msgspec.field(default_factory=lambda: str(uuid4()))


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

    @property
    def ref(self) -> str:
        """The case that it was about."""
        place = self.command.path.split("/")
        return str(msgspec.json.decode(self.body)["ref"]) if len(place) == 2 else "-".join(place[2].split("-")[:3])


class Work:
    """What one client does with its cases, one after the other: opens one, claims its first task and gives it back,
    keeps drafts, completes it some time, adds notes and corrections, looks; then begins with another."""

    def __init__(self, seed: int, per_case: int) -> None:
        self._chance = random.Random(seed)
        self._per_case = per_case
        self._left = 0
        self.ref = ""
        self._claimed = self._completed = False

    def next(self) -> Command:
        """The next command. Refused or not, the one after it makes sense."""
        if not self._left:
            self._left, self._claimed, self._completed = self._per_case - 1, False, False
            return Command("POST", "/cases", {"process": "exclusion_prevention", "answers": pupil()}, "case.opened.v1")
        self._left -= 1
        of, task = f"/cases/{self.ref}", f"/tasks/{self.ref}-1"
        kind = self._chance.choices(KINDS, HOW_OFTEN)[0]
        if kind == "correct":
            body = {"field": "forename", "value": f"Sam {self._left}", "reason": "Wrong."}
            return Command("POST", f"{of}/corrections", body, "case.answer_corrected.v1")
        if kind in ("see", "list"):
            return Command("GET", of if kind == "see" else f"/tasks?case={self.ref}", None)
        if kind == "note" or self._completed:
            return Command("POST", f"{of}/notes", {"text": str(uuid4())}, "case.note_added.v1")
        if kind == "draft":
            return Command("PUT", f"{task}/draft", {"answers": {"words": str(uuid4())}})
        if kind == "complete":
            self._completed = True
            accept = {"answers": answers("exclusion_prevention", "accept")}
            return Command("POST", f"{task}/complete", accept, "case.task_completed.v1")
        self._claimed = not self._claimed
        if self._claimed:
            return Command("POST", f"{task}/claim", {}, "case.task_claimed.v1")
        return Command("POST", f"{task}/release", {"reason": "Away."}, "case.task_released.v1")


class Crowd:
    """So many clients at work in a thread of their own. `unexpected` says what should never have been answered."""

    def __init__(self, served: Served, clients: int, per_case: int = 40, per_second: float = 0) -> None:
        self.served = served
        self.answered: list[Answer] = []
        self.statuses: Counter[int] = Counter()
        self.unexpected: list[str] = []
        self.unanswered: list[Command] = []
        self._token = served.token(WHO)
        self._work = [Work(number, per_case) for number in range(clients)]
        self._pause = clients / per_second if per_second else 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="crowd", daemon=True)

    def __enter__(self) -> "Crowd":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopping.set()
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
        while not self._stopping.is_set():
            began = time.monotonic()
            answer = await self.send(connection, work.next())
            if answer is not None and answer.command.path == "/cases":
                work.ref = answer.ref
            await asyncio.sleep(max(0.0, began + self._pause - time.monotonic()) if self._pause else 0)
        connection.close()

    async def send(self, connection: Connection, command: Command) -> Answer | None:
        """The answer, after however many attempts; None if there was none within `PATIENCE`."""
        headers = f"Idempotency-Key: {command.key}\r\nIf-Match: *\r\n"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                status, said, body = await connection.request(
                    command.method, f"/api/v1{command.path}", self._token, command.body, headers
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
