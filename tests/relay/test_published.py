"""What stands on the topics: every stored event once, each stream in order, as the feed has it too."""

from contracts.chain import GENESIS
from tests.projections.traffic import Traffic, fill_directories
from tests.relay.conftest import Published
from tests.relay.reading import by_stream


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
