"""Runs the benchmarks: `make bench`, one of them with `ONLY=name`, records into a folder with `OUT=folder`."""

import os
import sys
from collections.abc import Callable

from tests.bench import (
    dates,
    drafts,
    engine,
    growth,
    http,
    keeping_up,
    measures,
    models,
    pages,
    relay,
    replaying,
    schools,
    store,
)
from tests.bench.record import Record, holds

BENCHES: dict[str, Callable[[], list[Record]]] = {
    "engine_step": engine.step,
    "engine_replay": engine.replay,
    "engine_size": engine.size,
    "append": store.append,
    "tail": store.tail,
    "load": store.load,
    "rebuild": models.rebuild,
    "http": http.moves,
    "http_costs": http.costs,
    "visible": growth.visible,
    "growth": growth.growth,
    "import_schools": schools.import_schools,
    "relay": relay.rate,
    "relay_latency": relay.latency,
    "keeping_up": keeping_up.keeping_up,
    "deadlines": dates.deadlines,
    "imports": dates.imports,
    "measures": measures.measures,
    "pages": pages.pages,
    "replay_page": replaying.replay_page,
    "dry_run": drafts.dry_run_of_a_draft,
}


def main() -> int:
    """1 if something that must hold does not, 2 for a name that is none."""
    only = os.environ.get("ONLY", "")
    if only and only not in BENCHES:
        print(f"ONLY: one of {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    chosen = {name: bench for name, bench in BENCHES.items() if only in ("", name)}
    return 0 if holds("make bench", chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main())
