"""Brings results back to the case service, each until it has been heard: over HTTP, or on the topic
`notify.results.v1`."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from services.notify import figures
from services.notify.case_api import CaseApi
from services.notify.deliveries import Connection

TOPIC = "notify.results.v1"
TYPE = "delivery.result.v1"
SCHEMA = f"https://inclusion-casework.example/deliveries/{TYPE}.json"
BATCH = 100
UNTOLD = "SELECT id, authority, delivery, ref, data, at FROM results WHERE NOT told ORDER BY id LIMIT %s"
TOLD = "UPDATE results SET told = true WHERE id = ANY (%s)"
WAITING = "SELECT count(*) FROM results WHERE NOT told"
FORGET = "DELETE FROM results WHERE told AND at < now() - interval '60 days'"

Tell = Callable[[str, Sequence[dict[str, Any]]], None]  # records of an authority; raises where they were not heard

log = logging.getLogger(__name__)


class Telling:
    """Works on one thread."""

    def __init__(self, connection: Connection, tell: Tell) -> None:
        self._connection = connection
        self._tell = tell

    def work(self) -> bool:
        """A batch, in order; whether there was anything. Raises Away, NotAccepted."""
        rows = self._connection.execute(UNTOLD, [BATCH]).fetchall()
        for authority, group in groupby(rows, key=lambda row: row[1]):
            mine = list(group)
            self._tell(authority, [record(*row) for row in mine])
            self._connection.execute(TOLD, [[row[0] for row in mine]])
        row = self._connection.execute(WAITING).fetchone()
        figures.UNTOLD.set(row[0] if row else 0)
        return bool(rows)


def over_http(api: CaseApi) -> Tell:
    """What the case service does not take it never will: it is said, and not told again."""

    def tell(authority: str, records: Sequence[dict[str, Any]]) -> None:
        for error in api.tell(authority, records):
            log.error("a result was not taken: %s", error.get("detail"))

    return tell


def record(id: int, authority: str, delivery: str, ref: str, data: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A result as a CloudEvent."""
    return {
        "specversion": "1.0",
        "id": f"{delivery}:{id}",
        "source": f"/authorities/{authority}/notify",
        "type": TYPE,
        "subject": ref,
        "time": at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "dataschema": SCHEMA,
        "partitionkey": delivery.partition(".")[0],
        "data": data,
    }
