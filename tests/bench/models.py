"""Read models: refilled from the log against the library's projection runner."""

import asyncio
import time
from functools import partial

from tests.bench import moves
from tests.bench.baselines import library
from tests.bench.place import database, opened
from tests.bench.record import Record, interleaved, median, spread

CASES = 400
LIBRARY_EVENTS = 2_000


def rebuild() -> list[Record]:
    """Events a second, for each read model, over the log of whole managed moves."""
    with database() as url, database(migrated=False) as other, library.application(other) as application:
        house = opened(url)
        asyncio.run(moves.fill(house, CASES))
        events = house.store.head()
        library.write_notes(application, LIBRARY_EVENTS // 100, 100)
        last = application.recorder.max_notification_id()
        assert last is not None

        def ours(name: str) -> float:
            began = time.perf_counter()
            done = house.projecting.rebuild(name, url)
            assert done == events
            return done / (time.perf_counter() - began)

        def librarys() -> float:
            with database(migrated=False) as fresh:
                with library.application(fresh) as copy:
                    library.write_notes(copy, LIBRARY_EVENTS // 100, 100)
                began = time.perf_counter()
                library.project(fresh, last)
                return last / (time.perf_counter() - began)

        names = [model.name for model in house.projecting.models]
        measured = interleaved({**{name: partial(ours, name) for name in names}, "library": librarys})
        house.close()
    each = {name: median(measured[name]) for name in names}
    slowest = min(each, key=each.__getitem__)
    baseline = median(measured["library"])
    ratio = each[slowest] / baseline
    return [
        Record(
            "projection rebuild, the slowest read model", each[slowest], "events/s", baseline, round(ratio, 2),
            spread=spread(measured[slowest]), must="ratio >= 15", holds=ratio >= 15, goal="30,000",
            notes=", ".join(f"{name} {value:,.0f}" for name, value in each.items()) + f" over {events:,} events",
        )
    ]  # fmt: skip
