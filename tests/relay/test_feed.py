"""The feed serves what the topics have: also what is held, and what is released, in the same order."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.case.api.app import create_app
from services.case.api.identity import ed25519_key, issue
from services.case.domain.people import Person
from services.case.outbox import admission
from services.case.outbox.held import release
from services.case.wiring import House, signing_key_of
from tests.relay.conftest import following
from tests.relay.streams import Stream, of_size

SUBSCRIBER = Person("subscriber", "937", (), frozenset({"feed"}))


class Subscriber:
    """Follows the links, and keeps what it gets."""

    def __init__(self, client: TestClient, house: House) -> None:
        key = ed25519_key(signing_key_of(house.settings))
        self._headers = {"Authorization": f"Bearer {issue(key, house.settings.oidc_audience, SUBSCRIBER)}"}
        self._client = client
        self._house = house
        self._next = "/api/v1/feed?topic=case.events.v1&limit=2&after=0"
        self.got: list[dict[str, Any]] = []

    def go_on(self) -> list[tuple[str, int]]:
        """To the end of what there is; subject and sequence of what is new."""
        before = len(self.got)
        self._headers["Wait-For"] = str(self._house.outbox.end())
        while True:
            page = self._client.get(self._next, headers=self._headers)
            assert page.status_code == 200, page.text
            self._next = page.links["next"]["url"]
            self.got += page.json()
            if not page.json():
                return [(event["subject"], event["sequence"]) for event in self.got[before:]]


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(House(house.settings))) as client, following(house.admitting(), house.follower()):
        yield client


def test_a_subscriber_gets_what_was_held_once_it_is_released(
    house: House, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, other = Stream(house, 1), Stream(house, 2)
    large.add(of_size(950_000))
    large.notes(1)
    other.notes(1)
    early, late = Subscriber(client, house), Subscriber(client, house)

    assert early.go_on() == [(large.ref, 1), (other.ref, 1), (other.ref, 2)]

    other.notes(2)
    monkeypatch.setattr(admission, "LARGEST", 1_000_000)
    release(house.database, house.owners, large.id)
    large.notes(2)

    assert early.go_on() == [(other.ref, 3), (large.ref, 2), (large.ref, 3), (large.ref, 4)]
    late.go_on()
    assert late.got == early.got
