"""Erasing a person: the stream's key goes, and with it every sealed part; drafts, files, stored answers, claims too."""

import asyncio
from typing import cast, get_args
from uuid import UUID

from services.case.application.door import Door, once
from services.case.application.looking import access_stream
from services.case.application.running import Running
from services.case.domain import events as e
from services.case.domain.meta import Meta
from services.case.domain.people import SYSTEM
from services.case.domain.pupil_events import EntriesGiven, EntriesTaken, ExclusionEntered

ERASE = (
    "DELETE FROM stream_keys WHERE stream = %s",
    "DELETE FROM drafts WHERE stream = %s",
    "DELETE FROM files WHERE stream = %s",
    "DELETE FROM contacts WHERE stream = %s",
    "DELETE FROM claims WHERE stream = %s",
    "DELETE FROM snapshots WHERE stream = %s",
    "UPDATE commands SET answer = '' WHERE stream = %s",
    "SELECT pg_notify('key_destroyed', %s::text)",
)


CODES: tuple[str, ...] = get_args(e.DestroyedBecause)
RegisterEvent = ExclusionEntered | EntriesTaken | EntriesGiven  # with which a pupil's register can begin


class NoSuchStream(LookupError):
    """There is no such stream, or nothing in it is about a person."""


async def erase(door: Door, stream: UUID, because: str) -> None:
    """First the event that says so, then the key: were we to stop in between, doing it again finishes it. `because` is
    kept in clear for ever, so only as one of the codes of `DestroyedBecause`; any other words as `other`."""
    loaded = await asyncio.to_thread(door.store.load, stream)
    first = loaded[0].event if loaded else None
    if not isinstance(first, e.CaseOpened | RegisterEvent):
        raise NoSuchStream(stream)
    if isinstance(first, RegisterEvent):
        code = cast(e.DestroyedBecause, because if because in CODES else "other")
        at = door.clock.now()
        await asyncio.to_thread(door.registers.erase, stream, code, Meta(SYSTEM, door.clock.today()), at)
    if isinstance(first, e.CaseOpened) and not any(isinstance(r.event, e.SubjectKeyDestroyed) for r in loaded):

        def act(running: Running) -> bytes:
            running.decision.by = SYSTEM
            running.decision.emit(e.SubjectKeyDestroyed, because=because if because in CODES else "other")
            return b""

        await door.change(first.ref, once(), act)
    await asyncio.to_thread(_destroy, door, stream)
    if isinstance(first, e.CaseOpened):  # why somebody looked may tell of the person too
        await asyncio.to_thread(_destroy, door, access_stream(first.ref))
        door.store.keys.forget(access_stream(first.ref))
    door.store.keys.forget(stream)
    door.evict(stream)


def _destroy(door: Door, stream: UUID) -> None:
    with door.store.database.connection() as connection, connection.transaction():
        for statement in ERASE:
            connection.execute(statement.encode(), [stream])
