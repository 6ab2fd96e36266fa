"""Changing what an authority's directory lists: load its stream, decide, append; again, if somebody else was faster.

Each authority's directory is a stream of its own, with a key for whom to ask and why. This blocks; call from a thread.
"""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from eventsourcing.persistence import OperationalError

from services.case.application.door import Command, Outcome, answered_before
from services.case.application.reference import NAMESPACE
from services.case.clock.now import Clock
from services.case.domain import directory_events as d
from services.case.domain.errors import TryAgain
from services.case.domain.meta import Actor, Event, Meta
from services.case.store.database import DatabaseAway
from services.case.store.event_store import EventStore
from services.case.store.mapper import Recorded
from services.case.store.recorder import Busy, CommandRecord, Conflict, Repeated

ATTEMPTS = 20
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


class Listings:
    """The directories of all authorities, each read when it is first changed in this process."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._listings: dict[str, Listing] = {}
        self._alone = threading.Lock()

    def change(self, code: str, by: Actor, command: Command, decide: Decide) -> Outcome:
        """Let `decide` say what happens to an authority's directory, with its answer, and store it.

        Raises the refusals of `decide`, KeyUsedOtherwise, TryAgain.
        """
        try:
            with self._alone:
                return self._change(code, by, command, decide)
        except (Busy, DatabaseAway, OperationalError) as error:
            self._listings.pop(code, None)
            raise TryAgain from error

    def _change(self, code: str, by: Actor, command: Command, decide: Decide) -> Outcome:
        for _ in range(ATTEMPTS):
            answered = answered_before(self._store, command)
            if answered is not None:
                return answered
            listing = self._listings.setdefault(code, Listing(code))
            for recorded in self._store.load(listing.stream, listing.version):
                listing.follow(recorded)
            day = command.effective_on or self._clock.today()
            events, answer = decide(listing, Meta(by, day, str(command.id), "", command.correlation))
            record = CommandRecord(command.id, command.digest, answer) if command.repeatable else None
            if not events:
                if record is not None:
                    self._store.remember(listing.stream, record)
                return Outcome(answer, self._store.head())
            try:
                appended = self._store.append(
                    listing.stream, listing.version, listing.hash, events, self._clock.now(), record
                )
                return Outcome(answer, appended.positions.result(30)[-1])
            except (Conflict, Repeated):
                continue
        raise TryAgain
