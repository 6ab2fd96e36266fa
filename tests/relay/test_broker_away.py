"""While the broker is away people work on; when it is back, what they did is published, once and in order."""

import json
from collections.abc import Iterator

import pytest

from services.case.outbox.status import status
from services.case.settings import Settings
from tests.brokers.apache import ApacheKafka
from tests.brokers.choice import own_names
from tests.projections.traffic import Traffic
from tests.relay.conftest import Published, assert_whole, house_on, on
from tests.relay.processes import Relays, run
from tests.store.embedding import until


@pytest.fixture
def published(settings: Settings, own_broker: ApacheKafka) -> Iterator[Published]:
    with house_on(on(settings, own_names(own_broker.bootstrap))) as found:
        yield found


def test_the_broker_is_killed_and_comes_back(published: Published, own_broker: ApacheKafka) -> None:
    house = published.house
    traffic = Traffic(house.store, 32, pause=0.002)
    with Relays(house.settings):
        traffic.start()
        until(lambda: published.relayed() > 100, "something to be published", 20)
        own_broker.kill()
        stored = traffic.events
        until(lambda: traffic.events > stored + 500 or not traffic.is_alive(), "people to work on", 20)
        waiting = status(house.database, True, house.clock.now())
        told = json.loads(run(house.settings, "relay", "--status", "--json").stdout)
        own_broker.start()
        traffic.through()
        published.until_drained()

    assert waiting.behind > 0
    assert told["behind"] > 0 and told["held"] == []
    assert_whole(published)
