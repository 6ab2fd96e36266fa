"""Goes through the log once, in order, and holds the streams of events that cannot be published. What it has passed can
be read in the outbox."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from services.case.clock.now import Clock
from services.case.outbox.admission import fault_of
from services.case.outbox.held import hold, release_known
from services.case.outbox.owners import Owners
from services.case.outbox.turns import END, POSITION, TURNS, Row, whole_places

BATCH = 500
MOVE = "UPDATE reader_positions SET position = %s WHERE reader = 'outbox' AND position = %s"

Faults = Sequence[tuple[Row, str]]


class Admitting:
    """`work` is a follower's (store/follower.py)."""

    def __init__(self, owners: Owners, clock: Clock) -> None:
        self._owners = owners
        self._clock = clock
        self._has_begun = False

    def work(self, connection: psycopg.Connection[Any]) -> bool:
        """The next batch; whether there may be more."""
        if not self._has_begun:
            release_known(self._owners.database, self._owners)
            self._has_begun = True
        row = connection.execute(POSITION).fetchone()
        after = int(row[0]) if row else 0
        given = {"after": after, "upto": END, "limit": BATCH}
        rows = whole_places([Row(*row) for row in connection.execute(TURNS, given, binary=True)], BATCH)
        if not rows:
            return False
        faults = self._faults(rows)
        place = rows[-1].place
        with connection.transaction():
            if connection.execute(MOVE, [place, after]).rowcount == 0:
                return True  # somebody else was faster
            for faulty, why in faults:
                hold(connection, faulty.place, faulty, why, self._clock.now())
            connection.execute("SELECT pg_notify('outbox', %s)", [str(place)])
        return len(rows) >= BATCH

    def _faults(self, rows: Sequence[Row]) -> Faults:
        """The first event of each stream that cannot be published. What is released was looked at then."""
        fresh = [row for row in rows if not row.held and row.place == row.position]
        owners = self._owners.of({row.stream: row.type for row in fresh})
        faults: dict[UUID, tuple[Row, str]] = {}
        for row in fresh:
            if row.stream not in faults and (fault := fault_of(row, owners.get(row.stream))):
                faults[row.stream] = row, fault
        return list(faults.values())
