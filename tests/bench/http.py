"""Whole managed moves over HTTP, against the hand-made loop on the same diagram; what a completion costs PostgreSQL."""

import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from services.case.store.embedded import Place
from tests.bench import place
from tests.bench.loop import LoopLoad, loop, open_cases
from tests.bench.moves import PER_CASE, Load, open_moves
from tests.bench.record import Record, interleaved, versus
from tests.serving import Served, serve

CASES = 400
CLIENTS = 16
WORKERS = "1"


@contextmanager
def service() -> Iterator[tuple[Served, Path]]:
    """A fresh service at the morning on which the benchmarks' moves begin."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    with serve(folder, clock=place.BEGINS, environment={"CASE_WORKERS": WORKERS}) as served:
        yield served, folder


def moves() -> list[Record]:
    """Completions a second of 16 clients: all but the last step of each case, then three days later the last."""
    latencies: list[float] = []

    def ours() -> float:
        with service() as (served, folder):
            refs = asyncio.run(open_moves(folder, CASES))
            load = Load(served, CLIENTS)
            took = asyncio.run(load.until_agreed(refs))
            served.clock_to("2026-10-01T09:00:00+01:00")
            took += asyncio.run(load.change_rolls(refs))
            latencies.extend(load.latencies)
            return load.completed / took

    with loop(place.server(), int(WORKERS)) as address:

        def theirs() -> float:
            cases = asyncio.run(open_cases(address, CASES))
            return CASES * PER_CASE / asyncio.run(LoopLoad(address, CLIENTS).work(cases))

        measured = interleaved({"ours": ours, "loop": theirs})
    latencies.sort()
    p50, p99 = statistics.median(latencies) * 1000, latencies[int(len(latencies) * 0.99)] * 1000
    return [
        versus(
            f"whole managed moves over HTTP, {CLIENTS} clients", "completions/s", measured["ours"], measured["loop"],
            3, True, goal="1,500/s, p99 under 40 ms", notes=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms",
        )
    ]  # fmt: skip


class Costs:
    """Statements and bytes of write-ahead log of a server between two looks."""

    def __init__(self, url: str, log: Path) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._log = log
        self._connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        self._connection.execute("SELECT pg_reload_conf()")
        time.sleep(0.5)

    def look(self) -> tuple[int, int]:
        time.sleep(1.5)  # until followers are through
        row = self._connection.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()
        assert row is not None
        said = self._log.read_text(errors="replace")
        return len(re.findall(r"LOG:  (?:statement|execute [^:]+):", said)), int(row[0])

    def close(self) -> None:
        self._connection.execute("ALTER SYSTEM RESET log_statement")
        self._connection.execute("SELECT pg_reload_conf()")
        self._connection.close()


def costs() -> list[Record]:
    """Statements and write-ahead log for each completion, all told."""
    with service() as (served, folder):
        refs = asyncio.run(open_moves(folder, CASES))
        load = Load(served, CLIENTS)
        asyncio.run(load.until_agreed(refs[:20]))  # pages that are new cost more
        looking = Costs(Place(folder).url(), Place(folder).log)
        before, done = looking.look(), load.completed
        asyncio.run(load.until_agreed(refs[20:]))
        after, done = looking.look(), load.completed - done
        looking.close()
    ours = [(b - a) / done for a, b in zip(before, after, strict=True)]
    with loop(place.server(), int(WORKERS)) as address:
        cases = asyncio.run(open_cases(address, CASES))
        asyncio.run(LoopLoad(address, CLIENTS).work(cases[:20]))
        looking = Costs(f"{place.server()} dbname=postgres", place.log())
        before = looking.look()
        asyncio.run(LoopLoad(address, CLIENTS).work(cases[20:]))
        after = looking.look()
        looking.close()
    theirs = [(b - a) / ((CASES - 20) * PER_CASE) for a, b in zip(before, after, strict=True)]
    return [
        Record(
            f"{name} per completion", mine, unit, base, round(base / mine, 3), 1,
            must="at most twice the loop's", holds=mine <= 2 * base, goal=goal,
        )
        for name, unit, mine, base, goal in (
            ("statements", "statements", ours[0], theirs[0], ""),
            ("write-ahead log", "bytes", ours[1], theirs[1], "4,000"),
        )
    ]  # fmt: skip
