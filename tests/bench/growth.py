"""With many cases: does anything get slower? How soon is seen what was done, at a steady 200 commands a second?"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec
import psycopg
import uvloop

from services.case.projections.inbox import inbox_of
from services.case.wiring import House
from tests.bench import moves
from tests.bench.client import of
from tests.bench.http import service
from tests.bench.moves import STEPS, answer_sets, open_moves, person
from tests.bench.place import database, opened
from tests.bench.record import Record, absolute, median, spread
from tests.bench.store import ours

SIZES = (10_000, 100_000)
RATE = 200  # commands a second
SECONDS = 20


def growth() -> list[Record]:
    """Milliseconds for a page of the inbox, a step, an append; with 10,000 and with 100,000 open cases."""
    found: dict[str, list[list[float]]] = {"inbox": [], "step": [], "append": []}
    with database() as url:
        house = opened(url)
        there = 0
        for size in SIZES:
            asyncio.run(_fill(house, size - there))
            there = size
            for name, measure in (("inbox", _inbox), ("step", _step), ("append", _append)):
                found[name].append([measure(house) for _ in range(7)])
        house.close()
    records = []
    for name, (small, large) in found.items():
        growth = median(large) / median(small)
        records.append(
            Record(
                f"growth of {name} from {SIZES[0]:,} to {SIZES[1]:,} open cases", median(large), "ms", median(small),
                round(1 / growth, 3), 7, spread(large), "within 1.3 times", growth <= 1.3, notes=f"{growth:.2f} times",
            )
        )  # fmt: skip
    return records


async def _fill(house: House, count: int) -> None:
    await moves.fill(house, count, 0)
    await asyncio.to_thread(_project, house)


def _project(house: House) -> None:
    with psycopg.connect(house.url, autocommit=True) as connection:
        while house.projecting.work(connection):
            pass
        connection.execute("ANALYZE")


def _timed(work: Callable[[], Any], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times * 1000


def _inbox(house: House) -> float:
    """Of an authority's caseworker, who sees most, and of a head."""
    people = [person("caseworker"), person("home-head")]
    return _timed(lambda: [inbox_of(house.database, who, 50) for who in people], 20)


def _step(house: House) -> float:
    """A case opened and its first task completed, by one writer."""
    began = time.perf_counter()
    uvloop.run(moves.fill(house, 16, 1))
    return (time.perf_counter() - began) / 32 * 1000


def _append(house: House) -> float:
    began = time.perf_counter()
    uvloop.run(ours(house.store, 16, 50))
    return (time.perf_counter() - began) / 800 * 1000


def visible() -> list[Record]:
    """From a write's answer until its reader has the inbox that shows it, by `Wait-For`; seconds at a steady pace."""
    with service() as (served, folder):
        refs = asyncio.run(open_moves(folder, RATE * SECONDS // len(STEPS) + 64))
        seen = sorted(uvloop.run(_pace(served, refs)))
    p50, p99 = (seen[int(len(seen) * part)] * 1000 for part in (0.5, 0.99))
    return [
        absolute(
            f"write to visible in the inbox, at {RATE} commands/s", p99, "ms p99", 100, goal="50 ms",
            notes=f"p50 {p50:.1f} ms, {len(seen):,} writes, each read back",
        )
    ]  # fmt: skip


async def _pace(served: Any, refs: list[str]) -> list[float]:
    ready = asyncio.Queue[tuple[str, int]]()
    for ref in refs:
        ready.put_nowait((ref, 0))
    sets, seen = answer_sets(), list[float]()
    connections = asyncio.Queue[Any]()
    for _ in range(64):
        connections.put_nowait(of(served.address))

    async def once() -> None:
        ref, place = await ready.get()
        element, who, answers = STEPS[place]
        connection = await connections.get()
        task = f"{ref}-{place + 1}"
        path, as_seen = f"/api/v1/tasks/{task}/complete", f'If-Match: "{task}.0"\r\n'
        body = {"answers": sets[answers]}
        status, headers, said = await connection.request("POST", path, served.token(who), body, as_seen)
        assert status == 200, (element, said)
        began = time.perf_counter()
        status, _, said = await connection.request(
            "GET", f"/api/v1/tasks?case={ref}", served.token("caseworker"), None, f"Wait-For: {headers['position']}\r\n"
        )
        assert status == 200, said
        shown = {row["task"] for row in msgspec.json.decode(said)}
        assert task not in shown
        seen.append(time.perf_counter() - began)
        connections.put_nowait(connection)
        if place + 1 < len(STEPS):
            ready.put_nowait((ref, place + 1))

    working = []
    began = asyncio.get_running_loop().time()
    for number in range(RATE * SECONDS):
        await asyncio.sleep(max(0.0, began + number / RATE - asyncio.get_running_loop().time()))
        working.append(asyncio.create_task(once()))
    await asyncio.gather(*working)
    return seen
