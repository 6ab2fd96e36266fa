"""One task that somebody completes, reassigns and drafts answers to, from which the family withdraws, whose day comes
and whose case is closed, all at the same moment: one of them ends it, and everybody is told what happened."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec

from services.case.application.reference import stream_of
from services.case.clock.now import SettableClock
from services.case.domain.lifecycle import etag_of
from services.case.store.mapper import Recorded
from services.case.wiring import House
from tests.api.desk import house_of
from tests.bench.client import Connection, of
from tests.bench.record import Record
from tests.faults.invariants import SHOWN, as_text, findings
from tests.faults.processes import Service, service

AT_ONCE = 10  # rounds
PUPIL = {"surname": "Example", "forename": "Robin", "dob": "2014-05-17", "home_school": "900001"}
FAR = 0.04  # seconds by which those who race may lie apart
ENDS = {
    "case.task_completed.v1": "complete",
    "case.message_received.v1": "withdraw",
    "case.timer_fired.v1": "timer",
}  # with which the task is over; else its case was closed
DAY_TAKES = 0.12  # seconds from the moment when the clock is moved until what is due has happened, about
SAID = {
    "complete": (200, 409, 412),
    "reassign": (200, 409, 412),
    "draft": (204, 409),
    "withdraw": (200, 409),
    "close": (200, 409, 412),
}
MUST = "exactly one order of events each time, never a 5xx"
Statuses = dict[str, int]


def races(size: int) -> list[Record]:
    """So many rounds."""
    found: list[str] = []
    said: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    with service() as running:
        rounds = asyncio.run(Race(running).run(size))
        with house_of(running.web) as house:
            for ref, statuses in rounds.items():
                said.update(f"{who} {status}" for who, status in statuses.items())
                how, wrong = order_of(house, ref, statuses)
                ended[how] += 1
                found += wrong + as_served(house, running, ref)
        found += findings(running.web)
    winners = ", ".join(f"{how} {count}" for how, count in ended.most_common())
    answers = ", ".join(f"{what}: {count}" for what, count in sorted(said.items()))
    right = not found and (size < 100 or len(ended) == 4)
    notes = f"ended by {winners}; answers {answers}; {as_text(found)}"
    return [Record("races on one task", len(rounds), "rounds", runs=1, must=MUST, holds=right, notes=notes)]


class Race:
    """Those who race, a connection each."""

    def __init__(self, running: Service) -> None:
        self._running = running
        self._chance = random.Random(4)
        self._clock = SettableClock(running.data / "clock.json")
        self._connections = [[of(running.web.address) for _ in SAID] for _ in range(AT_ONCE)]

    async def run(self, rounds: int) -> dict[str, Statuses]:
        """What everybody was answered, by case."""
        found: dict[str, Statuses] = {}
        while len(found) < rounds:
            lanes = self._connections[: rounds - len(found)]
            refs = await asyncio.gather(*(self._open(lane[0]) for lane in lanes))
            day = self._clock.now() + timedelta(days=2)
            said, _ = await asyncio.gather(
                asyncio.gather(*(self._round(lane, ref) for lane, ref in zip(lanes, refs, strict=True))),
                self._day_comes(day.isoformat()),
            )
            found |= dict(zip(refs, said, strict=True))
        for connection in (connection for lane in self._connections for connection in lane):
            connection.close()
        await asyncio.sleep(0)  # in which they close
        return found

    async def _day_comes(self, day: str) -> None:
        address = f"{self._running.web.address}/dev/clock"
        async with httpx.AsyncClient(timeout=60) as client:
            (await client.put(address, json={"now": day})).raise_for_status()

    async def _open(self, connection: Connection) -> str:
        body = {"process": "offer", "answers": {**PUPIL, "surname": f"Example {uuid4()}"}}
        status, answer = await self._ask(connection, "caseworker", "POST", "/cases", body)
        assert status == 201, answer
        return str(msgspec.json.decode(answer)["ref"])

    async def _round(self, lane: list[Connection], ref: str) -> Statuses:
        task, seen = f"/tasks/{ref}-1", self._chance.choice(["*", f'"{ref}-1.0"'])
        words = {"answers": {"words": "They will come."}}
        asked: list[tuple[str, str, str, str, Any]] = [
            ("complete", "caseworker", "POST", f"{task}/complete", words),
            ("reassign", "caseworker2", "POST", f"{task}/reassign", {"to": "caseworker2", "reason": "Away."}),
            ("draft", "caseworker", "PUT", f"{task}/draft", words),
            ("withdraw", "caseworker", "POST", f"/cases/{ref}/agreements/parent/withdraw", {"reason": "No longer."}),
            ("close", "caseworker2", "POST", f"/cases/{ref}/close", {"outcome": "OPENED_IN_ERROR", "reason": "Wrong."}),
        ]
        begins = self._chance.uniform(0, DAY_TAKES)
        pauses = [begins + self._chance.uniform(0, FAR) for _ in asked]

        async def act(connection: Connection, pause: float, one: tuple[str, str, str, str, Any]) -> tuple[str, int]:
            await asyncio.sleep(pause)
            who = one[0]
            status, _ = await self._ask(connection, *one[1:], seen=seen if who in ("complete", "reassign") else "*")
            return who, status

        return dict(await asyncio.gather(*map(act, lane, pauses, asked)))

    async def _ask(
        self, connection: Connection, by: str, method: str, path: str, body: Any, seen: str = "*"
    ) -> tuple[int, bytes]:
        headers = f"If-Match: {seen}\r\nIdempotency-Key: {uuid4()}\r\n"
        token = self._running.web.token(by)
        status, _, answer = await connection.request(method, f"/api/v1{path}", token, body, headers)
        return status, answer


def order_of(house: House, ref: str, statuses: Statuses) -> tuple[str, list[str]]:
    """How the task of a case ended, and what in its history does not fit what everybody was told."""
    events = house.store.load(stream_of(ref))
    over = [n for n, r in enumerate(events) if r.type in ENDS and _is_of_first(r)]
    closed = [n for n, recorded in enumerate(events) if recorded.type == "case.closed.v1"]
    given = [n for n, recorded in enumerate(events) if recorded.type == "case.task_reassigned.v1"]
    how = ENDS[events[over[0]].type] if over else "close"
    last = over[0] if over else closed[0] if closed else len(events)
    wrong = [f"{who} was answered {said}" for who, said in statuses.items() if said not in SAID[who]]
    if len(over) > 1 or len(closed) != 1:
        wrong.append(f"ended {len(over)} times, closed {len(closed)} times")
    won = {who for who in ("complete", "withdraw", "close") if statuses[who] == 200} | ({"timer"} & {how})
    if won != {how}:
        wrong.append(f"ended by {how}, and {sorted(won)} were told that they did it")
    if len(given) != (statuses["reassign"] == 200) or any(n > last for n in given):
        wrong.append(f"reassigned {len(given)} times, answered {statuses['reassign']}")
    if [recorded.version for recorded in events] != list(range(1, len(events) + 1)):
        wrong.append("versions with a gap")
    return how, [f"{ref}: {sentence}" for sentence in wrong][:SHOWN]


def _is_of_first(recorded: Recorded) -> bool:
    """Whether it happened in the case's first process: others may begin once the case is closed."""
    return getattr(recorded.event, "instance", 1) == 1


def as_served(house: House, running: Service, ref: str) -> list[str]:
    """The case as the web process has it in memory must be what its events say."""
    headers = {"Authorization": f"Bearer {running.web.token('caseworker')}"}
    shown = httpx.get(f"{running.web.address}/api/v1/cases/{ref}", headers=headers).json()
    case = asyncio.run(house.door.see(ref))
    stands = [case.status, case.outcome or None, etag_of(case), case.personal["pupil_surname"], len(case.tasks)]
    told = [shown["status"], shown["outcome"], shown["etag"], shown["pupil"]["surname"], len(shown["open_tasks"])]
    return [] if stands == told else [f"{ref}: shown {told}, stored {stands}"]
