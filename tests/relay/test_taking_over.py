"""A relay that is killed, or that another fences: the next one goes on, and nothing is there twice or missing."""

import pytest

from services.case.relay.relay import Relay
from services.case.store.follower import Interrupted
from tests.projections.traffic import Traffic
from tests.relay.conftest import Published, assert_whole
from tests.relay.processes import Relays
from tests.relay.streams import Stream
from tests.store.embedding import until


def test_another_relay_takes_over_when_the_active_one_is_killed(published: Published) -> None:
    house = published.house
    traffic = Traffic(house.store, 24, pause=0.002)
    with Relays(house.settings) as relays:
        traffic.start()
        until(lambda: published.relayed() > 100, "the first one to publish", 20)
        relays.kill()
        there = published.relayed()
        until(lambda: published.relayed() > there + 100, "the second one to go on", 20)
        traffic.through()
        published.until_drained()

    assert_whole(published)


def test_of_two_relays_that_both_believe_to_be_active_one_is_fenced(published: Published) -> None:
    house = published.house
    stream = Stream(house, 1)
    elder, younger = (Relay(house) for _ in range(2))
    with published.admitting(), house.database.connection() as connection:
        published.until_admitted()
        assert elder.work(connection)
        stream.notes(1)
        published.until_admitted()
        assert younger.work(connection)
        stream.notes(2)
        published.until_admitted()
        with pytest.raises(Interrupted):
            elder.work(connection)
        assert younger.work(connection)
        elder.leave()
        younger.leave()

    assert_whole(published)
