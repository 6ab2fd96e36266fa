"""`rebuild NAME`: refills a read model from the log, under traffic."""

import argparse
import sys
from typing import Any

from services.case.commands.administration import add
from services.case.projections.projecting import UnknownReadModel
from services.case.wiring import House


def register(commands: Any) -> None:
    add(commands, "rebuild", "refill a read model from the log", run).add_argument("name")


def run(house: House, given: argparse.Namespace) -> int:
    def progress(position: int) -> None:
        if sys.stderr.isatty():
            print(f"\rposition {position}", end="", file=sys.stderr)

    try:
        done = house.projecting.rebuild(given.name, house.url, progress)
    except UnknownReadModel:
        names = ", ".join(model.name for model in house.projecting.models)
        print(f"There is no read model called {given.name}. There are: {names}.", file=sys.stderr)
        return 2
    print(f"{given.name}: {done} events")
    return 0
