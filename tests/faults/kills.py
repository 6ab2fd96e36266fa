"""kill -9 under load: web, projections and timers, one at a time or all at once, while clients log every 2xx."""

import os
import random
import signal
import time
from datetime import timedelta

from services.case.clock.now import SettableClock
from tests.bench.record import Record, absolute
from tests.faults.clients import Crowd
from tests.faults.invariants import as_text, findings
from tests.faults.processes import Service, service
from tests.faults.work import Casework
from tests.store.embedding import until

CLIENTS = 16
PER_KILL = 200  # commands
PER_CASE = 40  # commands
SOON = 5.0  # seconds in which there must be a new effect
LATEST = 60.0  # seconds after which we stop waiting for one
PART = "one of web's own processes"
MUST = "every acknowledged event there, no version gaps, no effect twice"
MODELS = "SELECT coalesce(min(position), 0), (SELECT max(notification_id) FROM events) FROM reader_positions"
NEXT_DUE = "SELECT stream, deadline, acts_at FROM deadlines WHERE state = 'open' AND acts_at > %s ORDER BY acts_at"
STILL_OPEN = "SELECT count(*) FROM deadlines WHERE stream = %s AND deadline = %s AND state = 'open'"


def kills(size: int) -> list[Record]:
    """So many kills."""
    chance = random.Random(size)
    effects: dict[str, list[float]] = {}
    killed = 0
    with service() as running:
        clock = SettableClock(running.data / "clock.json")
        with Crowd(running.web, [Casework(number, PER_CASE) for number in range(CLIENTS)]) as crowd:
            while killed < size:
                time.sleep(chance.uniform(0.2, 1.0))
                together = running.names if size - killed >= 3 and chance.random() < 0.2 else ()
                victims = together or (chance.choice((*running.names, PART)),)
                if victims == (PART,):
                    os.kill(chance.choice(until(lambda: running.parts, "web's own processes")), signal.SIGKILL)
                else:
                    running.kill(victims)
                killed += len(victims)
                for name, seconds in restarted(running, crowd, clock, victims).items():
                    effects.setdefault(name, []).append(seconds)
            wait_for(crowd, PER_KILL * size, LATEST * size)
        found = findings(running.web, crowd)
    done, cases = len(crowd.good), sum(answer.command.path == "/cases" for answer in crowd.good)
    notes = f"{done:,} commands acknowledged over {cases} cases, {CLIENTS} clients; {as_text(found)}"
    right = not found and done >= PER_KILL * size
    return [
        Record("kill -9 under load", killed, "kills", runs=1, must=MUST, holds=right, notes=notes),
        *first_effects(effects),
    ]


def restarted(running: Service, crowd: Crowd, clock: SettableClock, names: tuple[str, ...]) -> dict[str, float]:
    """Start what was killed; seconds from there to the first thing that each brought about: a command acknowledged, an
    event in every read model, a deadline that has come and passed."""
    row = running.row(MODELS)
    due = running.row(NEXT_DUE, [clock.now()])
    began = time.monotonic()
    if "timers" in names and due is not None:
        clock.set(due[2] + timedelta(seconds=1))  # type: ignore[operator]
    if names != (PART,):
        running.start(names)
    head = row[1] if row else 0

    def has_moved(name: str) -> bool:
        if name in ("web", PART):
            return crowd.good_since(began)
        if name == "timers":
            return due is None or running.row(STILL_OPEN, due[:2]) == (0,)
        now = running.row(MODELS)
        return now is not None and now[0] > head  # type: ignore[operator]

    found: dict[str, float] = {}
    while len(found) < len(names) and time.monotonic() - began < LATEST:
        time.sleep(0.02)
        found |= {name: time.monotonic() - began for name in names if name not in found and has_moved(name)}
    found |= {name: LATEST for name in names if name not in found}
    return {name: seconds for name, seconds in found.items() if name != "timers" or due is not None}


def wait_for(crowd: Crowd, commands: int, patience: float) -> None:
    """Until so many commands were acknowledged, or so many seconds have gone by."""
    deadline = time.monotonic() + patience
    while len(crowd.good) < commands and time.monotonic() < deadline:
        time.sleep(0.2)


def first_effects(seconds_of: dict[str, list[float]]) -> list[Record]:
    """How soon each did something new after its restarts."""
    return [
        absolute(f"first new effect after the restart of {name}, p99", p99(seconds), "s", SOON, notes=told(seconds))
        for name, seconds in sorted(seconds_of.items())
    ]


def p99(seconds: list[float]) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def told(seconds: list[float]) -> str:
    return f"{len(seconds)} restarts, median {sorted(seconds)[len(seconds) // 2]:.2f} s, longest {max(seconds):.2f} s"
