"""What comes back from whoever sends words: nothing that is malformed keeps what comes after it."""

import json
import logging
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from services.case.outbox.status import status
from services.case.relay.results import NAME, results_of
from tests.relay.conftest import Published, following
from tests.store.embedding import until

GOOD = {"specversion": "1.0", "id": "1", "source": "/authorities/937/notify", "type": "delivery.result.v1"}
DATA = {"delivery": "x.1:parent", "state": "sent", "channel": "email"}
MALFORMED = [
    None,
    b"",
    b"{",
    b"\xff\xfe",
    b"[" * 50_000,
    b"[]",
    json.dumps(GOOD).encode(),
    json.dumps({**GOOD, "subject": "EP-2026-999999", "data": DATA}).encode(),
    json.dumps({**GOOD, "subject": "a\0b", "data": DATA}).encode(),
    json.dumps({**GOOD, "subject": "x" * 100_000, "data": DATA}).encode(),
    json.dumps({**GOOD, "subject": 7, "data": DATA}).encode(),
    json.dumps({**GOOD, "type": "something.else.v1"}).encode(),
    json.dumps({**GOOD, "data": {**DATA, "state": "lost"}}).encode(),
]


def test_what_is_malformed_is_parked_and_told(published: Published, caplog: pytest.LogCaptureFixture) -> None:
    topic, group = f"{published.prefix}notify.results.v1", f"{published.prefix}{NAME}"
    with closing(KafkaProducer(bootstrap_servers=published.bootstrap)) as producer:
        structured = [("content-type", b"application/cloudevents+json")]
        for value in MALFORMED:
            producer.send(topic, value, b"key", structured)
        producer.flush(10)

    with caplog.at_level(logging.WARNING), following(results_of(published.house)):
        until(lambda: caplog.text.count("is parked") == len(MALFORMED), "all to be looked at", 20)

    assert status(published.house.database, True, published.house.clock.now()).parked == len(MALFORMED)
    with closing(KafkaAdminClient(bootstrap_servers=published.bootstrap)) as admin:
        assert sum(place.offset for place in admin.list_group_offsets(group)[group].values()) == len(MALFORMED)
