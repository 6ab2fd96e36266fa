"""One embedded PostgreSQL for the whole run; a database of its own, copied from a migrated one, for each test that
stores."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from services.case.application.files import read_reference
from services.case.application.reference import Reference
from services.case.samples import sample_directory
from services.case.settings import Settings
from services.case.store import embedded
from services.case.store.migrate import migrate
from services.case.wiring import House
from tests.serving import Served, serve
from tests.store.embedding import data_folder

for name in [name for name in os.environ if name.startswith("CASE_")]:
    del os.environ[name]  # what somebody has set for themselves must not decide a test

TEMPLATE = "template_casework"
MASTER_KEY = "5a" * 32
SIGNING_KEY = "a5" * 32


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Connection string of the server, without a database."""
    with data_folder() as data:
        url = embedded.start(data)
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {TEMPLATE}".encode())
        server = url.rpartition(" dbname=")[0]
        migrate(f"{server} dbname={TEMPLATE}")
        yield server


@pytest.fixture
def database_url(postgresql: str) -> Iterator[str]:
    """A migrated database of the test's own."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"{postgresql} dbname=postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}".encode())
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
