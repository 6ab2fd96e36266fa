"""What an authority's directory lists: a stream of its own, with a key for whom to ask and why."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from services.case.application.reference import NAMESPACE
from services.case.application.streams_of_authorities import StreamsOfAuthorities
from services.case.clock.now import Clock
from services.case.domain import directory_events as d
from services.case.domain.meta import Event, Meta
from services.case.store.event_store import EventStore
from services.case.store.mapper import Recorded

Key = tuple[str, str]  # kind and id of an entry
Facts = dict[str, Any]


def directory_stream(code: str) -> UUID:
    """The stream of what an authority lists."""
    return uuid5(NAMESPACE, f"directory {code}")


class Listing:
    """An authority's directory, as its events add up to."""

    def __init__(self, code: str) -> None:
        self.stream = directory_stream(code)
        self.version = 0
        self.hash = bytes(32)
        self._entries: dict[Key, tuple[int, Facts, Facts]] = {}  # version of the last change, entry, contacts

    def follow(self, recorded: Recorded) -> None:
        """Take the next event of the stream."""
        event, self.version, self.hash = recorded.event, recorded.version, recorded.row.hash
        contacts = (event.personal or {}).get("contacts", {})
        match event:
            case d.ProviderListed():
                self._entries["provider", event.provider] = self.version, event.entry, contacts
            case d.StrategyListed():
                self._entries["strategy", event.strategy] = self.version, event.entry, contacts
            case d.SchoolAdditionsRecorded():
                self._entries["school", event.school] = self.version, event.entry, contacts
            case d.ProviderPlacesUpdated():
                _, entry, contacts = self._entries["provider", event.provider]
                now = {**entry, "places": event.places, "price": event.price}
                self._entries["provider", event.provider] = self.version, now, contacts

    def version_of(self, kind: str, id: str) -> int:
        """Of the entry's last change, 0 if it is not listed."""
        return self._entries[kind, id][0] if (kind, id) in self._entries else 0

    def says(self, kind: str, id: str) -> tuple[Facts, Facts] | None:
        """The entry and its contacts, None if it is not listed."""
        return self._entries[kind, id][1:] if (kind, id) in self._entries else None


Decide = Callable[[Listing, Meta], tuple[list[Event], bytes]]


class Listings(StreamsOfAuthorities[Listing]):
    """The directories of all authorities."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        super().__init__(store, clock, Listing)
