"""A browser for the whole run, and a served house with something in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.api.conftest import MORNING
from tests.api.desk import Desk
from tests.brokers.choice import missing
from tests.journeys.chromium import NoBrowser, Person, chromium
from tests.journeys.keyboard import ByKeyboard
from tests.serving import Served, serve
from tests.store.embedding import data_folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        with chromium() as opened:
            yield opened
    except NoBrowser as reason:
        missing("browser", reason)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with data_folder() as data, serve(data, clock=MORNING) as running:
        yield running


@pytest.fixture(scope="module")
def desk(served: Served) -> Iterator[Desk]:
    working = Desk(served)
    yield working
    working.close()


@pytest.fixture
def at(browser: Any, served: Served) -> Iterator[Callable[..., Person]]:
    """Somebody signed in at a browser of their own; "" for nobody. `script=False` is without JavaScript;
    `keys=True`: with a keyboard alone; `house`: the address of another house."""
    people: list[Person] = []

    def arrive(name: str = "", house: str = "", keys: bool = False, **settings: Any) -> Person:
        person = (ByKeyboard if keys else Person)(browser, house or served.address, **settings)
        people.append(person)
        return person.sign_in(name) if name else person

    yield arrive
    for person in people:
        assert person.faults == []
        person.close()
