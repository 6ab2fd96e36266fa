"""One embedded PostgreSQL for the whole run; a database of its own, copied from a migrated one, for each test that
stores. One broker for the whole run; names of its own for each test that publishes, or a broker that it may kill."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import psycopg
import pytest

from services.case.application.files import read_reference
from services.case.application.reference import Reference
from services.case.samples import sample_directory
from services.case.settings import Settings
from services.case.store import embedded
from services.case.store.migrate import migrate
from services.case.wiring import House
from tests.brokers.apache import ApacheKafka
from tests.brokers.choice import Broker, NoBroker, choose, missing, own_names
from tests.brokers.docker import DockerPostgresql, NoDocker
from tests.brokers.jars import NoJars
from tests.serving import Served, serve
from tests.store.embedding import data_folder

for name in [name for name in os.environ if name.startswith("CASE_")]:
    del os.environ[name]  # what somebody has set for themselves must not decide a test

# The same examples in every run, or others if they are asked for (tests/process/engine/effort.py).
hypothesis.settings.register_profile("suite", derandomize=not os.environ.get("TESTS_RANDOM"), print_blob=True)
hypothesis.settings.load_profile("suite")

TEMPLATE = "template_casework"
MASTER_KEY = "5a" * 32
SIGNING_KEY = "a5" * 32
CHOSEN = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Connection string of the server, without a database. `TEST_POSTGRESQL=docker` takes one in a container."""
    with contextlib.ExitStack() as ending:
        if os.environ.get("TEST_POSTGRESQL") == "docker":
            server = _in_docker(ending)
        else:
            server = embedded.start(ending.enter_context(data_folder())).rpartition(" dbname=")[0]
        with psycopg.connect(f"{server} dbname=postgres", autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {TEMPLATE}".encode())
        migrate(f"{server} dbname={TEMPLATE}")
        yield server


def _in_docker(ending: contextlib.ExitStack) -> str:
    try:
        container = DockerPostgresql()
    except NoDocker as reason:
        missing("PostgreSQL in Docker", reason)
    ending.callback(container.close)
    return container.url


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """The broker of this run (tests/brokers/choice.py). Others use it too: take names of your own from `kafka`."""
    try:
        chosen, passed_over = choose()
    except NoBroker as reason:
        missing("Kafka broker", reason)
    request.config.stash[CHOSEN] = [f"Kafka: {chosen.name}", *(f"not {reason}" for reason in passed_over)]
    yield chosen
    chosen.close()


@pytest.fixture
def kafka(broker: Broker) -> dict[str, str]:
    """The environment that gives a service this broker, with topics that no other test has. They do not exist yet."""
    return own_names(broker.bootstrap)


@pytest.fixture
def own_broker() -> Iterator[ApacheKafka]:
    """A broker that the test may kill, freeze and start again."""
    try:
        mine = ApacheKafka()
    except NoJars as reason:
        missing("Kafka broker of the test's own", reason)
    try:
        yield mine.begin()
    finally:
        mine.close()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist tells the process that prints which broker it had."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["chosen"] = session.config.stash.get(CHOSEN, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    if chosen := getattr(node, "workeroutput", {}).get("chosen"):
        node.config.stash[CHOSEN] = chosen


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Which broker it was, and why not another."""
    for line in config.stash.get(CHOSEN, []):
        terminalreporter.write_line(line)


@pytest.fixture
def database_url(postgresql: str) -> Iterator[str]:
    """A migrated database of the test's own."""
    with own_database(postgresql, f"TEMPLATE {TEMPLATE}") as url:
        yield url


@pytest.fixture
def empty_database(postgresql: str) -> Iterator[str]:
    """Another of its own, with nothing in it."""
    with own_database(postgresql) as url:
        yield url


@contextlib.contextmanager
def own_database(postgresql: str, made_from: str = "") -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"{postgresql} dbname=postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} {made_from}".encode())
        yield f"{postgresql} dbname={name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url, tmp_path, master_key=MASTER_KEY, signing_key=SIGNING_KEY)


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """The service's parts on the test's own database, with the sample directories; nothing is served."""
    opened = House(settings).open()
    opened.reference.directory = sample_directory()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def reference() -> Reference:
    """The processes, policies and calendars of the repository, with the sample directories and no database."""
    return read_reference(directory=sample_directory())


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The service in its embedded mode, in processes of its own, its clock at 2 September 2026."""
    with data_folder() as data, serve(data, clock="2026-09-02T08:00:00+01:00") as running:
        yield running
