"""The clock that can be set. Only in the embedded mode is there such an address at all."""

import asyncio
from datetime import datetime

from services.case.api.asking import Ask, Reply
from services.case.clock.bank_holidays import LAST_YEAR
from services.case.clock.now import ClockGoesForwardOnly, ClockTimeUnreadable, SettableClock, parse_time
from services.case.domain.errors import BodyInvalid, ClockOnlyForward
from services.case.timers import let_days_pass


async def set_clock(ask: Ask) -> Reply:
    """Move the clock forward for every process of this data folder. What is due by then has happened in the answer."""
    clock = ask.house.clock
    assert isinstance(clock, SettableClock)
    try:
        moment = parse_time(ask.body.now)
        if moment.year >= LAST_YEAR:
            raise OverflowError(f"Nothing can be counted from {LAST_YEAR} on.")
        clock.set(moment)
    except (ClockTimeUnreadable, OverflowError) as error:
        raise BodyInvalid([{"pointer": "/now", "detail": str(error)}]) from error
    except ClockGoesForwardOnly as error:
        raise ClockOnlyForward from error
    passed = await let_days_pass(ask.house)
    now: datetime = clock.now()
    position = await asyncio.to_thread(ask.house.store.head)
    return Reply({"now": now, "today": clock.today(), "days_passed": passed}, position=position)


async def read_clock(ask: Ask) -> Reply:
    clock = ask.house.clock
    return Reply({"now": clock.now(), "today": clock.today()})
