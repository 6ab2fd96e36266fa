"""The relay: brings the outbox to Kafka, in order, each record once for whoever reads what is committed.

Of all processes that run it one is active, chosen by PostgreSQL (store/follower.py); should two believe that they are,
Kafka fences the elder. While the broker is away nothing is lost and nobody waits: the log is the queue.
"""

import logging
from typing import Any

import psycopg

from contracts.envelope import to_record
from services.case.outbox.admitting import Admitting
from services.case.outbox.held import hold
from services.case.outbox.turns import Page
from services.case.relay.client import BrokerError
from services.case.relay.transactions import RecordRefused, Transactions
from services.case.store.follower import Follower, Interrupted
from services.case.wiring import House

NAME = "relay"
BATCH = 500  # records in a transaction
# For those who look after it; where to go on stands in Kafka.
MIRROR = """
    INSERT INTO reader_positions (reader, position) VALUES ('relay', %s)
    ON CONFLICT (reader) DO UPDATE SET position = excluded.position
"""

log = logging.getLogger(__name__)


def relay_of(house: House) -> Follower:
    """The relay of a house, to be started and stopped."""
    relay = Relay(house)
    return Follower(NAME, house.url, relay.work, leave=relay.leave)


class Relay:
    """`work` and `leave` are a follower's."""

    def __init__(self, house: House) -> None:
        self._settings = house.settings
        self._outbox = house.outbox
        self._admitting = Admitting(house.owners, house.clock)
        self._clock = house.clock
        self._transactions: Transactions | None = None
        self._place = 0
        self._size = BATCH
        self._trouble = ""

    def work(self, connection: psycopg.Connection[Any]) -> bool:
        """Publish what comes next; whether there may be more. Raises Interrupted."""
        try:
            transactions = self._opened()
            self._admitting.work(connection)  # others do so too, but are not waited for
            page = self._outbox.read(self._place, self._size)
            if page.place == self._place:
                return False
            self._publish(connection, transactions, page)
        except BrokerError as error:
            self._say(str(error))
            raise Interrupted from error
        self._say("")
        return True

    def leave(self) -> None:
        """Another may be the active one now."""
        transactions, self._transactions = self._transactions, None
        if transactions is not None:
            transactions.close()

    def _opened(self) -> Transactions:
        if self._transactions is None:
            self._transactions = Transactions(self._settings, NAME)
            self._place = self._transactions.open()
            if self._place > self._outbox.end():
                raise BrokerError("more was published than the log has: was the database restored from a back-up?")
        return self._transactions

    def _publish(self, connection: psycopg.Connection[Any], transactions: Transactions, page: Page) -> None:
        prefix = self._settings.kafka_topic_prefix
        records = [(prefix + turn.topic, to_record(turn.event())) for turn in page.turns]
        if records:  # else all of it is held
            try:
                transactions.publish(records, page.place)
            except RecordRefused as refused:
                self.leave()
                self._narrow(connection, page, str(refused))
                return
        self._place = page.place
        self._size = min(BATCH, self._size * 2)
        connection.execute(MIRROR, [self._place])

    def _narrow(self, connection: psycopg.Connection[Any], page: Page, why: str) -> None:
        """A record was refused, and it is not known which: fewer at a time, until it is one stream's."""
        if self._size > 1:
            self._size //= 2
            return
        turn = page.turns[0]
        with connection.transaction():
            hold(connection, turn.place, turn.recorded, f"the broker refuses it: {why}", self._clock.now())

    def _say(self, trouble: str) -> None:
        """Each change once."""
        if trouble and trouble != self._trouble:
            log.warning("nothing is published: %s", trouble)
        elif self._trouble and not trouble:
            log.warning("publishing again")
        self._trouble = trouble
