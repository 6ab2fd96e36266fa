"""What the audit service does all day: reads its source into the ledger, and countersigns what the ledger bears out.

Whatever is away (source, database) is waited for; one audit service is active, others stand by.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator
from typing import Protocol

import psycopg

from services.audit import figures, ledger
from services.audit.case_api import Away, CaseApi
from services.audit.checkpoints import Countersigning
from services.audit.feed import Feed, Read
from services.audit.settings import Settings

STAND_BY = 0.5  # seconds between attempts to become the active one
BACK_OFF = (0.1, 0.2, 0.5, 1.0, 2.0)  # seconds after a failure, the last for all further ones
STOPPED = "SELECT count(*) FROM heads WHERE stopped IS NOT NULL"

log = logging.getLogger(__name__)


class Source(Protocol):
    """Where records come from."""

    def read(self) -> Iterator[Read]: ...


class Consumer:
    """`run` until `stopping` is set. Raises NotAccepted where the case service does not take our tokens."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.stopping = threading.Event()
        self._failures = 0
        self._said = ""  # of what is away, so that it is said once

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._consume()
            except Away as away:
                self._wait(str(away))
            except psycopg.OperationalError:
                self._wait("The ledger's database does not answer.")

    def _wait(self, why: str) -> None:
        if why != self._said:
            log.warning("%s Trying again.", why)
            self._said = why
        self.stopping.wait(BACK_OFF[min(self._failures, len(BACK_OFF) - 1)])
        self._failures += 1

    def _consume(self) -> None:
        with psycopg.connect(self._settings.database_url, autocommit=True, connect_timeout=5) as connection:
            ledger.prepare(connection)
            while not ledger.is_active(connection):
                if self.stopping.wait(STAND_BY):
                    return
            api = CaseApi(self._settings) if self._settings.can_ask else None
            countersigning = Countersigning(self._settings, api) if api is not None else None
            with self._source(connection, api) as source:
                while not self.stopping.is_set():
                    for arrived, read in source.read():
                        ledger.enter(connection, arrived, read)
                        self._failures, self._said = 0, ""
                    row = connection.execute(STOPPED).fetchone()
                    figures.STOPPED.set(row[0] if row else 0)
                    if countersigning is not None:
                        countersigning.work(connection)

    @contextlib.contextmanager
    def _source(self, connection: ledger.Connection, api: CaseApi | None) -> Iterator[Source]:
        places = ledger.places(connection)
        if self._settings.kafka_bootstrap_servers:
            from services.audit.topics import Topics  # nobody else needs the client

            with contextlib.closing(Topics(self._settings, places)) as topics:
                yield topics
        else:
            assert api is not None  # the settings see to it
            yield Feed(api, places)
