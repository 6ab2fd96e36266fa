"""Brings what is offered to be sent, words with an address, to its short-lived topic. Nothing is held here: what the
broker refuses expires unsent, and becomes a person's task."""

from typing import Any

import psycopg

from contracts.envelope import to_record
from services.case.deliveries import contacts
from services.case.relay.publisher import Publisher
from services.case.relay.transactions import Place
from services.case.store.follower import Follower
from services.case.wiring import House

NAME = "contacts"


def contacts_of(house: House) -> Follower:
    """Publishes the contacts of a house, to be started and stopped."""
    publishing = Contacts(house)
    return Follower(f"relay {NAME}", house.url, publishing.work, NAME, publishing.leave)


class Contacts:
    """`work` and `leave` are a follower's."""

    def __init__(self, house: House) -> None:
        self._database = house.database
        self._keys = house.store.keys
        self._publisher = Publisher(house.settings, NAME)

    def work(self, connection: psycopg.Connection[Any]) -> bool:
        """Publish what comes next; whether there may be more. Raises Interrupted."""
        after = self._publisher.open()
        found, place = contacts.read(self._database, self._keys, after, self._publisher.size)
        if place == after:
            return False
        if not self._publisher.publish([(contacts.TOPIC, to_record(one.event)) for one in found], Place(place)):
            if self._publisher.size > 1:
                self._publisher.size //= 2
            else:
                self._publisher.open()
                self._publisher.publish([], Place(place))
        return True

    def leave(self) -> None:
        """Another may be the active one now."""
        self._publisher.close()
