"""The relay: brings the outbox to Kafka, in order, each record once for whoever reads what is committed.

Of all processes that run it one is active, chosen by PostgreSQL (store/follower.py); should two believe that they are,
Kafka fences the elder. While the broker is away nothing is lost and nobody waits: the log is the queue.
"""

from typing import Any

import psycopg

from contracts.envelope import to_record
from services.case.outbox.admitting import Admitting
from services.case.outbox.held import hold
from services.case.outbox.turns import Page, Turn
from services.case.relay.publisher import Publisher
from services.case.relay.transactions import Place
from services.case.store.follower import Follower
from services.case.wiring import House

NAME = "relay"
# For those who look after it; where to go on stands in Kafka.
MIRROR = """
    INSERT INTO reader_positions (reader, position) VALUES ('relay', %s)
    ON CONFLICT (reader) DO UPDATE SET position = excluded.position
"""


def relay_of(house: House) -> Follower:
    """The relay of a house, to be started and stopped."""
    relay = Relay(house)
    return Follower(NAME, house.url, relay.work, leave=relay.leave)


class Relay:
    """`work` and `leave` are a follower's."""

    def __init__(self, house: House) -> None:
        self._outbox = house.outbox
        self._admitting = Admitting(house.owners, house.clock)
        self._clock = house.clock
        self._publisher = Publisher(house.settings, NAME)

    def work(self, connection: psycopg.Connection[Any]) -> bool:
        """Publish what comes next; whether there may be more. Raises Interrupted."""
        after = self._publisher.open(self._knows)
        self._admitting.work(connection)  # others do so too, but are not waited for
        page = self._outbox.read(after, self._publisher.size)
        if page.place == after:
            return False
        records = [(turn.topic, to_record(turn.event())) for turn in page.turns]
        if self._publisher.publish(records, _reached(page)):
            connection.execute(MIRROR, [page.place])
        elif self._publisher.size > 1:
            self._publisher.size //= 2
        else:
            self._hold(connection, page.turns[0])
        return True

    def leave(self) -> None:
        """Another may be the active one now."""
        self._publisher.close()

    def _knows(self, place: Place) -> bool:
        """Whether what was published last is in the log, and is what it was. A log that was set back to a back-up would
        else go on unpublished up to the place, and nobody would know."""
        if not place.hash:
            return place.position <= self._outbox.end()
        return self._outbox.hash_at(place.event) == place.hash

    def _hold(self, connection: psycopg.Connection[Any], turn: Turn) -> None:
        with connection.transaction():
            hold(connection, turn.place, turn.recorded, "the broker refuses it", self._clock.now())


def _reached(page: Page) -> Place:
    if not page.turns:
        return Place(page.place)
    last = page.turns[-1].recorded
    return Place(page.place, last.position, last.row.hash.hex())
