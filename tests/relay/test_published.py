"""What stands on the topics: every stored event once, each stream in order, as the feed has it too."""

from uuid import uuid4

from contracts.chain import GENESIS
from services.case.domain.pupil_register import Register, enter
from tests.projections.traffic import Traffic, fill_directories
from tests.relay.conftest import Published
from tests.relay.reading import by_stream
from tests.relay.streams import AT, ENTRY, META


def test_every_stored_event_is_on_its_topic_once_in_the_order_of_its_stream(published: Published) -> None:
    fill_directories(published.house)
    traffic = Traffic(published.house.store, 24)
    with published.relaying():
        traffic.start()
        traffic.through()
        published.until_drained()

    stored = {f"{r.stream}.{r.version}": r for r in published.house.store.read_all()}
    cases, others = published.read("case.events.v1"), published.read("authority.events.v1")

    assert len(cases) + len(others) == len(stored) > 800
    assert {event["id"] for event in cases + others} == stored.keys()
    assert {event["type"].startswith("authority.") for event in others} == {True}
    assert not any(event["type"].startswith("authority.") for event in cases)
    for stream in by_stream(cases + others).values():
        assert [event["sequence"] for event in stream] == list(range(1, len(stream) + 1))
        assert [event["prevhash"] for event in stream] == [GENESIS.hex(), *(event["hash"] for event in stream[:-1])]


def test_a_relay_that_starts_again_publishes_nothing_twice(published: Published) -> None:
    for cases in (8, 16):
        traffic = Traffic(published.house.store, cases)
        with published.relaying():
            if cases == 8:
                traffic.start()
                traffic.through()
            published.until_drained()

    events = published.read()
    assert len(events) == len({event["id"] for event in events}) == published.house.outbox.end()


def test_of_a_pupils_register_a_topic_tells_half_days_only(published: Published) -> None:
    register = uuid4()
    entered = enter(Register(register), ENTRY, META, {"upn": "A937423700001"})
    published.house.store.append(register, 0, GENESIS, entered, AT).positions.result(10)
    with published.relaying():
        published.until_drained()

    (event,) = by_stream(published.read("case.events.v1"))[str(register)]
    assert (event["source"], event["subject"], event["type"]) == (
        "/registers",
        str(register),
        "register.exclusion_entered.v1",
    )
    assert event["data"]["totals"] == [{"school_year": "2026/27", "term": "autumn", "half_days": 3, "lunchtimes": 0}]
    assert "entry" not in event["data"] and "org" not in event["data"]["by"]
