"""`projections`: keeps the read models, the pupils' registers and the outbox up, apart from the web process."""

import argparse
import signal
import threading
from typing import Any

from services.case.commands.administration import add
from services.case.wiring import House


def register(commands: Any) -> None:
    add(commands, "projections", "keep the read models and the pupils' registers up", run)


def run(house: House, given: argparse.Namespace) -> int:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    followers = [house.follower(), house.registrar(), house.admitting(), house.checkpoints()]
    for follower in followers:
        follower.start()
    print("ready", flush=True)
    stop.wait()
    for follower in followers:
        follower.stop()
    return 0
