"""Streams as they are published, and ways to put them into a ledger."""

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from services.audit.ledger import Arrived, Connection, Finding, enter
from services.case.domain import events as e
from services.case.domain.meta import Actor, Meta
from services.case.publishing import integration_event
from tests.contracts.subscribed import REF, STREAM, stored

Record = dict[str, Any]
TOPIC = "case.events.v1"
META = Meta(Actor("asha", "caseworker", "937"), date(2026, 9, 8))


def stream_id(name: str) -> UUID:
    return uuid5(STREAM, name)


def published(name: str, length: int = 6) -> list[Record]:
    """The records of a stream of that name."""
    events = [e.TaskClaimed(meta=META, task=number + 1, person="asha") for number in range(length)]
    return [integration_event(one, "937", REF) for one in stored(events, stream_id(name))]


def put(connection: Connection, records: list[Record | str], topic: str = TOPIC, place: int = 1) -> list[Finding]:
    """Enter records as they came from a source, or why they are none."""
    arrived = [Arrived(topic, f"test {number}", record) for number, record in enumerate(records)]
    return enter(connection, arrived, {"test": place})


def entered(connection: Connection) -> dict[UUID, int]:
    """How many events of each stream the ledger has."""
    return dict(connection.execute("SELECT stream, count(*) FROM entries GROUP BY stream").fetchall())


def stopped(connection: Connection) -> dict[UUID, str]:
    """The streams that are stopped, and why."""
    return dict(connection.execute("SELECT stream, stopped FROM heads WHERE stopped IS NOT NULL").fetchall())
