"""The relay as a process of its own, until it is told to stop."""

import signal
import threading
from collections.abc import Callable

from services.case.relay.relay import relay_of
from services.case.wiring import House


def relay_until_told(house: House, started: Callable[[], None]) -> None:
    """`started` is called once it runs, whether the broker is there or not."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: told.set())
    relay = relay_of(house)
    relay.start()
    started()
    told.wait()
    relay.stop()
