"""`projections`: keeps the read models up, apart from the web process."""

import argparse
import signal
import threading
from typing import Any

from services.case.commands.administration import add
from services.case.wiring import House


def register(commands: Any) -> None:
    add(commands, "projections", "keep the read models up", run)


def run(house: House, given: argparse.Namespace) -> int:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    follower = house.follower()
    follower.start()
    print("ready", flush=True)
    stop.wait()
    follower.stop()
    return 0
