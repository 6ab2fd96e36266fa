"""Lets days pass: does what is due, in due order, late or not, once each however many workers run."""

import asyncio
import contextlib

from services.case.application.door import once
from services.case.application.passing import pass_day
from services.case.application.running import Running
from services.case.domain.errors import Refusal, TryAgain
from services.case.projections.deadlines import Pending, pending
from services.case.store.database import DatabaseAway
from services.case.wiring import House

BATCH = 200
PAUSE = 1.0  # seconds between looks


async def let_days_pass(house: House) -> int:
    """Everything due by now, also what comes due because of it. The number of deadlines that passed."""
    done = 0
    while True:
        await _read_models_are_up(house)
        due = await asyncio.to_thread(pending, house.database, house.clock.now(), BATCH)
        moved = 0
        for deadline in due:
            moved += await _pass(house, deadline)
        done += moved
        if not moved:
            return done


async def _pass(house: House, deadline: Pending) -> int:
    """1 if it passed now; 0 if another worker was faster or it was over."""
    changed = 0

    def act(running: Running) -> bytes:
        nonlocal changed
        pass_day(running, deadline.deadline)
        changed = len(running.decision.events)
        return b""

    with contextlib.suppress(TryAgain):
        await house.door.change(deadline.ref, once(), act)
    return 1 if changed else 0


async def _read_models_are_up(house: House) -> None:
    """The list of deadlines is a read model: it must have heard of what was just decided."""
    head = await asyncio.to_thread(house.store.head)
    await house.projected.wait(head)


async def keep_time(house: House) -> None:
    """Runs until cancelled."""
    while True:
        with contextlib.suppress(DatabaseAway, Refusal):
            await let_days_pass(house)
        await asyncio.sleep(PAUSE)
