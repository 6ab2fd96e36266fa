"""Follows the log: what cases tell of suspensions and exclusions is entered in the pupils' registers, and the pupil's
other cases hear of it.

Case and register are two streams, and no transaction spans them. So the case's event says all that the register needs,
and this enters it, again after any crash: what is in the register already is not entered twice. A case that hears twice
finds that nothing has changed.
"""

import asyncio
import contextlib
from datetime import datetime
from typing import Any
from uuid import uuid5

import msgspec
import psycopg

from services.case.application.door import Door, once
from services.case.application.registers import Registers, Whose
from services.case.application.running import Running
from services.case.domain.errors import Refusal
from services.case.domain.meta import Meta
from services.case.domain.people import SYSTEM
from services.case.domain.pupil_events import ExclusionNotified
from services.case.domain.pupil_register import Register
from services.case.store.mapper import Recorded

READER = "registers"
BATCH = 500
POSITION = "SELECT position FROM reader_positions WHERE reader = %s"
MOVE = """
    INSERT INTO reader_positions (reader, position) VALUES (%s, %s)
    ON CONFLICT (reader) DO UPDATE SET position = excluded.position
"""


class Registering:
    """The work of the follower, with a door of its own. It moves on once all is entered and told."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._store = door.store

    def work(self, connection: psycopg.Connection[Any]) -> bool:
        """Enter the next batch of what the log has since the last time; whether there may be more."""
        row = connection.execute(POSITION, [READER]).fetchone()
        after = int(row[0]) if row else 0
        batch, upto = self._store.read_types([ExclusionNotified.TOPIC], after, BATCH)
        for recorded in batch:
            register = enter(self._door.registers, recorded, self._door.clock.now())
            asyncio.run(tell_cases(self._door, register))
        if upto > after:
            connection.execute(MOVE, [READER, upto])
        return len(batch) == BATCH


def enter(registers: Registers, recorded: Recorded, at: datetime) -> Register | None:
    """Enter what a case told; the register then. Whoever was erased meanwhile cannot be found, and is not entered."""
    event = recorded.event
    assert isinstance(event, ExclusionNotified)
    if event.personal is None:
        return None
    whose = msgspec.convert({**event.personal["pupil"], "case": event.entry.case}, Whose)
    place = f"{recorded.stream}.{recorded.version}"
    command = str(uuid5(recorded.stream, place))
    meta = Meta(SYSTEM, event.meta.effective_on, command, place, event.meta.correlation)
    return registers.enter(whose, event.entry, meta, at)


async def tell_cases(door: Door, register: Register | None) -> None:
    """The pupil's cases hear that the register has changed, so that each can see whether more is owed now; also the one
    that told of it, which may not have known of what another told at the same time."""
    if register is None or len(register.entries) < 2:
        return
    for ref in sorted({entry.case for entry in register.entries.values()} - {""}):

        def act(running: Running) -> bytes:
            running.decision.by = SYSTEM
            tell_of_register(running)
            return b""

        with contextlib.suppress(Refusal):  # it may be closed, or erased
            await door.change(ref, once(), act)


def tell_of_register(running: Running) -> None:
    """Each suspension of the case that waits for such news hears it."""
    for number in list(running.case.exclusions):
        if running.case.is_open and not running.case.instances[number].ended:
            running.tell_if_awaited(number, "register_changed", {})
