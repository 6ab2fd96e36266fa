"""What a benchmark says: a figure, its baseline from the same run, how often it ran, how far the runs lay apart."""

import os
import statistics
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

RUNS = 5


class Record(msgspec.Struct, omit_defaults=True):
    """`ratio` is value over baseline, turned so that larger is better. `must` is the figure that has to hold for the
    ratio, or for the value where there is no baseline; `holds` says whether it does. `timed`: that hangs on how fast
    this machine is just now, so no test judges it."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    runs: int = RUNS
    spread: float = 0.0
    must: str = ""
    holds: bool = True
    timed: bool = False
    goal: str = ""
    command: str = ""
    commit: str = ""
    notes: str = ""


def interleaved(variants: Mapping[str, Callable[[], float]], runs: int = RUNS) -> dict[str, list[float]]:
    """Each variant `runs` times, in turns, so that what else the machine does falls on all alike."""
    found: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(runs):
        for name, measure in variants.items():
            found[name].append(measure())
    return found


def median(values: list[float]) -> float:
    return statistics.median(values)


def spread(values: list[float]) -> float:
    """Largest less smallest run, in parts of the median."""
    return round((max(values) - min(values)) / (median(values) or 1), 3)


def commit() -> str:
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()


def holds(command: str, runs: Mapping[str, Callable[[], list[Record]]], more: str = "") -> bool:
    """Run each, print its records with how they came about, and append them to its file in the folder `OUT`, if one is
    given. Whether everything holds that must."""
    folder, held = os.environ.get("OUT", ""), True
    for name, run in runs.items():
        for found in run():
            record = msgspec.structs.replace(found, command=f"{command} ONLY={name}{more}", commit=commit())
            print(shown(record), flush=True)
            held = held and record.holds
            if folder:
                _keep(Path(folder), name, record)
    return held


def _keep(folder: Path, name: str, record: Record) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.ndjson").open("ab") as file:
        file.write(msgspec.json.encode(record) + b"\n")


def shown(record: Record) -> str:
    parts = [f"{record.name}: {record.value:,.3f} {record.unit}"]
    if record.baseline is not None:
        parts.append(f"baseline {record.baseline:,.3f}, ratio {record.ratio:,.2f}")
    parts.append(f"{record.runs} runs, spread {record.spread:.0%}")
    if record.must:
        parts.append(f"must {record.must}: {'holds' if record.holds else 'DOES NOT HOLD'}")
    if record.goal:
        parts.append(f"goal {record.goal}")
    if record.notes:
        parts.append(record.notes)
    return " · ".join(parts)


def versus(
    name: str, unit: str, ours: list[float], theirs: list[float], at_least: float, more_is_better: bool, **more: Any
) -> Record:
    """A record of ours against a baseline from the same run."""
    value, baseline = median(ours), median(theirs)
    ratio = value / baseline if more_is_better else baseline / value
    must, holds = f"ratio >= {at_least}", ratio >= at_least
    return Record(name, value, unit, baseline, round(ratio, 3), len(ours), spread(ours), must, holds, **more)


def absolute(name: str, value: float, unit: str, less_than: float, **more: Any) -> Record:
    """A record of one measurement that has to stay below a figure."""
    must, timed = f"< {less_than:,} {unit.split()[0]}", unit in ("s", "ms")
    return Record(name, value, unit, runs=1, must=must, holds=value < less_than, timed=timed, **more)
