"""Runs the benchmarks: `make bench`, one of them with `ONLY=name`, records into a folder with `OUT=folder`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from tests.bench import engine, growth, http, models, schools, store
from tests.bench.record import Record, commit, shown

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
}


def main() -> int:
    """1 if something that must hold does not, 2 for a name that is none."""
    only, out = os.environ.get("ONLY", ""), os.environ.get("OUT", "")
    if only and only not in BENCHES:
        print(f"ONLY: one of {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    held = True
    for name, bench in BENCHES.items():
        if only in ("", name):
            for record in bench():
                said = msgspec.structs.replace(record, command=f"make bench ONLY={name}", commit=commit())
                print(shown(said), flush=True)
                held = held and said.holds
                if out:
                    _write(Path(out), name, said)
    return 0 if held else 1


def _write(folder: Path, name: str, record: Record) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.ndjson").open("ab") as file:
        file.write(msgspec.json.encode(record) + b"\n")


if __name__ == "__main__":
    raise SystemExit(main())
