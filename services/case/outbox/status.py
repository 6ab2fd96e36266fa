"""How exchange with other services is doing: what waits to be published, how long, what is held, and what came back and
could not be taken."""

from datetime import datetime
from typing import Any

import msgspec

from services.case.outbox.held import Held, held
from services.case.outbox.turns import POSITION
from services.case.store.database import Database
from services.case.store.mapper import Row

RELAYED = "SELECT position FROM reader_positions WHERE reader = 'relay'"
BEHIND = "SELECT count(*) FROM events WHERE notification_id > %s"
PARKED = "SELECT count(*) FROM parked_results"
OLDEST = "SELECT state FROM events WHERE notification_id > %s ORDER BY notification_id LIMIT 1"


class Status(msgspec.Struct, frozen=True):
    """`position`: the last place that was published · `behind`: events after it · `oldest_seconds`: since the first of
    these was recorded, 0 where there is none · `held`: streams that wait, which are not counted as behind · `parked`:
    records of results that could not be taken."""

    position: int
    behind: int
    oldest_seconds: float
    held: list[Held]
    parked: int


def status(database: Database, kafka: bool, now: datetime) -> Status:
    """Published is what is on the topics, or, without Kafka, what the feed can serve."""
    row = database.row(RELAYED if kafka else POSITION)
    position = int(row[0]) if row else 0
    count, first = database.row(BEHIND, [position]), database.row(OLDEST, [position])
    behind, parked = (int(row[0]) if row else 0 for row in (count, database.row(PARKED)))
    return Status(position, behind, _age(first, now), held(database), parked)


def _age(first: tuple[Any, ...] | None, now: datetime) -> float:
    if first is None:
        return 0.0
    recorded_at = datetime.fromisoformat(msgspec.msgpack.decode(first[0], type=Row).recorded_at)
    return max(0.0, round((now - recorded_at).total_seconds(), 3))
