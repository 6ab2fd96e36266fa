"""Brings a database to this version's schema, once, however many processes start at the same moment."""

from pathlib import Path

import psycopg

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x1C5C  # any number, the same for every process


def migrate(url: str) -> list[str]:
    """Apply what is missing, in order, each in a transaction, under one advisory lock; names of those applied."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())"
        )
        done = {row[0] for row in connection.execute("SELECT name FROM migrations")}
        missing = [path for path in sorted(FOLDER.glob("*.sql")) if path.stem not in done]
        for path in missing:
            with connection.transaction():
                connection.execute(path.read_bytes())
                connection.execute("INSERT INTO migrations (name) VALUES (%s)", [path.stem])
        return [path.stem for path in missing]
