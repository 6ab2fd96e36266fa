"""PostgreSQL stopped in immediate mode and frozen, under load: commands are turned away with 503, none is half done,
and all goes on by itself."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
import psycopg

from tests.bench.record import Record, absolute
from tests.faults.clients import Crowd
from tests.faults.invariants import as_text, findings
from tests.faults.kills import LATEST, p99, told
from tests.faults.processes import Service, children, service
from tests.faults.work import Casework, SchoolDays, Script, suspensions

FROZEN = 1.5  # seconds for each stop: 30 for the 20 that must hold
SOON = 10.0  # seconds in which commands are taken again
SURE = 5  # stops, of which one at least falls on a command; fewer may find the server back before anybody asks
MUST = "503 with a problem body and Retry-After, never 500, no half-applied case"


def stopped(size: int) -> list[Record]:
    """So many immediate stops, then frozen for `FROZEN` times as many seconds."""
    chance = random.Random(size)
    again: list[float] = []
    with service() as running:
        before = running.pids
        work = [*(Casework(number) for number in range(14)), SchoolDays(), Script(suspensions())]
        with Crowd(running.web, work) as crowd:
            for _ in range(size):
                until(lambda: len(crowd.good) > 50, "commands to be taken")
                time.sleep(chance.uniform(0.2, 1.5))
                os.kill(running.postmaster, signal.SIGQUIT)
                again.append(taken_again(crowd))
            turned_away, asked = crowd.statuses[503], len(crowd.answered)
            alive = frozen(running, FROZEN * size)
            thawed = taken_again(crowd)
            time.sleep(1)
        found = findings(running.web, crowd)
        if running.pids != before or not all(worker.is_alive for worker in running.workers.values()):
            found.append("a process of ours ended")
        if not alive:
            found.append("/livez did not answer while the database was frozen")
    said = ", ".join(f"{count:,} × {status}" for status, count in sorted(crowd.statuses.items()))
    frozen_away, frozen_for = crowd.statuses[503] - turned_away, FROZEN * size
    notes = f"{len(crowd.good):,} commands acknowledged, {len(work)} clients; answers: {said}; {as_text(found)}"
    right = not found and (turned_away > 0 or size < SURE)
    return [
        Record("PostgreSQL stopped in immediate mode", size, "stops", runs=1, must=MUST, holds=right, notes=notes),
        absolute("commands are taken again after a stop, p99", p99(again), "s", SOON, notes=told(again)),
        absolute(
            f"commands are taken again after {frozen_for:.0f} s frozen", thawed, "s", SOON,
            notes=f"{frozen_away} turned away meanwhile; {asked:,} answered before",
        ),
    ]  # fmt: skip


def taken_again(crowd: Crowd) -> float:
    """Seconds until a command is acknowledged that was answered from now on."""
    began = time.monotonic()
    with suppress(TimeoutError):
        until(lambda: crowd.good_since(began + 0.05), "commands to be taken again")
    return time.monotonic() - began


def frozen(running: Service, seconds: float) -> bool:
    """Every process of the server stopped for a while; whether web still said that it lives."""
    stopped = freeze(running.postmaster)
    try:
        time.sleep(seconds)
        with suppress(httpx.TransportError):
            return httpx.get(f"{running.web.address}/livez", timeout=5).status_code == 200
        return False
    finally:
        for process in stopped:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


def freeze(postmaster: int) -> list[int]:
    """SIGSTOP to the postmaster, which then makes no more of them, and to all its processes."""
    os.kill(postmaster, signal.SIGSTOP)
    backends = children(postmaster)
    for backend in backends:
        with suppress(ProcessLookupError):
            os.kill(backend, signal.SIGSTOP)
    return [postmaster, *backends]


def until(found: Callable[[], bool], what: str) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + LATEST
    while True:
        with suppress(psycopg.OperationalError):
            if found():
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {LATEST} s for {what}")
        time.sleep(0.02)
