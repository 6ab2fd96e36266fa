"""A ledger of the test's own, and records as the case service publishes them."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from services.audit.ledger import Connection, prepare


@pytest.fixture
def ledger_url(postgresql: str) -> Iterator[str]:
    """An empty database."""
    name = f"audit_{uuid4().hex}"
    with psycopg.connect(f"{postgresql} dbname=postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        yield f"{postgresql} dbname={name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def connection(ledger_url: str) -> Iterator[Connection]:
    """A connection to a ledger with nothing in it."""
    with psycopg.connect(ledger_url, autocommit=True) as connection:
        prepare(connection)
        yield connection
