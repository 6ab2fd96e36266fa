"""What goes on beside the requests, in a process of its own so that they do not share an interpreter with it: read
models follow the log, suspensions reach the pupils' registers, words that are due are offered, days pass."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable

from services.case.domain.errors import TryAgain
from services.case.inbound import let_expire
from services.case.store.database import DatabaseAway
from services.case.timers import keep_time
from services.case.wiring import House

TIDY = 3600.0  # seconds
EXPIRE = 60.0

log = logging.getLogger(__name__)


def work(house: House, started: Callable[[], None]) -> None:
    """Until told to stop."""
    asyncio.run(_work(house, started))


async def _work(house: House, started: Callable[[], None]) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    followers = [house.follower(), house.registrar(), house.admitting(), house.checkpoints(), house.offering()]
    for follower in followers:
        follower.start()
    house.projected.start(loop)
    started()
    tasks = [asyncio.create_task(work(house)) for work in (keep_time, _tidy, _expire)]
    await told.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for follower in followers:
        follower.stop()
    house.projected.stop()


async def _tidy(house: House) -> None:
    while True:
        with contextlib.suppress(DatabaseAway):
            await asyncio.to_thread(house.store.forget_answers)
        await asyncio.sleep(TIDY)


async def _expire(house: House) -> None:
    while True:
        try:
            await let_expire(house)
        except (DatabaseAway, TryAgain):
            pass  # it says so elsewhere
        except Exception:
            log.exception("letting what was offered expire failed, and is tried again")
        await asyncio.sleep(EXPIRE)
