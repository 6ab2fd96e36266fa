"""Eight processes that start at the same moment, where there is nothing yet and where everything is there."""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.api.test_starts import STARTS, assert_one_house, start_when_told
from tests.bench.place import database
from tests.bench.record import Record

PATIENCE = 120.0  # seconds for all of them
MUST = "every process of every round comes up, on one house"


def starts(size: int) -> list[Record]:
    """So many rounds on an empty database, each of its own, and as many on one that exists."""
    with crowd() as ends:
        began = time.monotonic()
        empty = [failure for _ in range(size) for failure in on_an_empty(ends)]
        between = time.monotonic()
        with database(migrated=False) as url:
            existing = [failure for _ in range(size + 1) for failure in together(ends, url)]  # the first makes it
        ended = time.monotonic()
    return [
        Record(
            f"{STARTS} simultaneous starts on {what} database", size, "rounds", runs=1, must=MUST, holds=not failed,
            notes=f"{seconds / size:.2f} s a round; {'; '.join(failed[:3]) or 'nobody failed'}",
        )
        for what, failed, seconds in (("an empty", empty, between - began), ("an existing", existing, ended - between))
    ]  # fmt: skip


@contextmanager
def crowd() -> Iterator[list[Any]]:
    """Processes that have their imports behind them, each at the end of a pipe."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        pipes = [context.Pipe() for _ in range(STARTS)]
        started = [context.Process(target=start_when_told, args=(theirs, Path(folder))) for _, theirs in pipes]
        for process in started:
            process.start()
        try:
            yield [ours for ours, _ in pipes]
        finally:
            for ours, _ in pipes:
                ours.send(None)
            for process in started:
                process.join(10)


def on_an_empty(ends: list[Any]) -> list[str]:
    with database(migrated=False) as url:
        return together(ends, url)


def together(ends: list[Any], url: str) -> list[str]:
    """All open the house at once; what went wrong."""
    for end in ends:
        end.send(url)
    found = [end.recv() if end.poll(PATIENCE) else "did not come up" for end in ends]
    wrong = [str(one) for one in found if not isinstance(one, int)]
    if len(set(found)) != 1:
        wrong.append(f"they do not agree: {sorted(map(str, set(found)))}")
    try:
        assert_one_house(url)
    except AssertionError as error:
        wrong.append(f"not one house: {error}")
    return wrong
