"""Starts the hand-made loop and works the same cases through it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec
import psycopg

from tests.bench.baselines.handmade import SCHEMA
from tests.bench.client import of
from tests.bench.moves import AGREE, STEPS, answer_sets
from tests.serving import ROOT

PORT_WAIT = 30.0


@contextmanager
def loop(server: str, workers: int) -> Iterator[str]:
    """The address of a running loop with a database of its own on this server."""
    name = f"loop_{time.time_ns()}"
    with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    url = f"{server} dbname={name}"
    with psycopg.connect(url, autocommit=True) as fresh:
        fresh.execute(SCHEMA.encode())
    command = [
        sys.executable, "-m", "uvicorn", "tests.bench.baselines.handmade:app", "--port", "8917",
        "--workers", str(workers), "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    environment = {**os.environ, "BENCH_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, cwd=ROOT, env=environment)
    address = "http://127.0.0.1:8917"
    try:
        _wait(address)
        yield address
    finally:
        running.terminate()
        running.wait(15)
        with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _wait(address: str) -> None:
    until = time.monotonic() + PORT_WAIT
    while time.monotonic() < until:
        try:
            httpx.get(f"{address}/openapi.json", timeout=2)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the loop does not answer")


async def open_cases(address: str, count: int) -> list[dict[str, Any]]:
    connection = of(address)
    found = []
    for _ in range(count):
        status, _, body = await connection.request("POST", "/cases", body={})
        assert status == 200, body
        found.append(msgspec.json.decode(body))
    connection.close()
    return found


class LoopLoad:
    """The same work as `moves.Load` does, on the loop."""

    def __init__(self, address: str, clients: int = 16) -> None:
        self.address = address
        self.clients = clients
        self.sets = answer_sets()
        self.latencies: list[float] = []

    async def work(self, cases: list[dict[str, Any]]) -> float:
        waiting = asyncio.Queue[dict[str, Any]]()
        for case in cases:
            waiting.put_nowait(case)
        began = time.perf_counter()
        await asyncio.gather(*(self._client(waiting) for _ in range(self.clients)))
        return time.perf_counter() - began

    async def _client(self, waiting: "asyncio.Queue[dict[str, Any]]") -> None:
        connection = of(self.address)
        while not waiting.empty():
            found = waiting.get_nowait()
            for _, _, answers in STEPS:
                found = await self._complete(connection, found["open_tasks"][0]["task"], answers)
            for task, (_, answers) in zip(found["open_tasks"], AGREE.values(), strict=True):
                found = await self._complete(connection, task["task"], answers)
            await self._complete(connection, found["open_tasks"][0]["task"], "roll_change")
        connection.close()

    async def _complete(self, connection: Any, task: str, answers: str) -> Any:
        began = time.perf_counter()
        status, _, body = await connection.request(
            "POST", f"/tasks/{task}/complete", body={"answers": self.sets[answers]}
        )
        assert status == 200, (task, body)
        self.latencies.append(time.perf_counter() - began)
        return msgspec.json.decode(body)
