"""`python -m contracts.conformance -- COMMAND…`: what a consumer gets wrong. Exit code: 0 nothing, 1 something, 2 wrong
use or environment."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from contracts import conformance
from contracts.conformance.feeding import CannotStart, feed
from contracts.conformance.history import Run, history
from contracts.conformance.judging import Judge, Wrong
from contracts.conformance.offers import offers

HISTORIES = {"case.events.v1": history, "case.contacts.v1": offers}
GOOD, FINDINGS, WRONG_USE = 0, 1, 2


def examine(command: Sequence[str], runs: Sequence[Run], patience: float) -> list[Wrong]:
    """All runs one after the other, in a state folder of their own. Raises CannotStart."""
    judge, found = Judge(), list[Wrong]()
    with tempfile.TemporaryDirectory(prefix="conformance-") as state:
        for run in runs:
            found += judge.judge(run, feed(command, run, Path(state), patience))
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m contracts.conformance",
        description=conformance.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--topic", choices=HISTORIES, default="case.events.v1", help="which it reads")
    parser.add_argument("--seed", type=int, default=1, help="another order across streams")
    parser.add_argument("--patience", type=float, default=10, metavar="SECONDS", help="until it must have ended")
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="after `--`")
    given = parser.parse_args(arguments)
    runs = HISTORIES[given.topic](given.seed)
    try:
        found = examine(given.command, runs, given.patience)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    if given.json:
        wrong = [{**msgspec.to_builtins(one), "sentence": one.sentence} for one in found]
        lines = sum(len(run.lines) for run in runs)
        print(msgspec.json.encode({"ok": not found, "runs": len(runs), "records": lines, "wrong": wrong}).decode())
    else:
        for one in found:
            print(f"{one.run}: {one.rule} ({one.times}): {one.sentence}" + (f" First: {one.id}" if one.id else ""))
        print(f"{len(runs)} runs, {sum(len(run.lines) for run in runs)} records: {'wrong' if found else 'all is well'}")
    return FINDINGS if found else GOOD


if __name__ == "__main__":
    sys.exit(main())
