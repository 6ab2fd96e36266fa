"""Pages as a head waits for them, with 100,000 open cases: made on the server and sent, one at a time."""

import asyncio
import time

import psycopg

from services.case.store.embedded import Place
from tests.bench.http import service
from tests.bench.moves import open_moves
from tests.bench.record import Record, median, spread
from tests.web.browsing import Browser

CASES = 100_000
LOOKS = 30
MUST = 50.0  # milliseconds for a page of the inbox
TABLES = ("cases", "inbox")


def pages() -> list[Record]:
    """Milliseconds for each page; the help page is what a page costs that asks nothing."""
    with service() as (served, folder):
        ref = asyncio.run(open_moves(folder, 1))[0]
        _many(Place(folder).url())
        worker = Browser(served.address).sign_in("home-head")
        task = worker.open(f"/cases/{ref}").page.xpath("//a[starts-with(@href, '/tasks/')]/@href")
        assert len(worker.open("/tasks/team").page.xpath("//tbody/tr")) == 50
        looked = {
            "help page": "/help",
            "team's inbox": "/tasks/team",
            "list of cases": "/cases",
            "case": f"/cases/{ref}",
            "history": f"/cases/{ref}/history",
            "task": next(href for href in task if ref in href),
        }
        found = {name: [look(worker, path) for _ in range(LOOKS)] for name, path in looked.items()}
        worker.close()
    baseline = median(found["help page"])
    return [
        Record(
            f"page: {name}, {CASES:,} open cases", median(took), "ms", baseline, round(baseline / median(took), 3),
            LOOKS, spread(took), f"< {MUST:.0f} ms", median(took) < MUST,
        )
        for name, took in found.items()
        if name != "help page"
    ]  # fmt: skip


def look(worker: Browser, path: str) -> float:
    """Milliseconds until a page is there."""
    began = time.perf_counter()
    answer = worker.client.get(path)
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200 and not answer.history, path
    return took


def _many(url: str) -> None:
    """Read models of many more cases: copies of the rows of the one that is there, each of another case."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table in TABLES:
            rows = connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
                [table],
            ).fetchall()
            names = [row[0] for row in rows]
            other = {
                "stream": "md5(n::text)::uuid",
                "ref": "'XX-2026-' || lpad(n::text, 6, '0')",
                "number": "1000000 + n",
                "due": "due + n % 60",
            }
            values = ", ".join(other.get(name, f"t.{name}") for name in names)
            statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} t, "
            connection.execute(f"{statement} generate_series(1, {CASES}) n".encode())
        connection.execute("ANALYZE")
