"""Changes to the rows of one table, gathered over a batch of the log and written with one statement of each kind."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec

from services.case.projections.model import Cursor

Key = tuple[Any, ...]
Values = dict[str, Any]
Columns = tuple[tuple[str, str], ...]  # name, SQL type


class Table:
    """`columns` are names with their SQL types; the first `keys` of them are the primary key.

    A row that is new in this batch is changed in memory; of one that is already there, only what changes is kept.
    """

    def __init__(self, name: str, keys: int, columns: Mapping[str, str]) -> None:
        self.name = name
        self.columns = tuple(columns.items())
        self.names = tuple(columns)
        self.key = self.names[:keys]
        self.fresh: dict[Key, Values] = {}
        self.changed: dict[Key, Values] = {}
        self.gone: dict[Key, None] = {}

    def insert(self, *values: Any) -> None:
        self.fresh[values[: len(self.key)]] = dict(zip(self.names, values, strict=True))

    def update(self, key: Key, **values: Any) -> None:
        row = self.fresh.get(key)
        if row is None:
            row = self.changed.setdefault(key, {})
        row.update(values)

    def delete(self, key: Key) -> None:
        if self.fresh.pop(key, None) is None:
            self.changed.pop(key, None)
            self.gone[key] = None

    def write(self, cursor: Cursor) -> None:
        """All that was gathered; nothing is left of it here."""
        keys = self.columns[: len(self.key)]
        if self.gone:
            gone = [dict(zip(self.key, key, strict=True)) for key in self.gone]
            cursor.execute(_delete(self.name, keys), [as_document(gone)])
        if self.fresh:
            cursor.execute(_insert(self.name, self.columns), [as_document(self.fresh.values())])
        for names, rows in self._by_columns().items():
            changed = tuple(column for column in self.columns if column[0] in names)
            cursor.execute(_update(self.name, keys, changed), [as_document(rows)])
        self.fresh, self.changed, self.gone = {}, {}, {}

    def _by_columns(self) -> dict[frozenset[str], list[Values]]:
        found: dict[frozenset[str], list[Values]] = {}
        for key, values in self.changed.items():
            found.setdefault(frozenset(values), []).append({**dict(zip(self.key, key, strict=True)), **values})
        return found


def as_document(rows: Iterable[Values]) -> str:
    """Rows as one parameter of a statement. Lists, one for each column, would be put into PostgreSQL's form member by
    member."""
    return msgspec.json.encode(list(rows)).decode()


def _source(columns: Columns) -> str:
    return f"json_to_recordset(%s::json) AS n ({', '.join(f'{name} {type}' for name, type in columns)})"


def _matches(table: str, keys: Columns) -> str:
    return " AND ".join(f"{table}.{name} = n.{name}" for name, _ in keys)


@cache
def _insert(table: str, columns: Columns) -> bytes:
    names = ", ".join(name for name, _ in columns)
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {_source(columns)}".encode()  # noqa: S608


@cache
def _delete(table: str, keys: Columns) -> bytes:
    return f"DELETE FROM {table} USING {_source(keys)} WHERE {_matches(table, keys)}".encode()  # noqa: S608


@cache
def _update(table: str, keys: Columns, changed: Columns) -> bytes:
    values = ", ".join(f"{name} = n.{name}" for name, _ in changed)
    return f"UPDATE {table} SET {values} FROM {_source(keys + changed)} WHERE {_matches(table, keys)}".encode()  # noqa: S608
