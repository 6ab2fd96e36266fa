"""An extract of the register of schools of full size, from the file to the table: `python -m tests.bench.schools`."""

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from services.case.store import embedded
from tests.bench.record import Record, commit, median, shown, spread
from tests.projections.extracts import extract, link, school

SCHOOLS = 52_000
MORE_COLUMNS = {f"Column {n}": "Not applicable" for n in range(110)}  # the register publishes some 130
RUNS = 3
MOST = 60.0  # seconds


def files(folder: Path, run: int) -> tuple[Path, Path]:
    """Made-up schools, half of them closed, with their successors; another extract for each run."""
    some = random.Random(run)
    rows = [
        {
            **school(
                URN=str(100_000 + n),
                name=f"Made-up School St Zoë’s {n}",
                la=some.choice(["937", "885", "301", "873"]),
                status="2" if n % 2 else "1",
                CloseDate="31-08-2023" if n % 2 else "",
                Easting=str(some.randint(100_000, 650_000)),
                Northing=str(some.randint(10_000, 650_000)),
            ),
            **MORE_COLUMNS,
        }
        for n in range(SCHOOLS)
    ]
    links = [link(str(100_000 + n), str(100_000 + n - 1)) for n in range(1, SCHOOLS, 2)]
    found = folder / f"schools_{run}.csv", folder / f"links_{run}.csv"
    found[0].write_bytes(extract(*rows))
    found[1].write_bytes(extract(*links))
    return found


def import_schools() -> list[Record]:
    """Seconds of the whole command, on an embedded database that runs already."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        embedded.start(folder / "data")
        seconds = []
        for run in range(RUNS + 1):
            schools, links = files(folder, run)
            began = time.monotonic()
            command = [sys.executable, "-m", "services.case", "import-schools", str(schools), "--links", str(links)]
            subprocess.run([*command, "--data", str(folder / "data")], check=True, capture_output=True)
            seconds.append(time.monotonic() - began)
        embedded.stop_using(folder / "data")
    later = seconds[1:]  # the first fills an empty table of a new database
    notes = f"{SCHOOLS} schools, {SCHOOLS // 2} links; into an empty table {seconds[0]:.1f} s"
    return [
        Record(
            "import_schools", round(median(later), 2), "s", runs=RUNS, spread=spread(later), must=f"< {MOST:.0f} s",
            holds=max(seconds) < MOST, command="python -m tests.bench.schools", commit=commit(), notes=notes,
        )
    ]  # fmt: skip


if __name__ == "__main__":
    for record in import_schools():
        print(shown(record))
