"""Connections to PostgreSQL. One pool per process for reading; the recorder and followers have their own."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection
from psycopg_pool import ConnectionPool, PoolTimeout

READERS = 8


class DatabaseAway(Exception):
    """The database does not answer; nothing was changed."""


class Database:
    """`url` is a libpq connection string. Open one per process, after any fork."""

    def __init__(self, url: str, readers: int = READERS) -> None:
        self.url = url
        self._pool: ConnectionPool[Connection[Any]] = ConnectionPool(
            url,
            min_size=1,
            max_size=readers,
            timeout=5,
            open=False,
            kwargs={"autocommit": True, "connect_timeout": 5},
        )

    def open(self) -> None:
        self._pool.open()

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """A connection in autocommit mode. Raises DatabaseAway."""
        try:
            with self._pool.connection() as connection:
                yield connection
        except PoolTimeout as error:
            raise DatabaseAway from error
        except psycopg.OperationalError as error:
            with contextlib.suppress(PoolTimeout):
                self._pool.check()  # where one connection broke, others may have too
            raise DatabaseAway from error

    def rows(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        try:
            return self._read(statement, parameters)
        except DatabaseAway:  # perhaps only while it was restarted; to read again harms nobody
            return self._read(statement, parameters)

    def row(self, statement: str, parameters: Any = None) -> tuple[Any, ...] | None:
        found = self.rows(statement, parameters)
        return found[0] if found else None

    def _read(self, statement: str, parameters: Any) -> list[tuple[Any, ...]]:
        with self.connection() as connection, connection.cursor(binary=True) as cursor:
            return cursor.execute(statement.encode(), parameters, prepare=True).fetchall()

    def execute(self, statement: str, parameters: Any = None) -> int:
        with self.connection() as connection:
            return connection.execute(statement.encode(), parameters).rowcount
