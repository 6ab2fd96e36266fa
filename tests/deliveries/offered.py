"""What is offered to whoever sends words, once it is enough."""

from collections.abc import Callable
from typing import Any

from services.case.deliveries import contacts
from services.case.wiring import House
from tests.store.embedding import until

Event = dict[str, Any]


def offered(house: House, enough: Callable[[list[Event]], bool], to: str = "") -> list[Event]:
    """In the order in which it was, all or what is for one party."""
    found: list[Event] = []

    def there() -> bool:
        records, _ = contacts.read(house.database, house.store.keys, 0, 100)
        found[:] = [one.event for one in records if to in ("", one.event["data"]["to"])]
        return enough(found)

    offering = house.offering()
    offering.start()
    try:
        until(there, "words to be offered")
    finally:
        offering.stop()
    return found
