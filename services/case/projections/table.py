"""Changes to the rows of one table, gathered over a batch of the log and written with one statement of each kind."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from services.case.projections.model import Cursor

Key = tuple[Any, ...]
Values = dict[str, Any]

SEPARATOR = "\x1f"  # between the members of a list: PostgreSQL unnests lists of lists to their last members


class Table:
    """`columns` are names with their SQL types; the first `keys` of them are the primary key.

    A row that is new in this batch is changed in memory; of one that is already there, only what changes is kept.
    """

    def __init__(self, name: str, keys: int, columns: Mapping[str, str]) -> None:
        self.name = name
        self.columns = dict(columns)
        self.key = tuple(columns)[:keys]
        self.fresh: dict[Key, Values] = {}
        self.changed: dict[Key, Values] = {}
        self.gone: dict[Key, None] = {}

    def insert(self, *values: Any) -> None:
        self.fresh[values[: len(self.key)]] = dict(zip(self.columns, values, strict=True))

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
        if self.gone:
            keys = [dict(zip(self.key, key, strict=True)) for key in self.gone]
            cursor.execute(self._delete, self._lists(self.key, keys))
        if self.fresh:
            cursor.execute(self._insert, self._lists(self.columns, list(self.fresh.values())))
        for names, rows in self._by_columns().items():
            cursor.execute(self._update(names), self._lists((*self.key, *names), rows))
        self.fresh, self.changed, self.gone = {}, {}, {}

    def _by_columns(self) -> dict[tuple[str, ...], list[Values]]:
        found: dict[tuple[str, ...], list[Values]] = {}
        for key, values in self.changed.items():
            names = tuple(name for name in self.columns if name in values)
            found.setdefault(names, []).append({**dict(zip(self.key, key, strict=True)), **values})
        return found

    def _lists(self, names: Any, rows: list[Values]) -> list[list[Any]]:
        """The rows, column by column, as the statements take them."""
        found = []
        for name in names:
            values = [row[name] for row in rows]
            if self.columns[name] == "text[]":
                values = [SEPARATOR.join(value) for value in values]
            found.append(values)
        return found

    def _given(self, names: Any) -> str:
        """A row source `n` of the lists."""
        types = ("text" if self.columns[name] == "text[]" else self.columns[name] for name in names)
        return f"unnest({', '.join(f'%b::{type}[]' for type in types)}) AS n ({', '.join(names)})"

    def _value(self, name: str) -> str:
        return f"string_to_array(n.{name}, chr(31))" if self.columns[name] == "text[]" else f"n.{name}"

    @property
    def _matches(self) -> str:
        return " AND ".join(f"{self.name}.{name} = n.{name}" for name in self.key)

    @cached_property
    def _insert(self) -> bytes:
        values = ", ".join(self._value(name) for name in self.columns)
        names = ", ".join(self.columns)
        return f"INSERT INTO {self.name} ({names}) SELECT {values} FROM {self._given(self.columns)}".encode()  # noqa: S608

    @cached_property
    def _delete(self) -> bytes:
        return f"DELETE FROM {self.name} USING {self._given(self.key)} WHERE {self._matches}".encode()  # noqa: S608

    def _update(self, names: tuple[str, ...]) -> bytes:
        values = ", ".join(f"{name} = {self._value(name)}" for name in names)
        given = self._given((*self.key, *names))
        return f"UPDATE {self.name} SET {values} FROM {given} WHERE {self._matches}".encode()  # noqa: S608
