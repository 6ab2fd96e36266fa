"""`council-year [--cases N] [--seed N] [--straight]`: fills an embedded database with a made-up council's school year
so far, to try out lists and measures."""

import argparse
import sys
import time
from typing import Any

from services.case.commands.administration import add
from services.case.commands.progress_bar import ProgressBar
from services.case.demo.council_year import council_year, pinned, run_through
from services.case.samples.council_year.courses import upto
from services.case.samples.council_year.events import put
from services.case.wiring import House

AUTHORITY = "937"
GOOD, WRONG_USE = 0, 2
PATIENCE = 600.0  # seconds for the lists to be filled


def register(commands: Any) -> None:
    parser = add(commands, "council-year", "fill an embedded database with a made-up council year", run)
    parser.add_argument("--cases", type=int, default=200, metavar="N", help="how many referrals in a whole year (200)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another number, another year (1)")
    parser.add_argument(
        "--straight", action="store_true",
        help="as events straight into the log: whole courses and any number, but cases to count, not to work on",
    )  # fmt: skip


def run(house: House, given: argparse.Namespace) -> int:
    if not house.settings.embedded:
        print("council-year: only an embedded database is filled with what is made up", file=sys.stderr)
        return WRONG_USE
    follower = house.follower()  # it fills the lists meanwhile, where no other process does
    follower.start()
    try:
        return _fill(house, given)
    finally:
        follower.stop()


def _fill(house: House, given: argparse.Namespace) -> int:
    _listed(house, house.seeded)
    house.reference.directory.refresh(house.database)
    year = council_year(house, AUTHORITY, given.seed)
    with ProgressBar("a made-up year", given.cases) as bar:
        if given.straight:
            referrals = list(upto(year.referrals(given.cases), house.clock.today()))
            put(house.store, referrals, pinned(house, year, given.cases), bar.show)
            there = len(referrals)
        else:
            there = len(run_through(house, year, given.cases, bar.show))
    _listed(house, house.store.head())
    print(f"{there} cases are there, referred since August {year.start_year}")
    return GOOD


def _listed(house: House, position: int) -> None:
    """Wait for the lists to have heard of it."""
    until = time.monotonic() + PATIENCE
    while not house.projecting.has_passed(position) and time.monotonic() < until:
        time.sleep(0.1)
