"""A change of school days while the database goes away: whoever asked is told to ask again, and then it is so once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import psycopg
import pytest

from services.case.application.calendars import close_schools
from services.case.application.door import Command, Outcome
from services.case.application.in_use import InUse
from services.case.domain.errors import TryAgain
from services.case.domain.meta import Event, Meta
from services.case.wiring import House
from tests.application.council import ADMIN
from tests.store.items import held_up


def test_what_is_cut_off_while_it_is_stored_is_to_be_asked_for_again(house: House) -> None:
    command = Command(uuid4(), b"asked", repeatable=True)

    def close(state: InUse, meta: Meta) -> tuple[list[Event], bytes]:
        return close_schools(state, meta, ["900003"], [date(2026, 10, 6)], "weather", house.reference), b"done"

    def ask() -> Outcome:
        return asyncio.run(house.administration.change("937", ADMIN, command, close))

    with held_up(house.url) as stopper, ThreadPoolExecutor(1) as another:
        asked = another.submit(ask)
        with psycopg.connect(house.url, autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s)", [stopper.held_up()])
        with pytest.raises(TryAgain):
            asked.result(20)

    assert [ask().answer, ask().answer] == [b"done", b"done"]
    assert len(house.administration.of("937").closures) == 1
