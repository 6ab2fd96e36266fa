"""All services as an operator runs them with Kafka: web, relay, notify and audit, each a process of its own, on
PostgreSQL and an Apache Kafka that may be stopped. Messages go to a stand-in of GOV.UK Notify, which counts them. And
what must be true of all of them together, whatever happened."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from services.case.domain.people import Person
from services.case.policy.authorities import load_authorities
from services.case.relay.topics import make_topics
from services.case.settings import Settings
from services.case.store.embedded import Place, stop_using
from tests.api.desk import house_of
from tests.brokers.apache import ApacheKafka
from tests.brokers.choice import missing, own_names
from tests.brokers.jars import NoJars
from tests.faults.invariants import SHOWN
from tests.faults.processes import Service, Worker
from tests.notify.conftest import hurry
from tests.notify.govuk import KEY, Govuk
from tests.notify.govuk import served as govuk_served
from tests.relay.conftest import on
from tests.relay.reading import TOPICS, by_stream, read_readable
from tests.serving import ROOT
from tests.store.embedding import data_folder, until

LATEST = 180.0  # seconds in which everything that waits has been done
PAUSE = 0.2  # seconds between looks
AUTHORITIES = load_authorities(Settings().authorities_path).codes
SCOPES = frozenset({"feed", "feed:access", "countersign"})
RELAYED = "SELECT position FROM reader_positions WHERE reader = 'relay'"
END = "SELECT coalesce(max(notification_id), 0) FROM events"
OFFERED = "SELECT count(*) FROM contacts"
UNDER_WAY = """
    SELECT (SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'sending', 'accepted'))
        + (SELECT count(*) FROM results WHERE NOT told)
"""
STATES = "SELECT state, count(*) FROM deliveries GROUP BY state"
ENTERED = "SELECT count(*) FROM entries"
MADE = [("notify", "SELECT to_regclass('deliveries')"), ("audit", "SELECT to_regclass('entries')")]
DELIVERED = "case.notice_delivered.v1"

Event = dict[str, Any]


class AllServices(Service):
    """As `Service`, with the others beside it. `databases` by service."""

    def __init__(self, data: Path, broker: ApacheKafka, govuk: Govuk) -> None:
        names = own_names(broker.bootstrap)
        super().__init__(data, names, workers=("relay",))
        self.broker, self.govuk, self.names_on_broker = broker, govuk, names
        self.databases = {"web": self.url} | {name: self._database(name) for name in ("notify", "audit")}
        self.audits: dict[str, str] = {}

    def start(self, names: Sequence[str] = ()) -> "AllServices":
        """The others know where web is only once it runs."""
        first = not names
        if first:
            make_topics(on(Settings(data_dir=self.data), self.names_on_broker), replicas=1)
            super().start(["web"])
            self.workers |= {"notify": self._notify(), "audit": self._audit()}
            names = list(self.workers)
        super().start(names)
        if first:
            until(lambda: all(self.ask(*each) for each in MADE), "the tables of the others", LATEST)
        return self

    def _database(self, name: str) -> str:
        with psycopg.connect(self.url, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}".encode())
        return Place(self.data).url(name)

    def _notify(self) -> Worker:
        environment = {
            "NOTIFY_DATABASE_URL": self.databases["notify"],
            "NOTIFY_GOVUK_API_KEY": KEY,
            "NOTIFY_GOVUK_URL": self.govuk.address,
            "NOTIFY_GOVUK_EMAIL_TEMPLATE": "e",
            "NOTIFY_GOVUK_LETTER_TEMPLATE": "l",
        }
        return Worker(self.data, "run", environment | self.names_on_broker, "services.notify")

    def _audit(self) -> Worker:
        token = self.web.token_of
        tokens = " ".join(f"{code}:{token(Person('audit', code, (), SCOPES))}" for code in AUTHORITIES)
        self.audits = {
            "AUDIT_DATABASE_URL": self.databases["audit"],
            "AUDIT_DATA_DIR": str(self.data / "audit"),
            "AUDIT_FEED_URL": self.web.address,
            "AUDIT_FEED_TOKENS": tokens,
        }
        return Worker(self.data, "run", self.audits | self.names_on_broker, "services.audit")

    def ask(self, service: str, statement: str, parameters: Sequence[object] = ()) -> Any:
        """The first column of the first row in the database of a service, on a connection of its own."""
        with psycopg.connect(self.databases[service], autocommit=True, connect_timeout=5) as connection:
            row = connection.execute(statement.encode(), list(parameters)).fetchone()
        return row[0] if row else None

    @property
    def relayed(self) -> int:
        """How far the log is published."""
        return int(self.ask("web", RELAYED) or 0)

    @property
    def log_end(self) -> int:
        return int(self.ask("web", END))

    def settle(self) -> None:
        """Until all is published, sent, told and entered. No time passes for what waits for it."""
        with psycopg.connect(self.databases["notify"], autocommit=True) as notify:

            def is_done() -> bool:
                time.sleep(PAUSE)
                for message in self.govuk.sent:
                    message["status"] = "delivered"
                hurry(notify)
                waiting = notify.execute(UNDER_WAY).fetchone()
                return waiting == (0,) and self.ask("web", OFFERED) == 0 and self.relayed >= self.log_end

            until(is_done, "what waits to be done", LATEST)
        until(lambda: self.ask("audit", ENTERED) >= self.events, "the ledger", LATEST)

    @property
    def events(self) -> int:
        return int(self.ask("web", "SELECT count(*) FROM events"))

    def findings(self) -> list[str]:
        """What does not hold of topics, notices and ledger, in sentences. Everything must be running."""
        self.settle()
        with house_of(self.web) as house:
            log = list(house.store.read_all())
        topics = [self.names_on_broker["KAFKA_TOPIC_PREFIX"] + topic for topic in (*TOPICS, "case.access.v1")]
        published = read_readable(self.broker.bootstrap, topics)
        delivered = [recorded for recorded in log if recorded.type == DELIVERED]
        return [
            *on_the_topics(published, [f"{recorded.stream}.{recorded.version}" for recorded in log]),
            *self._notices([f"{r.stream}.{r.event.notice}:{r.event.to}" for r in delivered]),
            *self._ledger(len(log)),
            *(f"{name} has ended" for name, worker in self.workers.items() if not worker.is_alive),
        ]

    def _notices(self, told: Sequence[str]) -> Iterator[str]:
        """Each sent once, and told on the timeline once."""
        sent, heard = Counter(one["reference"] for one in self.govuk.sent), Counter(told)
        yield from [f"sent {count} times: {one}" for one, count in sent.items() if count > 1][:SHOWN]
        yield from [f"told {heard[one]} times: {one}" for one in sent.keys() | heard.keys() if heard[one] != 1][:SHOWN]
        with psycopg.connect(self.databases["notify"], autocommit=True) as notify:
            states: dict[str, int] = dict(notify.execute(STATES).fetchall())
        if states != {"delivered": len(sent)}:
            yield f"{len(sent)} messages at the channel, and notify says {states}"

    def _ledger(self, events: int) -> Iterator[str]:
        """By the command that an auditor uses."""
        command = [sys.executable, "-m", "services.audit", "verify", "--json"]
        environment = {**self.web.environment, **self.audits}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        said = msgspec.json.decode(done.stdout or "{}")
        if done.returncode or said["entries"] != events or said["behind"]:
            yield f"the ledger is not the store, of {events} events: {done.stdout}{done.stderr[-300:]}"


def on_the_topics(published: Sequence[tuple[str, Event]], stored: Sequence[str]) -> Iterator[str]:
    """Each stored event once, and every stream in order and without a gap."""
    ours: dict[str, list[str]] = {id: [] for id in stored}
    for place, event in published:
        if event["id"] in ours:
            ours[event["id"]].append(place)
    yield from [f"published {len(at)} times, at {', '.join(at)}: {id}" for id, at in ours.items() if len(at) != 1][
        :SHOWN
    ]
    for stream, events in by_stream([event for _, event in published if event["id"] in ours]).items():
        if [event["sequence"] for event in events] != list(range(1, len(events) + 1)):
            yield f"stream {stream} is not in order"


@contextmanager
def all_services() -> Iterator[AllServices]:
    """Started on an empty data folder and a broker of their own; nothing is left of them afterwards."""
    with ExitStack() as ending:
        try:
            broker = ApacheKafka()
        except NoJars as reason:
            missing("Kafka broker of its own", reason)
        ending.callback(broker.close)
        broker.begin()
        govuk = ending.enter_context(govuk_served())
        data = ending.enter_context(data_folder())
        running = AllServices(data, broker, govuk)
        ending.callback(stop_using, data)
        ending.callback(running.stop)
        yield running.start()
