"""What goes on beside the requests, in a process of its own so that they do not share an interpreter with it: read
models follow the log, suspensions reach the pupils' registers, days pass."""

import asyncio
import contextlib
import signal
from collections.abc import Callable

from services.case.timers import keep_time
from services.case.wiring import House


def work(house: House, started: Callable[[], None]) -> None:
    """Until told to stop."""
    asyncio.run(_work(house, started))


async def _work(house: House, started: Callable[[], None]) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    followers = [house.follower(), house.registrar()]
    for follower in followers:
        follower.start()
    house.projected.start(loop)
    started()
    timers = asyncio.create_task(keep_time(house))
    await told.wait()
    timers.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await timers
    for follower in followers:
        follower.stop()
    house.projected.stop()
