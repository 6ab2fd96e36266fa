"""Whole managed moves with four agreements, as 16 clients work them over HTTP."""

import asyncio
import itertools
import time
import tomllib
from collections.abc import Awaitable, Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec

from services.case.application.door import once
from services.case.application.files import HOUSE
from services.case.application.opening import open_case
from services.case.application.running import Running
from services.case.application.tasks import complete
from services.case.domain.people import Person
from services.case.process.checks import UPN_LETTERS
from services.case.samples import as_person, sample_people
from services.case.settings import Settings
from services.case.wiring import House
from tests.bench.client import of
from tests.serving import Served

FACTS = {"ladder_exhausted": True, "panel_agreed": ["managed_move", "off_site_direction"]}
STEPS = (  # element, who, answers
    ("explore_with_family", "home-head", "explore_go_on"),
    ("record_gates", "home-head", "gates"),
    ("shortlist_schools", "home-head", "shortlist"),
    ("reply_of_school", "receiving-head", "reply_yes"),
    ("prepare_pack", "home-head", "information_pack"),
    ("acknowledge_pack", "receiving-head", "pack_read"),
    ("view_of_receiving_head", "receiving-head", "receiving_heads_view"),
    ("planning_meeting", "home-staff", "meeting_direct"),
    ("draft_terms", "home-head", "terms"),
)
AGREE = {
    "pupil": ("pupil", "agree_pupil"),
    "parent": ("parent", "agree_parent"),
    "home_head": ("home-head", "agree_home_head"),
    "receiving_head": ("receiving-head", "agree_receiving_head"),
}
PER_CASE = len(STEPS) + len(AGREE) + 1
_numbers = itertools.count(1)


def answer_sets(process: str = "managed_move") -> dict[str, Any]:
    text = (HOUSE / process / "scenarios" / "answers.toml").read_text()
    sets: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(tomllib.loads(text)["sets"]))
    return sets


def another_pupil(start: dict[str, Any]) -> dict[str, Any]:
    """The same answers about somebody else, so that no two cases are about one pupil."""
    number = next(_numbers)
    digits = f"937{number:09}"
    letter = UPN_LETTERS[sum(int(digit) * weight for weight, digit in enumerate(digits, 2)) % 23]
    return {**start, "forename": f"Pupil {number}", "upn": f"{letter}{digits}"}


async def open_moves(data: Path, count: int) -> list[str]:
    """References of fresh cases, opened beside the server on the same database: a move opens ready to be explored."""
    house = House(Settings(data_dir=data)).open()
    try:
        return await fill(house, count, 0)
    finally:
        house.close()


async def fill(house: House, count: int, steps: int = PER_CASE - 1) -> list[str]:
    """Cases written without HTTP, as 16 writers would, each with so many of its tasks completed."""
    numbers = iter(range(count))
    refs = list[str]()
    sets = answer_sets()

    async def write() -> None:
        for _ in numbers:
            refs.append(await _one(house, sets, steps))

    await asyncio.gather(*(write() for _ in range(16)))
    return refs


async def _one(house: House, sets: dict[str, Any], steps: int) -> str:
    row = await asyncio.to_thread(house.database.row, "SELECT nextval('case_numbers')")
    assert row is not None
    ref, start = f"MM-2026-{row[0]:06}", another_pupil(sets["pupil_n"])

    def act(running: Running) -> bytes:
        open_case(running, ref, person("caseworker"), "managed_move", start, FACTS)
        return b"{}"

    await house.door.change(ref, once(), act)
    for number in range(1, steps + 1):
        await house.door.change(ref, once(), partial(_complete, sets=sets, number=number))
    return ref


def _complete(running: Running, sets: dict[str, Any], number: int) -> bytes:
    task = next(iter(running.case.tasks.values()))
    if task.party:
        who, answers = AGREE[task.party]
    else:
        who, answers = next((who, answers) for element, who, answers in STEPS if element == task.element)
    complete(running, task.id, person(who), "*", sets[answers], "", "")
    return b"{}"


@cache
def person(name: str) -> Person:
    return as_person(name, sample_people()[name])


class Load:
    """Clients that work cases through; counts completions and keeps how long each took."""

    def __init__(self, served: Served, clients: int = 16) -> None:
        self.served = served
        self.clients = clients
        self.sets = answer_sets()
        self.latencies: list[float] = []
        self.completed = 0

    async def until_agreed(self, refs: list[str]) -> float:
        """Seconds until everybody has agreed in every case."""
        began = time.perf_counter()
        await self._each(refs, self._until_agreed)
        return time.perf_counter() - began

    async def change_rolls(self, refs: list[str]) -> float:
        """Seconds until the home school has found in its list of tasks what came due since, and done it."""
        began = time.perf_counter()
        wanted, tasks = set(refs), list[str]()
        while len(tasks) < len(refs):
            tasks = [task["task"] for task in await self._listed("home-staff") if task["case"] in wanted]
        await self._each(tasks, self._change_rolls)
        return time.perf_counter() - began

    async def _each(self, given: list[str], do: Callable[[Any, str], Awaitable[None]]) -> None:
        waiting = iter(given)

        async def client() -> None:
            connection = of(self.served.address)
            for one in waiting:
                await do(connection, one)
            connection.close()

        await asyncio.gather(*(client() for _ in range(self.clients)))

    async def _listed(self, who: str) -> list[Any]:
        """Somebody's list of tasks of managed moves, page by page."""
        connection, found = of(self.served.address), list[Any]()
        page = "/api/v1/tasks?process=managed_move&limit=200"
        while page:
            status, headers, body = await connection.request("GET", page, self.served.token(who))
            assert status == 200, body
            found += msgspec.json.decode(body)
            page = headers.get("link", "").partition(">")[0].removeprefix("<")
        connection.close()
        return found

    async def _until_agreed(self, connection: Any, ref: str) -> None:
        found: Any = {"open_tasks": [{"task": f"{ref}-1", "element": STEPS[0][0]}]}
        for element, who, answers in STEPS:
            task = next(t["task"] for t in found["open_tasks"] if t["element"] == element)
            found = await self._complete(connection, task, who, answers)
        for offered in found["open_tasks"]:
            who, answers = AGREE[offered["party"]]
            await self._complete(connection, offered["task"], who, answers)

    async def _change_rolls(self, connection: Any, task: str) -> None:
        await self._complete(connection, task, "home-staff", "roll_change")

    async def _complete(self, connection: Any, task: str, who: str, answers: str) -> Any:
        began = time.perf_counter()
        status, _, body = await connection.request(
            "POST",
            f"/api/v1/tasks/{task}/complete",
            self.served.token(who),
            {"answers": self.sets[answers]},
            f'If-Match: "{task}.0"\r\nIdempotency-Key: {task}\r\n',
        )
        assert status == 200, (task, body)
        self.latencies.append(time.perf_counter() - began)
        self.completed += 1
        return msgspec.json.decode(body)
