"""What cannot be published holds back its own stream, in sight of everybody, and goes on in order when released."""

import logging
from uuid import uuid4

import msgspec
import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from contracts.chain import GENESIS
from services.case.domain.pupil_register import Register, enter
from services.case.outbox import admission
from services.case.outbox.held import NotHeld, StillRefused, held, release
from services.case.outbox.status import status
from services.case.relay.client import connection
from services.case.store import mapper
from tests.relay.conftest import Published
from tests.relay.reading import by_stream
from tests.relay.streams import AT, ENTRY, META, Stream, breaking_its_contract, of_size
from tests.store.embedding import until


def versions(published: Published, stream: Stream) -> list[int]:
    """What a subscriber has of a stream, as it came."""
    return [event["sequence"] for event in by_stream(published.read("case.events.v1")).get(str(stream.id), [])]


def test_only_the_stream_of_an_event_that_breaks_its_contract_waits(
    published: Published, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = Stream(published.house, 1), Stream(published.house, 2)
    bad.notes(1)
    bad.add(breaking_its_contract())
    bad.notes(2, 3)
    good.notes(1)

    with caplog.at_level(logging.WARNING), published.relaying():
        published.until_drained()
        bad.notes(4)
        good.notes(2)
        published.until_drained()

    assert versions(published, bad) == [1, 2]
    assert versions(published, good) == [1, 2, 3]
    (one,) = held(published.house.database)
    assert (one.stream, one.version, one.type, one.waiting) == (bad.id, 3, "case.note_added.v1", 4)
    assert one.why == "its data does not keep its contract: properties/note/minimum at /note"
    assert status(published.house.database, True, published.house.clock.now()).behind == 0
    (said,) = [record.getMessage() for record in caplog.records if record.name.endswith("held")]
    assert str(bad.id) in said and "asha" not in said and "-1" not in said


def test_a_stream_that_is_released_goes_on_where_it_stopped(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = published.house
    large, other = Stream(house, 1), Stream(house, 2)
    large.add(of_size(950_000))
    large.notes(1, 2)
    with published.relaying():
        published.until_drained()
        with pytest.raises(StillRefused, match=r"^version 2, managed_move\.ended\.v1: its record has \d+ bytes"):
            release(house.database, house.owners, large.id)
        assert versions(published, large) == [1]

        monkeypatch.setattr(admission, "LARGEST", 1_000_000)  # as a later version of ours might
        assert release(house.database, house.owners, large.id) == 3
        large.notes(3)
        other.notes(1)
        published.until_drained()
        assert held(house.database) == []

    assert versions(published, large) == [1, 2, 3, 4, 5]
    assert versions(published, other) == [1, 2]
    with pytest.raises(NotHeld):
        release(house.database, house.owners, large.id)
    with pytest.raises(NotHeld):
        release(house.database, house.owners, uuid4())


def test_a_stream_is_held_again_as_often_as_it_must(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    house, stream = published.house, Stream(published.house, 1)
    with published.relaying():
        for largest in (900_000, 1_000_000):
            monkeypatch.setattr(admission, "LARGEST", largest)
            stream.add(of_size(largest - 20_000), of_size(largest + 20_000))
            stream.notes(1)
            published.until_drained()
            monkeypatch.setattr(admission, "LARGEST", 1_040_000)
            assert release(house.database, house.owners, stream.id) == 2
        published.until_drained()

    assert versions(published, stream) == list(range(1, 8))


def test_what_the_broker_refuses_is_found_among_others_and_held(published: Published) -> None:
    house = published.house

    def take(bytes: int) -> None:
        resource = ConfigResource(
            ConfigResourceType.TOPIC, f"{published.prefix}case.events.v1", {"max.message.bytes": str(bytes)}
        )
        with KafkaAdminClient(**connection(house.settings)) as admin:
            admin.alter_configs([resource])

    take(60_000)
    streams = [Stream(house, number) for number in range(1, 21)]
    streams[7].add(of_size(80_000))
    for stream in streams:
        stream.notes(1)
    with published.relaying():
        published.until_drained()
        (one,) = held(house.database)
        assert (one.stream, one.version) == (streams[7].id, 2)
        assert one.why == "the broker refuses it"
        assert {tuple(versions(published, s)) for s in streams if s is not streams[7]} == {(1, 2)}

        release(house.database, house.owners, streams[7].id)  # too early
        until(lambda: held(house.database), "it to be held again")
        take(1_000_000)
        release(house.database, house.owners, streams[7].id)
        streams[7].notes(2)
        published.until_drained()

    assert versions(published, streams[7]) == [1, 2, 3, 4]
    events = published.read()
    assert len(events) == len({event["id"] for event in events})


def test_what_an_older_version_did_not_know_goes_on_by_itself_with_a_newer_one(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Stream(published.house, 1)
    stream.notes(1, 2)
    with monkeypatch.context() as older:
        older.delitem(mapper._DECODERS, "case.note_added.v1")
        with published.admitting():
            published.until_admitted()
        (one,) = held(published.house.database)
        assert (one.version, one.why) == (2, admission.UNKNOWN)

    with published.relaying():
        until(lambda: not held(published.house.database), "it to be released")
        published.until_drained()

    assert versions(published, stream) == [1, 2, 3]


def test_what_only_one_councils_subscribers_are_told_must_keep_the_contract_too(published: Published) -> None:
    house, register = published.house, uuid4()
    entered = enter(Register(register), msgspec.structs.replace(ENTRY, half_days=-3), META, {})
    house.store.append(register, 0, GENESIS, entered, AT).positions.result(10)
    with published.admitting():
        published.until_admitted()

    (one,) = held(house.database)
    assert one.stream == register
    assert one.why.endswith("at /entry/half_days")
