"""Events as rows and back: facts in clear, the personal part sealed, both bound into the stream's hash chain.

Types come from one explicit table: a row can never make us import anything.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import StoredEvent

from contracts import chain
from services.case.domain import (
    access_events,
    authority_events,
    delivery_events,
    directory_events,
    file_events,
    improvement_events,
    link_events,
    process_migration,
    pupil_events,
)
from services.case.domain import events as e
from services.case.domain.meta import Event
from services.case.domain.milestones import MILESTONES
from services.case.store.cipher import StreamKey

EVENTS = [
    kind
    for module in (
        e,
        access_events,
        process_migration,
        delivery_events,
        pupil_events,
        authority_events,
        directory_events,
        file_events,
        improvement_events,
        link_events,
    )
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
]
TYPES: dict[str, type[Event]] = {kind.TOPIC: kind for kind in EVENTS if kind is not e.Milestone}
assert not TYPES.keys() & {f"{name}.v1" for name in MILESTONES}
TYPES |= {f"{name}.v1": e.Milestone for name in MILESTONES}

_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {type: msgspec.json.Decoder(kind) for type, kind in TYPES.items()}
_ENCODER = msgspec.json.Encoder()


class UnknownType(LookupError):
    """The log holds an event of a type that this version does not know."""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """What the `state` column holds, as MessagePack."""

    recorded_at: str
    previous: bytes
    hash: bytes
    facts: bytes
    sealed: bytes | None = None


class Recorded(msgspec.Struct, frozen=True):
    """An event as stored. `erased`: it had a personal part and its key is gone."""

    stream: UUID
    version: int
    type: str
    position: int
    row: Row
    event: Event
    erased: bool = False

    @property
    def recorded_at(self) -> datetime:
        return datetime.fromisoformat(self.row.recorded_at)


def type_of(event: Event) -> str:
    return f"{event.name}.v1" if isinstance(event, e.Milestone) else type(event).TOPIC


def facts_of(event: Event) -> dict[str, Any]:
    """An event's facts as plain values, without who and when."""
    facts: dict[str, Any] = msgspec.to_builtins(event)
    return {name: value for name, value in facts.items() if name not in ("meta", "personal")}


def _place(version: int, type: str) -> str:
    return f"event {version} {type}"


def to_stored(
    event: Event, stream: UUID, version: int, previous: bytes, recorded_at: str, key: StreamKey | None
) -> tuple[StoredEvent, bytes]:
    """The row of an event and its hash. Only streams about a person have a key. Raises UnknownType: what could not be
    read again is not written."""
    type = type_of(event)
    if type not in TYPES:
        raise UnknownType(type)
    facts = _ENCODER.encode(event if event.personal is None else msgspec.structs.replace(event, personal=None))
    sealed = None
    if event.personal is not None:
        assert key is not None
        sealed = key.seal(_ENCODER.encode(event.personal), _place(version, type))
    head = chain.header(stream, version, type, recorded_at)
    hash = chain.link(previous, head, chain.digest(facts), chain.digest(sealed))
    row = Row(recorded_at, previous, hash, facts, sealed)
    return StoredEvent(stream, version, type, msgspec.msgpack.encode(row)), hash


_ROWS = msgspec.msgpack.Decoder(Row)


def hash_of(state: bytes) -> bytes:
    """The hash of a row."""
    return _ROWS.decode(state).hash


def to_recorded(
    stream: UUID, version: int, type: str, state: bytes, position: int, key_of: Callable[[UUID], StreamKey | None]
) -> Recorded:
    """The event of a row. Raises UnknownType. Its chain is checked elsewhere (`verify`)."""
    row = _ROWS.decode(state)
    decoder = _DECODERS.get(type)
    if decoder is None:
        raise UnknownType(type)
    event = decoder.decode(row.facts)
    erased = False
    if row.sealed is not None:
        key = key_of(stream)
        if key is None:
            erased = True
        else:
            personal = msgspec.json.decode(key.open(row.sealed, _place(version, type)))
            msgspec.structs.force_setattr(event, "personal", personal)
    return Recorded(stream, version, type, position, row, event, erased)


def broken_link(stream: UUID, version: int, type: str, state: bytes, previous: bytes) -> tuple[bytes, str]:
    """The hash that the row must have, and what is wrong with it, "" if nothing.

    The hash covers what a row says; that it says it in the one way in which we write it is checked beside.
    """
    row = _ROWS.decode(state)
    head = chain.header(stream, version, type, row.recorded_at)
    hash = chain.link(previous, head, chain.digest(row.facts), chain.digest(row.sealed))
    if row.previous != previous:
        return hash, "does not follow the event before it"
    as_written = row.hash == hash and row.sealed != b"" and msgspec.msgpack.encode(row) == state
    return hash, "" if as_written else "is not what was recorded"
