"""The source without Kafka: the same records over HTTP, authority by authority, as any subscriber gets them."""

import time
from collections.abc import Iterator
from typing import Any

from contracts.envelope import NotACloudEvent, from_json
from services.audit.case_api import CaseApi
from services.audit.entry import ACCESS
from services.audit.ledger import Arrived

TOPICS = ("authority.events.v1", "case.events.v1", ACCESS)
WAIT = 2  # seconds for which an answer may be held back until there is something new; then checkpoints are looked at
PAUSE = 0.3  # seconds in which more may come that is asked for at once

Read = tuple[list[Arrived], dict[str, int]]


class Feed:
    """Reads every topic for every authority that we have a token for. A pupil's register comes with each of them: what
    comes again does no harm."""

    def __init__(self, api: CaseApi, places: dict[str, int]) -> None:
        self._api = api
        self._places = places
        self._begun = False

    def read(self) -> Iterator[Read]:
        """What is new, in batches, each with the places that it leads to. May wait a while for the first.

        Raises Away, NotAccepted.
        """
        if self._begun:
            self._wait()
        self._begun = True
        for authority in self._api.authorities:
            for topic in TOPICS:
                yield from self._rest(authority, topic)

    def _wait(self) -> None:
        """Until the log has passed what everybody was read up to."""
        first = self._api.authorities[0]
        after = max(self._places.get(name(code, topic), 0) for code in self._api.authorities for topic in TOPICS)
        self._api.feed(first, TOPICS[0], after, limit=1, wait=WAIT)
        time.sleep(PAUSE)

    def _rest(self, authority: str, topic: str) -> Iterator[Read]:
        source = name(authority, topic)
        while True:
            after = self._places.get(source, 0)
            records, following = self._api.feed(authority, topic, after)
            if following == after:
                return
            yield [_arrived(topic, source, after, record) for record in records], {source: following}
            self._places[source] = following


def name(authority: str, topic: str) -> str:
    return f"feed {authority} {topic}"


def _arrived(topic: str, source: str, after: int, record: bytes) -> Arrived:
    try:
        event: dict[str, Any] | str = from_json(record)
    except NotACloudEvent as why:
        event = str(why)
    return Arrived(topic, f"{source} after {after}", event)
