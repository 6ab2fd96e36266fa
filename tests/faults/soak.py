"""A steady 50 commands a second: memory and open files of every process of the service stay what they are."""

import statistics
import time
from pathlib import Path

import msgspec

from tests.bench.record import Record
from tests.faults.clients import Crowd
from tests.faults.invariants import as_text, findings
from tests.faults.processes import Service, service
from tests.faults.work import Casework

PER_SECOND = 50.0  # commands
CLIENTS = 16
PER_CASE = 4  # commands: so many cases that all that is kept of cases is at its limit when it is warm
WARM = 1 / 2  # of the time, in which caches fill
LOOKS = 60  # at each process
GROWTH = 1.05  # of its memory from the end of warming up to the end, at most
FILES = 5  # more open at the end than when warm, at most
PAGE = 4096


class Look(msgspec.Struct, frozen=True):
    """At a process: when, in seconds, how much memory it has, in bytes, and how many files open."""

    at: float
    memory: int
    files: int


def soak(size: int) -> list[Record]:
    """So many seconds."""
    looks: dict[str, list[Look]] = {}
    with service() as running:
        began = time.monotonic()
        with Crowd(running.web, [Casework(number, PER_CASE) for number in range(CLIENTS)], PER_SECOND) as crowd:
            while (passed := time.monotonic() - began) < size:
                for name, pid in everybody(running).items():
                    looks.setdefault(name, []).append(look(pid, passed))
                time.sleep(size / LOOKS)
        rate = len(crowd.answered) / (time.monotonic() - began)
        found = findings(running.web, crowd)
    steady = f"{rate:.0f} commands/s over {size} s; {as_text(found)}"
    records = [Record("soak", rate, "commands/s", runs=1, must="all invariants hold", holds=not found, notes=steady)]
    for name, seen in looks.items():
        warm = [one for one in seen if one.at >= size * WARM]
        if len(warm) > 2:
            records.append(judged(name, warm, short=size < 120))
    return records


def judged(name: str, warm: list[Look], short: bool) -> Record:
    """How much the memory of a process grew, by the line that fits best; in a short form only that files stay few."""
    line = statistics.linear_regression([one.at for one in warm], [one.memory for one in warm])
    first, last = (line.intercept + line.slope * one.at for one in (warm[0], warm[-1]))
    more = warm[-1].files - warm[0].files
    holds = (short or last / first <= GROWTH) and more <= FILES
    notes = (
        f"{first / 1e6:.1f} MB when warm, {last / 1e6:.1f} MB at the end, {line.slope * 3600 / 1e6:.1f} MB an hour; "
        f"{warm[0].files} files open, then {warm[-1].files}"
    )
    must = f"<= {GROWTH}, and no more than {FILES} files more"
    return Record(
        f"memory of {name}, end over warm", last / first, "times", runs=1, must=must, holds=holds, notes=notes
    )


def everybody(running: Service) -> dict[str, int]:
    """Every process by name; those that web looks after are numbered."""
    found = dict(running.pids)
    for number, pid in enumerate(running.parts, 1):
        found[f"web, process {number}"] = pid
    return found


def look(pid: int, at: float) -> Look:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Look(at, pages * PAGE, len(list(Path(f"/proc/{pid}/fd").iterdir())))
