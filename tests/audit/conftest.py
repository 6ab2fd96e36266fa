"""A ledger of the test's own, and records as the case service publishes them."""

from collections.abc import Iterator

import psycopg
import pytest

from services.audit.ledger import Connection, prepare


@pytest.fixture
def connection(empty_database: str) -> Iterator[Connection]:
    """A connection to a ledger with nothing in it."""
    with psycopg.connect(empty_database, autocommit=True) as connection:
        prepare(connection)
        yield connection
