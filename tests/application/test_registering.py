"""What a case tells reaches the register once, through crashes between the two streams."""

import asyncio
from datetime import date

import psycopg
import pytest

from services.case.application import tasks
from services.case.application.door import once
from services.case.application.exclusions import whose_of
from services.case.application.files import HOUSE
from services.case.application.opening import open_case
from services.case.application.registering import Registering
from services.case.application.running import Running
from services.case.domain import pupil_events as p
from services.case.domain.case import Case
from services.case.domain.people import SYSTEM
from services.case.domain.pupil import Entry
from services.case.samples import as_person, sample_people
from services.case.scenarios import scenarios_of
from services.case.wiring import House

REF = "SU-2026-000001"
SETS = scenarios_of(HOUSE / "suspension")[1]
PEOPLE = {name: as_person(name, sample) for name, sample in sample_people().items()}
TODAY = date(2026, 10, 12)
STEPS = (("propose", "home-head", "two_days"), ("give_notice", "home-head", "notice"))


@pytest.fixture
def case(house: House) -> Case:
    """A suspension that was issued."""
    _do(house, lambda running: open_case(running, REF, PEOPLE["home-head"], "suspension", SETS["pupil_k"]))
    for element, by, answers in STEPS:
        _do(house, lambda running: _complete(running, element, by, answers))  # noqa: B023
    return asyncio.run(house.door.see(REF))


def _do(house: House, act: object) -> None:
    def on_the_day(running: Running) -> bytes:
        running.decision.today = running.decision.effective_on = TODAY
        act(running)  # type: ignore[operator]
        return b""

    asyncio.run(house.door.change(REF, once(), on_the_day))


def _complete(running: Running, element: str, by: str, answers: str) -> None:
    (number,) = (task.id for task in running.case.tasks.values() if task.element == element)
    tasks.complete(running, number, PEOPLE[by], "*", SETS[answers])


def work(house: House) -> None:
    """What the follower does when it is woken."""
    with psycopg.connect(house.url, autocommit=True) as connection:
        Registering(house.door).work(connection)


def versions(house: House, case: Case) -> int:
    return house.door.registers.of(whose_of(case)).version


def test_what_a_case_tells_is_entered_once_however_often_the_follower_looks(house: House, case: Case) -> None:
    work(house)
    work(house)

    register = house.door.registers.of(whose_of(case))
    assert (register.version, register.term_total("2026/27 autumn")) == (1, 4)


def test_a_follower_that_died_after_entering_and_before_noting_it_enters_nothing_twice(
    house: House, case: Case
) -> None:
    work(house)
    house.database.execute("DELETE FROM reader_positions WHERE reader = 'registers'")

    work(house)

    assert versions(house, case) == 1


def test_the_case_counts_what_it_told_before_it_is_entered(house: House, case: Case) -> None:
    def look(running: Running) -> None:
        register = running.register(99)
        assert register.term_total("2026/27 autumn") == 4

    _do(house, look)
    assert versions(house, case) == 0


def test_each_entry_says_which_event_of_the_case_brought_it_about(house: House, case: Case) -> None:
    work(house)

    told = next(r for r in house.store.load(case.stream) if isinstance(r.event, p.ExclusionNotified))
    (entered,) = house.store.load(house.door.registers.stream_of(whose_of(case)))
    assert entered.event.meta.cause == f"{told.stream}.{told.version}"
    assert entered.event.meta.by == SYSTEM
    assert isinstance(told.event, p.ExclusionNotified)
    assert told.event.personal == {"pupil": whose_of(case).named}


def test_after_erasure_of_the_case_what_it_had_not_told_yet_is_not_entered(house: House, case: Case) -> None:
    house.database.execute("DELETE FROM stream_keys WHERE stream = %s", [case.stream])
    house.store.keys.forget(case.stream)

    work(house)

    assert house.database.row("SELECT count(*) FROM events WHERE topic LIKE 'register.%%'") == (0,)


def test_two_followers_at_once_enter_nothing_twice(house: House, case: Case) -> None:
    told = Entry(**{f: getattr(case.exclusions[1], f) for f in Entry.__struct_fields__})
    asyncio.run(_both(house))

    register = house.door.registers.of(whose_of(case))
    assert register.entries == {told.id: told}
    assert register.version == 1


async def _both(house: House) -> None:
    await asyncio.gather(asyncio.to_thread(work, house), asyncio.to_thread(work, house))
