"""Thirdshire's house, for tests of its process owner."""

import asyncio
from collections.abc import Iterator

import msgspec
import pytest

from services.case.samples import sample_directory
from services.case.settings import Settings
from services.case.wiring import House
from tests.application.visits import COUNCIL, Visits


@pytest.fixture
def thirdshire(settings: Settings) -> Settings:
    """With the third council's folders."""
    return msgspec.structs.replace(settings, bpmn_path=(COUNCIL / "bpmn",), authorities_path=COUNCIL / "authorities")


@pytest.fixture
def visits(thirdshire: Settings) -> Iterator[Visits]:
    """Caseworkers of Thirdshire on Monday 5 October 2026."""
    house = House(thirdshire).open()
    house.reference.directory = sample_directory()
    with asyncio.Runner() as runner:
        yield Visits(house, runner)
    house.close()
