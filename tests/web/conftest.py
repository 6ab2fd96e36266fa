"""The pages of a served house in the autumn term, and people at their browsers."""

from collections.abc import Callable, Iterator

import pytest

from tests.api.conftest import MORNING, desk  # noqa: F401
from tests.serving import Served, serve
from tests.store.embedding import data_folder
from tests.web.browsing import Browser


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with data_folder() as data, serve(data, clock=MORNING) as running:
        yield running


@pytest.fixture
def browser(served: Served) -> Iterator[Callable[[str], Browser]]:
    """Somebody signed in at a browser of their own; "" for somebody who is not."""
    opened: list[Browser] = []

    def at(name: str = "") -> Browser:
        opened.append(Browser(served.address))
        return opened[-1].sign_in(name) if name else opened[-1]

    yield at
    for one in opened:
        one.close()
