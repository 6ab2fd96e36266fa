"""Lets days pass: does what is due, in due order, late or not, once each however many workers run."""

import asyncio
import heapq
import logging
from datetime import datetime

from services.case.application.door import once
from services.case.application.passing import pass_day, remind
from services.case.application.running import Running
from services.case.domain.errors import TryAgain
from services.case.projections.deadlines import pending, reminding
from services.case.store.database import DatabaseAway
from services.case.wiring import House

BATCH = 200
PAUSE = 1.0  # seconds between looks
CATCH_UP = 10.0  # seconds for the list of deadlines to hear of what was decided

Due = tuple[datetime, str, int]  # moment, case, deadline: compares in due order

log = logging.getLogger(__name__)


async def let_days_pass(house: House) -> int:
    """Everything due by now, also what comes due because of it, each on the day that it has by the calendars in force.
    The number of deadlines that passed."""
    await house.recounting.catch_up()
    done = 0
    while moved := await _round(house):
        done += moved
    await remind_people(house)
    return done


async def remind_people(house: House) -> None:
    """Of what is owed soon, each time once."""
    await house.projected.wait(await asyncio.to_thread(house.store.head), CATCH_UP)
    for one in await asyncio.to_thread(reminding, house.database, house.clock.now(), BATCH):
        number = one.deadline

        def act(running: Running, number: int = number) -> bytes:
            remind(running, number)
            return b""

        try:
            await house.door.change(one.ref, once(), act)
        except TryAgain:
            pass  # it says so elsewhere
        except Exception:
            log.exception("a reminder of %s of %s failed", number, one.ref)


async def _round(house: House) -> int:
    """The next of what is due: the list, and in their place among it the days that come of what passes."""
    await house.projected.wait(await asyncio.to_thread(house.store.head), CATCH_UP)
    found = await asyncio.to_thread(pending, house.database, house.clock.now(), BATCH)
    waiting: list[Due] = [(deadline.acts_at, deadline.ref, deadline.deadline) for deadline in found]
    last = waiting[-1] if len(waiting) == BATCH else None  # what is later than a full list comes with the next
    seen, moved = set(waiting), 0
    heapq.heapify(waiting)
    while waiting:
        passed, due = await _pass(house, heapq.heappop(waiting))
        moved += passed
        for one in due:
            if one not in seen and (last is None or one < last):
                seen.add(one)
                heapq.heappush(waiting, one)
    return moved


async def _pass(house: House, due: Due) -> tuple[bool, list[Due]]:
    """Whether it passed now (another worker may have been faster), and what else of its case is due.

    A case that fails shall not keep the others: it is told, and tried again with the next look.
    """
    _, ref, number = due
    passed, others = False, list[Due]()

    def act(running: Running) -> bytes:
        nonlocal passed, others
        pass_day(running, number)
        passed, at = bool(running.decision.events), running.decision.at
        others = [(d.acts_at, ref, d.id) for d in running.case.deadlines.values() if d.acts_at <= at and not d.missed]
        return b""

    try:
        await house.door.change(ref, once(), act)
    except TryAgain:
        return False, []
    except Exception:
        log.exception("deadline %s of %s failed", number, ref)
        return False, []
    return passed, others


async def keep_time(house: House) -> None:
    """Runs until cancelled."""
    while True:
        try:
            await let_days_pass(house)
        except (DatabaseAway, TryAgain):
            pass  # it says so elsewhere
        except Exception:
            log.exception("letting days pass failed, and is tried again")
        await asyncio.sleep(PAUSE)
