"""The short-lived topic `case.contacts.v1`: for each delivery a record with address and words, sealed at rest with the
case's key, erased with it, and gone after some hours or once it is known what became of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import psycopg

from services.case.store.cipher import StreamKey
from services.case.store.database import Database
from services.case.store.keys import Keys

TOPIC = "case.contacts.v1"
TYPE = "delivery.offered.v1"
SCHEMA = f"https://inclusion-casework.example/deliveries/{TYPE}.json"
HOURS = 6  # as long as the topic keeps a record
PUT = """
    INSERT INTO contacts (delivery, stream, ref, authority, sealed, expires_at)
    VALUES (%s, %s, %s, %s, %s, now() + make_interval(hours => %s)) ON CONFLICT (delivery) DO NOTHING RETURNING place
"""
AFTER = """
    SELECT place, delivery, stream, ref, authority, sealed, expires_at FROM contacts
    WHERE place > %s AND expires_at > now() ORDER BY place LIMIT %s
"""
LAST = "SELECT coalesce(max(place), 0) FROM contacts"
EXPIRED = "SELECT ref, delivery FROM contacts WHERE expires_at <= now() ORDER BY place LIMIT 100"
OVER = "DELETE FROM contacts WHERE delivery = ANY (%s)"


class Offer(NamedTuple):
    """A delivery that is offered: what its record says, in plain."""

    delivery: str
    stream: UUID
    ref: str
    authority: str
    data: dict[str, Any]


class Contact(NamedTuple):
    """A record of the topic: the CloudEvent, its place, and whose it is."""

    place: int
    authority: str
    event: dict[str, Any]


def delivery_id(stream: UUID, notice: int, to: str) -> str:
    """Names a delivery to everybody: it is the record's key, and comes back with its result."""
    return f"{stream}.{notice}:{to}"


def offer(connection: psycopg.Connection[Any], key: StreamKey, given: Offer) -> int | None:
    """Its place, in the caller's transaction; None if it was offered before."""
    sealed = key.seal(msgspec.json.encode(given.data), f"contact {given.delivery}")
    row = [given.delivery, given.stream, given.ref, given.authority, sealed, HOURS]
    found = connection.execute(PUT, row).fetchone()
    return int(found[0]) if found else None


def read(database: Database, keys: Keys, after: int, limit: int) -> tuple[Sequence[Contact], int]:
    """Records after a place, in order, those of erased cases left out; and the place up to which they are all."""
    rows = database.rows(AFTER, [after, limit])
    records = [_record(row, key) for row in rows if (key := keys.of(row[2])) is not None]
    return records, max([after, *(row[0] for row in rows)])


def last(database: Database) -> int:
    row = database.row(LAST)
    return int(row[0]) if row else 0


def expired(database: Database) -> list[tuple[str, str]]:
    """Case and delivery of what nobody has told of in time."""
    return [(ref, delivery) for ref, delivery in database.rows(EXPIRED)]


def over(database: Database, deliveries: Sequence[str]) -> None:
    """It is known what became of them: address and words are needed no more."""
    database.execute(OVER, [list(deliveries)])


def _record(row: tuple[Any, ...], key: StreamKey) -> Contact:
    place, delivery, _, ref, authority, sealed, expires_at = row
    data = msgspec.json.decode(key.open(sealed, f"contact {delivery}"))
    until: datetime = expires_at
    event = {
        "specversion": "1.0",
        "id": delivery,
        "source": f"/authorities/{authority}/cases",
        "type": TYPE,
        "subject": ref,
        "datacontenttype": "application/json",
        "dataschema": SCHEMA,
        "partitionkey": delivery,
        "position": place,
        "data": {"delivery": delivery, "expires": until.astimezone(UTC).isoformat(), **data},
    }
    return Contact(place, authority, event)
