"""Runs the faults: `make faults`; one of them: `ONLY=name`; smaller: `SIZE=number`; records kept: `OUT=folder`."""

import os
import sys
from functools import partial

from tests.bench.record import holds
from tests.faults.registry import FAULTS


def main() -> int:
    """1 if something that must hold does not, 2 for a name that is none."""
    only, size = os.environ.get("ONLY", ""), os.environ.get("SIZE", "")
    if (only and only not in FAULTS) or (size and not size.isdigit()):
        print(f"ONLY: one of {', '.join(FAULTS)}; SIZE: a number", file=sys.stderr)
        return 2
    chosen = {name: partial(f.run, int(size or f.size)) for name, f in FAULTS.items() if only in ("", name)}
    return 0 if holds("make faults", chosen, f" SIZE={size}" if size else "") else 1


if __name__ == "__main__":
    raise SystemExit(main())
