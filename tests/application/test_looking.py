"""Who looked at a case stands in a stream of its own: no change waits for it, and what tells of a person is sealed."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.case.application.erasing import erase
from services.case.application.looking import access_stream, as_code
from services.case.application.reference import stream_of
from services.case.domain.access_events import CaseLookedAt
from services.case.domain.case import Case
from services.case.domain.meta import Actor
from services.case.scenarios import REF
from services.case.store.verify import verify
from services.case.wiring import House
from tests.store.casework import ThroughTheDoor, scenario_of

AUDITOR = Actor("wendy", "auditor", "937")
WHY = "Alex's mother asked who had read the file."


@pytest.fixture
def case(house: House) -> Case:
    """A case that was lived through."""
    ThroughTheDoor(house, *scenario_of("exclusion_prevention", "Resolved at internal inclusion")).through()
    return asyncio.run(house.door.see(REF))


def looks(house: House) -> list[CaseLookedAt]:
    return [r.event for r in house.store.load(access_stream(REF)) if isinstance(r.event, CaseLookedAt)]


def test_a_look_is_recorded_with_its_reason_and_leaves_the_case_alone(house: House, case: Case) -> None:
    before = house.store.load(case.stream)

    house.looking.record(case, AUDITOR, "history", WHY)

    (look,) = looks(house)
    assert (look.person, look.what, look.ref, look.authority) == ("wendy", "history", REF, "937")
    assert look.personal == {"reason": WHY}
    assert house.store.load(case.stream) == before
    assert all(b"mother" not in bytes(row[0]) for row in house.database.rows("SELECT state FROM events"))


def test_many_who_look_at_once_are_all_recorded(house: House, case: Case) -> None:
    with ThreadPoolExecutor(16) as people:
        list(people.map(lambda _: house.looking.record(case, AUDITOR, "case"), range(48)))

    assert len(looks(house)) == 48
    assert verify(house.database).ok


def test_when_the_case_is_erased_the_reasons_go_and_looks_are_recorded_still(house: House, case: Case) -> None:
    house.looking.record(case, AUDITOR, "case", WHY)

    asyncio.run(erase(house.door, stream_of(REF), "retention_ended"))
    house.looking.record(case, AUDITOR, "case", WHY)

    assert [look.personal for look in looks(house)] == [None, None]
    assert verify(house.database).ok


@pytest.mark.parametrize("person", ["wendy@council.example", "Wendy Clarke", "Zoë"])
def test_an_id_that_could_be_an_address_or_words_is_published_as_its_digest(person: str) -> None:
    assert as_code("a-1|B.2:c") == "a-1|B.2:c"
    assert as_code(person).startswith("sha256:")
    assert person not in as_code(person)
