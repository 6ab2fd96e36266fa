"""A scenario, played: what is stored and what is published of it."""

import pytest

from tests.contracts.subscribed import SCENARIOS, Played, play


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> Played:
    return play(request.param)
