"""The source without Kafka: a topic's records over HTTP, authority by authority."""

import time
from collections.abc import Iterator
from typing import Any

from contracts.envelope import NotACloudEvent, from_json
from services.notify.case_api import CaseApi
from services.notify.deliveries import Arrived

WAIT = 20  # seconds for which an answer may be held back until there is something new
PAUSE = 0.3  # seconds in which more may come that is asked for at once

Read = tuple[list[Arrived], dict[str, int]]


class Feed:
    """Places are those of the whole topic, the same for every authority."""

    def __init__(self, api: CaseApi, topic: str, places: dict[str, int]) -> None:
        self._api = api
        self._topic = topic
        self._places = places

    def read(self) -> Iterator[Read]:
        """What is new, in batches, each with the places that it leads to. May wait a while for the first.

        Raises Away, NotAccepted.
        """
        wait = WAIT
        for authority in self._api.authorities:
            source = f"feed {authority} {self._topic}"
            after = self._places.get(source, 0)
            records, following = self._api.feed(authority, self._topic, after, wait=wait)
            if following > after:
                wait = 0  # there is something, perhaps for the others too
                yield [_arrived(source, after, record) for record in records], {source: following}
                self._places[source] = following
        time.sleep(PAUSE)


def _arrived(source: str, after: int, record: bytes) -> Arrived:
    try:
        event: dict[str, Any] | str = from_json(record)
    except NotACloudEvent as why:
        event = str(why)
    return Arrived(f"{source} after {after}", event)
