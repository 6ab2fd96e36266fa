"""A served house in the autumn term, and people at work with it."""

from collections.abc import Iterator

import pytest

from services.case.outbox.held import held
from services.case.projections.cases import standing_still
from services.case.store.verify import verify
from tests.api.desk import Desk, house_of
from tests.serving import Served, serve
from tests.store.embedding import data_folder, until

MORNING = "2026-09-28T09:00:00+01:00"
BEHIND = "SELECT count(*) FROM reader_positions WHERE position < %s"


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
    assert_nothing_stands_still(served)


def assert_nothing_stands_still(served: Served) -> None:
    """Whatever the tests did: every open case has a next step, every stream is as it was recorded and can be
    published."""
    with house_of(served) as house:
        follower = house.follower()
        follower.start()
        until(lambda: house.database.row(BEHIND, [house.store.head()]) == (0,), "the read models")
        follower.stop()
        until(lambda: house.outbox.position >= house.outbox.end(), "the outbox")
        assert standing_still(house.database) == 0
        assert held(house.database) == []
        assert verify(house.database).ok
