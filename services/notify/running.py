"""What the notify service does all day, on four threads: takes in, sends, tells, hears of erasures. Whatever is away is
waited for; one notify service is active, others stand by."""

import contextlib
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Protocol

import psycopg

from services.notify import deliveries, erasures, telling
from services.notify.case_api import Away, CaseApi, NotAccepted
from services.notify.channels import channels_of
from services.notify.deliveries import Arrived, Connection
from services.notify.feed import Feed, Read
from services.notify.sending import Sending
from services.notify.settings import Settings
from services.notify.telling import Tell, Telling, over_http

STAND_BY = 0.5  # seconds between attempts to become the active one
LAST = 5.0  # seconds for what is being sent when we are told to stop
IDLE = 0.5  # seconds between looks where nothing waits
BACK_OFF = (0.1, 0.2, 0.5, 1.0, 2.0)  # seconds after a failure, the last for all further ones

log = logging.getLogger(__name__)


class Source(Protocol):
    """Where records come from."""

    def read(self) -> Iterator[Read]: ...


class Notify:
    """`run` until `stopping` is set. Raises NotAccepted where the case service does not take our tokens."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.stopping = threading.Event()
        self._refused: NotAccepted | None = None

    def run(self) -> None:
        works = (self._send, self._take_in, self._tell, self._hear)
        threads = [threading.Thread(target=self._keep, args=(work,), name=work.__name__, daemon=True) for work in works]
        with self._alone():
            for thread in threads:
                thread.start()
            self.stopping.wait()
            threads[0].join(LAST)  # the others lose nothing
        if self._refused is not None:
            raise self._refused

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """As the one that sends, or not at all."""
        with self._connected() as connection:
            deliveries.prepare(connection)
            while not deliveries.is_active(connection):
                if self.stopping.wait(STAND_BY):
                    return
            yield

    def _connected(self) -> Connection:
        return psycopg.connect(self._settings.database_url, autocommit=True, connect_timeout=5)

    def _keep(self, work: Callable[[], None]) -> None:
        """At it again after whatever happened."""
        failures, said = 0, ""
        while not self.stopping.is_set():
            try:
                work()
                failures, said = 0, ""
            except NotAccepted as refused:
                self._refused = refused
                self.stopping.set()
            except (Away, psycopg.OperationalError) as away:
                why = str(away) if isinstance(away, Away) else "The database does not answer."
                if why != said:
                    log.warning("%s Trying again.", why)
                    said = why
            except Exception as error:  # its message may quote an address
                where = "".join(traceback.format_tb(error.__traceback__))
                log.error("%s failed and starts again: %s\n%s", work.__name__, type(error).__name__, where)
            self.stopping.wait(BACK_OFF[min(failures, len(BACK_OFF) - 1)])
            failures += 1

    def _take_in(self) -> None:
        self._follow(deliveries.TOPIC, deliveries.take_in)

    def _hear(self) -> None:
        self._follow(erasures.TOPIC, erasures.hear)

    def _follow(self, topic: str, take: Callable[[Connection, list[Arrived], dict[str, int]], None]) -> None:
        with self._connected() as connection, self._source(topic, connection) as source:
            while not self.stopping.is_set():
                for arrived, read in source.read():
                    take(connection, arrived, read)

    def _send(self) -> None:
        with self._connected() as connection:
            sending = Sending(connection, channels_of(self._settings))
            while not self.stopping.is_set():
                if not sending.work():
                    self.stopping.wait(IDLE)

    def _tell(self) -> None:
        with self._connected() as connection, self._teller() as tell:
            told = Telling(connection, tell)
            while not self.stopping.is_set():
                if not told.work():
                    connection.execute(deliveries.FORGET)
                    connection.execute(telling.FORGET)
                    self.stopping.wait(IDLE)

    @contextlib.contextmanager
    def _source(self, topic: str, connection: Connection) -> Iterator[Source]:
        places = deliveries.places(connection)
        if self._settings.kafka_bootstrap_servers:
            from services.notify.topics import Topics  # nobody else needs the client

            with contextlib.closing(Topics(self._settings, topic, places)) as topics:
                yield topics
        else:
            yield Feed(CaseApi(self._settings), topic, places)

    @contextlib.contextmanager
    def _teller(self) -> Iterator[Tell]:
        if self._settings.kafka_bootstrap_servers:
            from services.notify.topics import Results

            with contextlib.closing(Results(self._settings)) as results:
                yield results.tell
        else:
            yield over_http(CaseApi(self._settings))
