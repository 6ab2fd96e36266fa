"""What read models hold, and what they should: the rows of a fresh projection of the same log."""

from typing import Any

import psycopg

from services.case.projections.projecting import Projecting, concerning
from services.case.store.database import DatabaseAway
from services.case.wiring import House
from tests.store.embedding import until

Rows = dict[str, list[tuple[Any, ...]]]


def tables(projecting: Projecting) -> list[str]:
    return [table for model in projecting.models for table in model.tables]


def rows_of(house: House) -> Rows:
    """All rows of all read models, in an order that their content decides."""
    found = {}
    for table in tables(house.projecting):
        columns = house.database.rows(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = %s ORDER BY column_name",
            [table],
        )
        names = ", ".join(f'"{name}"' for (name,) in columns)
        found[table] = sorted(map(in_order, house.database.rows(f"SELECT {names} FROM {table}")), key=repr)
    return found


def in_order(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Lists in a row are sets: in whatever order each came."""
    return tuple(sorted(value) if isinstance(value, list) else value for value in row)


def fresh_rows(house: House) -> Rows:
    """What a new installation would hold that projects this log from its first event, each event by itself."""
    projecting = Projecting(house.store, house._title_of)
    with psycopg.connect(house.url) as connection, connection.cursor() as cursor:
        for table in tables(projecting):
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL)".encode())
        for recorded in house.store.read_all():
            projecting._origins.note([recorded])
            for model in projecting.models:
                model.apply(cursor, concerning(model.about, [recorded]))
        found = {}
        for table in tables(projecting):
            cursor.execute(f"SELECT * FROM {table} LIMIT 0".encode())
            names = sorted(f'"{column.name}"' for column in cursor.description or ())
            cursor.execute(f"SELECT {', '.join(names)} FROM {table}".encode())
            found[table] = sorted(map(in_order, cursor.fetchall()), key=repr)
        connection.rollback()
    return found


def projected(house: House) -> bool:
    """Whether every read model has passed the end of the log."""
    try:
        return house.projecting.has_passed(house.store.head())
    except DatabaseAway:
        return False


def until_projected(house: House, patience: float = 20) -> None:
    until(lambda: projected(house), "the read models to be up", patience)
