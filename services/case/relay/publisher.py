"""Transactions that are opened again after trouble, which is told once, whoever publishes."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from contracts.envelope import Record
from services.case.relay.client import BrokerError
from services.case.relay.transactions import Place, RecordRefused, Transactions
from services.case.settings import Settings
from services.case.store.follower import Interrupted

BATCH = 500  # records in a transaction

log = logging.getLogger(__name__)


class Publisher:
    """One line of records by its name. `size`: how many to publish at once; fewer after some were refused, until it is
    known which."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._transactions: Transactions | None = None
        self._place = Place()
        self._is_known = False
        self._trouble = ""
        self.size = BATCH

    def open(self, knows: Callable[[Place], bool] = lambda place: True) -> int:
        """The place that was published last. `knows` says whether it is one of ours: where it is not, nothing is
        published. Raises Interrupted."""
        with self._telling():
            if self._transactions is None:
                self._transactions, self._is_known = Transactions(self._settings, self._name), False
                self._place = self._transactions.open()
            self._is_known = self._is_known or knows(self._place)
            if not self._is_known:
                raise BrokerError("what was published last is not there: was the database restored from a back-up?")
        return self._place.position

    def publish(self, records: Sequence[tuple[str, Record]], place: Place) -> bool:
        """Records by topic, and the place that they lead up to; none where all up to there is to be passed over.

        False where one was refused: of `size` 1 it is the first. Raises Interrupted.
        """
        with self._telling():
            assert self._transactions is not None
            prefix = self._settings.kafka_topic_prefix
            try:
                if records:
                    self._transactions.publish([(prefix + topic, record) for topic, record in records], place)
            except RecordRefused as refused:
                log.warning("%s: a record is refused: %s", self._name, refused)
                self.close()
                return False
        if self._trouble:
            log.warning("%s: publishing again", self._name)
        self._trouble = ""
        self._place = place
        self.size = min(BATCH, self.size * 2)
        return True

    def close(self) -> None:
        transactions, self._transactions = self._transactions, None
        if transactions is not None:
            transactions.close()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Each change once."""
        try:
            yield
        except BrokerError as error:
            if str(error) != self._trouble:
                log.warning("%s: nothing is published: %s", self._name, error)
            self._trouble = str(error)
            raise Interrupted from error
