"""`timers [--once]`: lets days pass, apart from the web process."""

import argparse
import asyncio
from typing import Any

from services.case.commands.administration import add
from services.case.timers import keep_time, let_days_pass
from services.case.wiring import House


def register(commands: Any) -> None:
    add(commands, "timers", "let days pass: fire timers, note what was missed", run).add_argument(
        "--once", action="store_true", help="what is due now, then stop"
    )


def run(house: House, given: argparse.Namespace) -> int:
    async def work() -> int:
        house.projected.start(asyncio.get_running_loop())
        if given.once:
            return await let_days_pass(house)
        await keep_time(house)
        return 0

    follower = house.follower()
    follower.start()
    try:
        passed = asyncio.run(work())
    finally:
        follower.stop()
        house.projected.stop()
    print(f"{passed} deadlines passed")
    return 0
