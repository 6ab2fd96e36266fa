"""A notify service's own database, and records as the case service offers them."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from services.notify import deliveries
from services.notify.deliveries import Arrived, Connection
from tests.notify.govuk import Govuk, served

STREAM = "66207503-4ad8-5d2e-95b4-29070b02d2bd"


@pytest.fixture
def connection(empty_database: str) -> Iterator[Connection]:
    with psycopg.connect(empty_database, autocommit=True) as opened:
        deliveries.prepare(opened)
        yield opened


@pytest.fixture
def govuk() -> Iterator[Govuk]:
    """A stand-in of GOV.UK Notify."""
    with served() as running:
        yield running


def offered(number: int = 3, ways: tuple[str, ...] = ("email",), expires: str = "2199-01-01T00:00:00+00:00") -> Any:
    """A record of `case.contacts.v1`."""
    delivery = f"{STREAM}.{number}:parent"
    prompt = {"title": "There is something for you to read", "words": "Sign in to read it: https://casework.example/x"}
    return {
        "specversion": "1.0",
        "id": delivery,
        "source": "/authorities/937/cases",
        "type": "delivery.offered.v1",
        "subject": "EP-2026-000001",
        "data": {
            "delivery": delivery,
            "expires": expires,
            "to": "parent",
            "statutory": False,
            "ways": list(ways),
            "email": {"address": "maria@family.example", **prompt},
            "sms": {"number": "01632 960102", "words": prompt["words"]},
            "letter": {
                "address": ["Maria Example", "1 Made Up Lane", "ZZ1 1AF"],
                "title": "We have received a referral",
                "words": "Our reference: EP-2026-000001",
            },
        },
    }


def take_in(connection: Connection, *events: Any) -> None:
    deliveries.take_in(connection, [Arrived(f"test {n}", event) for n, event in enumerate(events)], {"test": 1})


def results(connection: Connection) -> list[dict[str, Any]]:
    """What the case service is to hear, without the delivery."""
    found = [row[0] for row in connection.execute("SELECT data FROM results ORDER BY id")]
    return [{name: value for name, value in one.items() if name != "delivery"} for one in found]


def hurry(connection: Connection, seconds: int = 3600) -> None:
    """Let so many seconds have gone by for everything that is under way."""
    connection.execute(
        "UPDATE deliveries SET next_at = now(), sending_since = sending_since - make_interval(secs => %s)", [seconds]
    )
