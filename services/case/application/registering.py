"""Follows the log: what cases tell of suspensions and exclusions is entered in the pupils' registers.

Case and register are two streams, and no transaction spans them. So the case's event says all that the register needs,
and this enters it, again after any crash: what is in the register already is not entered twice.
"""

from datetime import datetime
from typing import Any
from uuid import uuid5

import msgspec
import psycopg

from services.case.application.registers import Registers, Whose
from services.case.clock.now import Clock
from services.case.domain.meta import Meta
from services.case.domain.people import SYSTEM
from services.case.domain.pupil_events import ExclusionNotified
from services.case.store.event_store import EventStore
from services.case.store.mapper import Recorded

READER = "registers"
POSITION = "SELECT position FROM reader_positions WHERE reader = %s"
MOVE = """
    INSERT INTO reader_positions (reader, position) VALUES (%s, %s)
    ON CONFLICT (reader) DO UPDATE SET position = excluded.position
"""


class Registering:
    """The work of the follower. It moves on once all is entered."""

    def __init__(self, store: EventStore, registers: Registers, clock: Clock) -> None:
        self._store = store
        self._registers = registers
        self._clock = clock

    def work(self, connection: psycopg.Connection[Any]) -> bool:
        """Enter everything that the log has since the last time."""
        row = connection.execute(POSITION, [READER]).fetchone()
        after, head = int(row[0]) if row else 0, self._store.head()
        if head > after:
            for recorded in self._store.read_type(ExclusionNotified.TOPIC, after, head):
                enter(self._registers, recorded, self._clock.now())
            connection.execute(MOVE, [READER, head])
        return False


def enter(registers: Registers, recorded: Recorded, at: datetime) -> None:
    """Enter what a case told. Whoever was erased meanwhile cannot be found, and is not entered."""
    event = recorded.event
    assert isinstance(event, ExclusionNotified)
    if event.personal is None:
        return
    whose = msgspec.convert({**event.personal["pupil"], "case": event.entry.case}, Whose)
    place = f"{recorded.stream}.{recorded.version}"
    command = str(uuid5(recorded.stream, place))
    meta = Meta(SYSTEM, event.meta.effective_on, command, place, event.meta.correlation)
    registers.enter(whose, event.entry, meta, at)
