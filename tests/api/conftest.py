"""A served house in the autumn term, and people at work with it."""

from collections.abc import Iterator

import pytest

from tests.api.desk import Desk
from tests.serving import Served, serve
from tests.store.embedding import data_folder

MORNING = "2026-09-28T09:00:00+01:00"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The service in its embedded mode, its clock on a Monday on which the answers of the scenarios are all true."""
    with data_folder() as data, serve(data, clock=MORNING) as running:
        yield running


@pytest.fixture(scope="module")
def desk(served: Served) -> Iterator[Desk]:
    working = Desk(served)
    yield working
    working.close()
