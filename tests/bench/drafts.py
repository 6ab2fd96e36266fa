"""A draft of the managed move against stored histories of whole moves, as a process owner's dry run."""

import asyncio
import os
import time

from services.case.application.dry_run import Question, counts, dry_run
from services.case.application.files import HOUSE
from services.case.process.bundle import Bundle, files_of, process_folders
from tests.bench import moves
from tests.bench.place import database, opened
from tests.bench.record import Record, absolute, median, spread

CASES = int(os.environ.get("CASES", "10000"))
RUNS = 3
MOST = 20.0  # seconds for 10,000 histories


def dry_run_of_a_draft() -> list[Record]:
    """Seconds for 10,000 histories of a managed move, fourteen inputs each, on a draft that gives more time."""
    with database() as url:
        house = opened(url)
        asyncio.run(moves.fill(house, CASES))
        files = files_of("managed_move", process_folders([HOUSE]))
        files["process.toml"] = files["process.toml"].replace(b"count = 5", b"count = 6")
        draft = Bundle("managed_move", files).to_bytes()
        took = []
        for _ in range(RUNS):
            began = time.perf_counter()
            lines = dry_run(Question(url, draft, house.reference.calendars))
            took.append(time.perf_counter() - began)
        found = counts(lines)
        assert len(lines) == CASES and found["deadline moved"] == CASES, found
        events = house.store.head()
        house.close()
    scaled = median(took) * 10_000 / CASES
    notes = f"{events:,} events; runs {', '.join(f'{one:.1f}' for one in took)} s for {CASES:,}"
    return [absolute("dry run of 10,000 histories", scaled, "s", MOST, spread=spread(took), notes=notes)]
