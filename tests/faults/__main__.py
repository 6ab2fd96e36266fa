"""Runs the faults: `make faults`; one of them: `ONLY=name`; smaller: `SIZE=number`; records kept: `OUT=folder`."""

import os
import sys
from pathlib import Path

from tests.bench.record import keep, said_by, shown
from tests.faults.registry import FAULTS


def main() -> int:
    """1 if something that must hold does not, 2 for a name that is none."""
    only, out, size = (os.environ.get(name, "") for name in ("ONLY", "OUT", "SIZE"))
    if (only and only not in FAULTS) or (size and not size.isdigit()):
        print(f"ONLY: one of {', '.join(FAULTS)}; SIZE: a number", file=sys.stderr)
        return 2
    held = True
    for name, fault in FAULTS.items():
        if only in ("", name):
            given = f" SIZE={size}" if size else ""
            for record in said_by(f"make faults ONLY={name}{given}", fault.run(int(size or fault.size))):
                print(shown(record), flush=True)
                held = held and record.holds
                if out:
                    keep(Path(out), name, record)
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
