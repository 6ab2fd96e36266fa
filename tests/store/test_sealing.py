"""Events as rows and back; what is sealed opens only where it was sealed."""

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import chain
from services.case.domain import events as e
from services.case.domain.meta import Actor, Event, Meta
from services.case.store.cipher import MasterKey, StreamKey, Unreadable
from services.case.store.mapper import TYPES, UnknownType, broken_link, to_recorded, to_stored, type_of
from tests.store.any_event import any_event, struct

STREAM, OTHER = UUID(int=7), UUID(int=8)
KEY = StreamKey(STREAM, b"k" * 32)
MASTER = MasterKey(b"m" * 32)
SECRET = {"text": "Only for those who work on the case."}
NOTE = e.NoteAdded(meta=Meta(Actor("asha", "caseworker", "937"), datetime(2026, 9, 2).date()), personal=SECRET, note=1)
POSITIONS = st.integers(1, 2**63 - 1)
PREVIOUS = st.binary(min_size=32, max_size=32)
MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC))


@given(any_event(), POSITIONS, POSITIONS, PREVIOUS, MOMENTS)
def test_any_event_comes_back_as_it_was(
    event: Event, version: int, position: int, previous: bytes, at: datetime
) -> None:
    row, hash = to_stored(event, STREAM, version, previous, chain.stamp(at), KEY)

    recorded = to_recorded(STREAM, version, row.topic, row.state, position, lambda stream: KEY)

    assert recorded.event == event
    assert type(recorded.event) is type(event)
    assert (recorded.version, recorded.position, recorded.recorded_at) == (version, position, at)
    assert recorded.row.hash == hash
    assert not recorded.erased
    assert broken_link(STREAM, version, row.topic, row.state, previous) == (hash, "")
    again, _ = to_stored(recorded.event, STREAM, version, previous, chain.stamp(at), KEY)
    assert msgspec.msgpack.decode(again.state)[3] == msgspec.msgpack.decode(row.state)[3]


@given(any_event(), POSITIONS)
def test_without_the_key_facts_and_chain_stay(event: Event, version: int) -> None:
    row, hash = to_stored(event, STREAM, version, chain.GENESIS, chain.stamp(datetime.now(UTC)), KEY)

    recorded = to_recorded(STREAM, version, row.topic, row.state, 1, lambda stream: None)

    assert recorded.event == msgspec.structs.replace(event, personal=None)
    assert recorded.erased is (event.personal is not None)
    assert broken_link(STREAM, version, row.topic, row.state, chain.GENESIS) == (hash, "")


@given(
    struct(e.NoteAdded, personal=st.dictionaries(st.text(max_size=8), st.text(min_size=12, max_size=40), min_size=1)),
)
def test_nothing_personal_is_in_a_row_in_clear(event: e.NoteAdded) -> None:
    row, _ = to_stored(event, STREAM, 1, chain.GENESIS, chain.stamp(datetime.now(UTC)), KEY)
    in_clear = {event.meta.by.person, event.meta.command, event.meta.cause, event.meta.correlation}
    for value in (event.personal or {}).values():
        assert value.encode() not in row.state or value in " ".join(in_clear)


@pytest.mark.parametrize(
    ("stream", "version", "type"),
    [
        (OTHER, 3, "case.note_added.v1"),
        (STREAM, 4, "case.note_added.v1"),
        (STREAM, 3, "case.concern_raised.v1"),
    ],
    ids=["another stream", "another version", "another type"],
)
def test_what_is_sealed_for_one_event_does_not_open_as_another(stream: UUID, version: int, type: str) -> None:
    row, _ = to_stored(NOTE, STREAM, 3, chain.GENESIS, chain.stamp(datetime.now(UTC)), KEY)
    sealed = msgspec.msgpack.decode(row.state)[4]
    at = StreamKey(stream, b"k" * 32)
    assert KEY.open(sealed, "event 3 case.note_added.v1") == msgspec.json.encode(SECRET)

    with pytest.raises(Unreadable):
        at.open(sealed, f"event {version} {type}")


@given(st.data())
def test_what_is_sealed_and_then_altered_does_not_open(data: st.DataObject) -> None:
    sealed = KEY.seal(b"personal", "answer 1")
    place = data.draw(st.integers(0, len(sealed) - 1))
    flipped = sealed[:place] + bytes([sealed[place] ^ data.draw(st.integers(1, 255))]) + sealed[place + 1 :]
    for altered in (flipped, sealed[:place], sealed + b"!"):
        with pytest.raises(Unreadable):
            KEY.open(altered, "answer 1")


def test_the_key_of_one_stream_is_no_key_of_another_and_needs_the_master_key_that_wrapped_it() -> None:
    key, wrapped = MASTER.new_stream_key(STREAM)
    sealed = key.seal(b"personal", "here")

    assert MASTER.unwrap(STREAM, wrapped).open(sealed, "here") == b"personal"
    for master, stream, kept in [
        (MASTER, OTHER, wrapped),
        (MasterKey(b"n" * 32), STREAM, wrapped),
        (MASTER, STREAM, wrapped[:-1]),
        (MASTER, STREAM, b""),
    ]:
        with pytest.raises(Unreadable):
            master.unwrap(stream, kept)


def test_the_same_personal_part_never_looks_the_same_twice() -> None:
    assert len({KEY.seal(b"personal", "here") for _ in range(100)}) == 100


def test_digests_of_claims_need_the_master_key_and_keep_parts_apart() -> None:
    assert MASTER.digest("name:937", "an", "na") == MASTER.digest("name:937", "an", "na")
    assert MASTER.digest("name:937", "an", "na") != MASTER.digest("name:937", "ann", "a")
    assert MASTER.digest("name:937", "an", "na") != MasterKey(b"n" * 32).digest("name:937", "an", "na")


def test_a_row_of_an_unknown_type_is_refused_and_imports_nothing() -> None:
    row, _ = to_stored(NOTE, STREAM, 1, chain.GENESIS, chain.stamp(datetime.now(UTC)), KEY)
    with pytest.raises(UnknownType):
        to_recorded(STREAM, 1, "antigravity:fly", row.state, 1, lambda stream: KEY)


def test_an_event_that_could_not_be_read_again_is_not_written() -> None:
    milestone = e.Milestone(meta=NOTE.meta, name="managed_move.dreamt_of", instance=1, element="end")
    with pytest.raises(UnknownType):
        to_stored(milestone, uuid4(), 1, chain.GENESIS, chain.stamp(datetime.now(UTC)), None)


@given(any_event())
def test_every_event_has_a_type_that_is_known_and_needs_no_escaping(event: Event) -> None:
    assert TYPES[type_of(event)] is type(event)
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+\.v[1-9]", type_of(event))
