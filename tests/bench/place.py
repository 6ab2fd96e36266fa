"""A PostgreSQL for benchmarks: the embedded one, fsync on, in a folder that goes with the process."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg

from services.case.clock.now import SettableClock
from services.case.samples import sample_directory
from services.case.settings import Settings
from services.case.store import embedded
from services.case.store.migrate import migrate
from services.case.wiring import House

BEGINS = "2026-09-28T09:00:00+01:00"


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def server() -> str:
    """Its connection string, without a database."""
    return embedded.start(_folder()).rpartition(" dbname=")[0]


@contextmanager
def database(migrated: bool = True) -> Iterator[str]:
    """The connection string of a fresh database."""
    name = f"bench_{uuid4().hex}"
    with psycopg.connect(f"{server()} dbname=postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    url = f"{server()} dbname={name}"
    try:
        if migrated:
            migrate(url)
        yield url
    finally:
        with psycopg.connect(f"{server()} dbname=postgres", autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def settings(url: str) -> Settings:
    """Settings of a service with this database, with keys of no worth."""
    return Settings(url, Path(tempfile.gettempdir()), master_key="5a" * 32, signing_key="a5" * 32)


def opened(url: str) -> House:
    """The service's parts on this database, at the morning on which managed moves of the benchmarks begin."""
    house = House(settings(url)).open()
    folder = Path(tempfile.mkdtemp())
    house.door.clock = SettableClock(folder / "clock.json", {"CASE_CLOCK_START": BEGINS})
    house.reference.directory = sample_directory()
    return house


def log() -> Path:
    """What the benchmarks' server writes about its work."""
    return embedded.Place(_folder()).log
