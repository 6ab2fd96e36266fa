"""Hears that a case was erased, and forgets at once what is kept of its people: addresses and words.

What is already on its way cannot be called back. That a case was erased is remembered, for what was offered before may
come after.
"""

import logging
from collections.abc import Sequence
from uuid import UUID

from services.notify import figures
from services.notify.deliveries import Arrived, Connection, keep_places

TOPIC = "case.events.v1"
TYPE = "case.key_destroyed.v1"
# Nothing of the case is taken in between what is deleted and what is remembered.
ALONE = "LOCK TABLE deliveries IN SHARE ROW EXCLUSIVE MODE"
REMEMBER = "INSERT INTO erased (stream) VALUES (%s) ON CONFLICT DO NOTHING"
FORGET = "DELETE FROM deliveries WHERE split_part(delivery, '.', 1) = ANY (%s)"

log = logging.getLogger(__name__)


def hear(connection: Connection, arrived: Sequence[Arrived], read: dict[str, int]) -> None:
    """Events of cases, and up to where their sources were read. Only erasures matter here: the audit service reports
    what cannot be read."""
    streams = [stream for one in arrived if (stream := _erased(one))]
    with connection.transaction():
        if streams:
            connection.execute(ALONE)
            connection.cursor().executemany(REMEMBER, [[stream] for stream in streams])
            forgotten = connection.execute(FORGET, [streams]).rowcount
            figures.ERASED.inc(len(streams))
            log.warning("%s cases were erased, %s deliveries of theirs are forgotten", len(streams), forgotten)
        keep_places(connection, read)


def _erased(one: Arrived) -> str:
    """The stream of a case that was erased, "" if the record does not tell of one."""
    if not isinstance(one.event, dict) or one.event["type"] != TYPE:
        return ""
    try:
        return str(UUID(one.event.get("partitionkey", "")))
    except ValueError:
        return ""
