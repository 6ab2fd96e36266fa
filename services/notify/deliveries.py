"""The table of deliveries: each is taken in once, and moves on in one transaction with the result that the case service
is to hear. That it is being sent is written down before it is."""

import logging
from collections.abc import Sequence
from importlib import resources
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from services.notify import figures
from services.notify.notices import NotANotice, Notice, notice_of

Connection = psycopg.Connection[Any]
TOPIC = "case.contacts.v1"
LOCK = 0x407F1  # any number: one notify service sends, others stand by
TAKE_IN = """
    INSERT INTO deliveries (delivery, ref, authority, state, expires_at, record)
    SELECT %(delivery)s, %(ref)s, %(authority)s, 'waiting', %(expires)s, %(record)s
    WHERE NOT EXISTS (SELECT FROM erased WHERE stream = split_part(%(delivery)s, '.', 1))
    ON CONFLICT (delivery) DO NOTHING
"""
PARK = "INSERT INTO parked (place, reason) VALUES (%s, %s)"
PLACE = "INSERT INTO places VALUES (%s, %s) ON CONFLICT (source) DO UPDATE SET place = excluded.place"
NEXT = """
    SELECT delivery, ref, authority, state, way, channel_id, tries, record, expires_at <= now() + interval '5 minutes',
        extract(epoch FROM now() - sending_since), extract(epoch FROM now() - changed_at)
    FROM deliveries WHERE state IN ('waiting', 'sending', 'accepted') AND next_at <= now() ORDER BY next_at LIMIT 1
"""
SENDING = """
    UPDATE deliveries SET state = 'sending', way = %s, channel = %s, tries = tries + 1, sending_since = now(),
        next_at = now() + make_interval(secs => %s), changed_at = now() WHERE delivery = %s
"""
LATER = "UPDATE deliveries SET state = %s, next_at = now() + make_interval(secs => %s) WHERE delivery = %s"
MOVE = """
    UPDATE deliveries SET state = %s, channel_id = coalesce(%s, channel_id), record = NULL, changed_at = now(),
        next_at = now() + make_interval(secs => %s) WHERE delivery = %s
"""
RESULT = "INSERT INTO results (delivery, ref, authority, data) VALUES (%s, %s, %s, %s)"
FORGET = "DELETE FROM deliveries WHERE changed_at < now() - interval '60 days' AND record IS NULL"

log = logging.getLogger(__name__)


class Arrived(msgspec.Struct, frozen=True):
    """A record from a source: an event, or why it is none."""

    place: str
    event: dict[str, Any] | str


class Delivery(msgspec.Struct, frozen=True):
    """One whose turn it is. `since_sending` and `since_change` in seconds."""

    delivery: str
    ref: str
    authority: str
    state: str
    way: str
    channel_id: str
    tries: int
    notice: Notice | None
    expired: bool
    since_sending: float
    since_change: float


def prepare(connection: Connection) -> None:
    """The tables, where they are not there."""
    connection.execute((resources.files(__package__) / "deliveries.sql").read_bytes())


def is_active(connection: Connection) -> bool:
    """Whether this connection is that of the one that sends; it stays so until it is closed."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    return bool(row and row[0])


def places(connection: Connection) -> dict[str, int]:
    """Up to where each source was read."""
    return dict(connection.execute("SELECT source, place FROM places").fetchall())


def take_in(connection: Connection, arrived: Sequence[Arrived], read: dict[str, int]) -> None:
    """Records, each once however often it comes, and up to where their sources were read. What cannot be sent is parked
    and reported by its place; the others go on."""
    with connection.transaction():
        for one in arrived:
            try:
                _take_in(connection, one)
            except (NotANotice, psycopg.DataError, UnicodeError) as why:  # the last two: it cannot be written down
                reason = str(why) if isinstance(why, NotANotice) else "it cannot be stored"
                connection.execute(PARK, [one.place, reason])
                figures.PARKED.inc()
                log.warning("a record is parked, %s: %s", one.place, reason)
        keep_places(connection, read)


def keep_places(connection: Connection, read: dict[str, int]) -> None:
    """In the transaction of what was read."""
    connection.cursor().executemany(PLACE, list(read.items()))


def _take_in(connection: Connection, one: Arrived) -> None:
    """Raises NotANotice, psycopg.DataError, UnicodeError, and then nothing of it is there."""
    if isinstance(one.event, str):
        raise NotANotice(one.event)
    whose, notice = notice_of(one.event)
    row = {**msgspec.structs.asdict(whose), "delivery": notice.delivery, "expires": notice.expires}
    with connection.transaction():
        connection.execute(TAKE_IN, {**row, "record": Jsonb(msgspec.to_builtins(notice))})


def next_one(connection: Connection) -> Delivery | None:
    """The delivery whose turn it is, if there is one."""
    row = connection.execute(NEXT).fetchone()
    if row is None:
        return None
    delivery, ref, authority, state, way, channel_id, tries, record, expired, since_sending, since_change = row
    notice = None if record is None else msgspec.convert(record, Notice)
    times = float(since_sending or 0), float(since_change)
    return Delivery(delivery, ref, authority, state, way, channel_id, tries, notice, expired, *times)


def sending(connection: Connection, one: Delivery, way: str, channel: str, ask_after: float) -> None:
    """It is about to be sent. Should nobody see the end of that, the channel is asked after so many seconds."""
    connection.execute(SENDING, [way, channel, ask_after, one.delivery])


def later(connection: Connection, one: Delivery, state: str, seconds: float) -> None:
    """It has its turn again after so many seconds, in the state that it has or had before."""
    connection.execute(LATER, [state, seconds, one.delivery])


def move(
    connection: Connection, one: Delivery, state: str, told: dict[str, Any], id: str | None = None, again: float = 0
) -> None:
    """It is in another state, and the case service hears of it. Address and words are needed no more."""
    with connection.transaction():
        connection.execute(MOVE, [state, id, again, one.delivery])
        data = {"delivery": one.delivery, "state": state, **{name: value for name, value in told.items() if value}}
        connection.execute(RESULT, [one.delivery, one.ref, one.authority, Jsonb(data)])
    figures.MOVED.labels(state).inc()
