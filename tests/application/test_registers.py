"""The pupils' registers in the store: nothing is lost or entered twice, whoever tells of it, and no number stands in
clear."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import pytest

from services.case.application.erasing import erase
from services.case.application.registers import Registers, Whose
from services.case.domain.errors import EntryUnknown, RegistersAlreadyOne
from services.case.domain.meta import Actor, Meta
from services.case.domain.people import SYSTEM
from services.case.domain.pupil import Entry
from services.case.store.cipher import MasterKey
from services.case.store.event_store import EventStore
from services.case.store.keys import Keys
from services.case.store.verify import verify
from services.case.wiring import House

ALEX = Whose("M937400123014", surname="Example", forename="Alex", dob="2013-03-27")
FORMER = Whose("W88540102401A")
OTHER = Whose("P937423718250")
AUTUMN = "2026/27 autumn"
META = Meta(SYSTEM, date(2026, 10, 20), "a-command", f"{UUID(int=1)}.7")
BY = Meta(Actor("asha", "caseworker", "937"), date(2026, 11, 3))


@pytest.fixture
def registers(house: House) -> Registers:
    return Registers(house.store)


def entry(id: str = "a", revision: int = 1, half_days: int = 4, **more: object) -> Entry:
    told = {"kind": "SUSP", "authority": "937", "school": "900001", "start": date(2026, 10, 19), "cancelled": False}
    return Entry(id=id, revision=revision, half_days=half_days, terms={AUTUMN: half_days}, **{**told, **more})  # type: ignore[arg-type]


def total(registers: Registers, whose: Whose) -> int:
    return registers.of(whose).term_total(AUTUMN)


def test_what_is_told_again_is_entered_once(house: House, registers: Registers) -> None:
    for told in (entry(), entry(), entry(revision=2, half_days=2), entry(), entry(revision=2, half_days=2)):
        registers.enter(ALEX, told, META, house.clock.now())

    recorded = house.store.load(registers.stream_of(ALEX))
    assert [r.event.entry.revision for r in recorded] == [1, 2]  # type: ignore[attr-defined]
    assert total(registers, ALEX) == 2


def test_number_and_name_are_only_in_the_sealed_part(house: House, registers: Registers) -> None:
    registers.enter(ALEX, entry(), META, house.clock.now())

    (recorded,) = house.store.load(registers.stream_of(ALEX))
    rows = house.database.rows("SELECT originator_id::text, topic, encode(state, 'escape') FROM events e")
    claims = house.database.rows("SELECT scope, encode(digest, 'escape') FROM claims")
    assert recorded.event.personal == {"pupil": ALEX.named}
    assert not any(secret in str([rows, claims]) for secret in (ALEX.upn, "Example", "2013-03-27"))


def test_whoever_lacks_the_master_key_cannot_tell_whose_a_register_is(registers: Registers, house: House) -> None:
    elsewhere = EventStore(house.database, Keys(house.database, MasterKey(b"x" * 32)))

    assert Registers(elsewhere).stream_of(ALEX) != registers.stream_of(ALEX)
    assert registers.stream_of(Whose(case="SU-2026-000001")) != registers.stream_of(Whose(case="SU-2026-000002"))
    elsewhere.close()


def test_a_pupil_suspended_at_two_schools_at_once_loses_nothing(house: House, registers: Registers) -> None:
    told = [entry(f"{school}.{n}", half_days=1, school=school) for n in range(20) for school in ("900001", "900002")]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: registers.enter(ALEX, one, META, house.clock.now()), [*told, *told]))

    recorded = house.store.load(registers.stream_of(ALEX))
    assert total(registers, ALEX) == 40
    assert len(recorded) == 40
    assert recorded[-1].event.totals == registers.of(ALEX).totals  # type: ignore[attr-defined]
    assert verify(house.database).ok


def test_a_correction_that_names_another_pupil_moves_the_entry(house: House, registers: Registers) -> None:
    registers.enter(ALEX, entry("a"), META, house.clock.now())
    registers.enter(ALEX, entry("b"), META, house.clock.now())

    registers.enter(OTHER, entry("a", revision=2, half_days=6), META, house.clock.now())
    registers.enter(ALEX, entry("a"), META, house.clock.now())  # the first, told again and late

    assert (total(registers, ALEX), total(registers, OTHER)) == (4, 6)


def test_a_correction_that_comes_first_keeps_its_pupil(house: House, registers: Registers) -> None:
    registers.enter(OTHER, entry("a", revision=2, half_days=6), META, house.clock.now())
    registers.enter(ALEX, entry("a"), META, house.clock.now())

    assert (total(registers, ALEX), total(registers, OTHER)) == (0, 6)


def test_a_pupil_without_a_number_gets_one(house: House, registers: Registers) -> None:
    nameless = Whose(case="SU-2026-000007")
    registers.enter(nameless, entry("SU-2026-000007.1"), META, house.clock.now())

    registers.enter(ALEX, entry("SU-2026-000007.1", revision=2), META, house.clock.now())

    assert (total(registers, nameless), total(registers, ALEX)) == (0, 4)


def test_merged_numbers_have_one_register_and_what_comes_late_finds_it(house: House, registers: Registers) -> None:
    registers.enter(FORMER, entry("a"), META, house.clock.now())
    registers.enter(ALEX, entry("b"), META, house.clock.now())

    merged = registers.merge(FORMER, ALEX, BY, house.clock.now(), "A temporary number before.")
    registers.enter(FORMER, entry("c"), META, house.clock.now())
    registers.enter(FORMER, entry("a", revision=2, half_days=1), META, house.clock.now())

    assert merged.term_total(AUTUMN) == 8
    assert total(registers, ALEX) == total(registers, FORMER) == 9
    with pytest.raises(RegistersAlreadyOne):
        registers.merge(ALEX, FORMER, BY, house.clock.now(), "Again.")
    assert verify(house.database).ok


def test_a_former_number_without_any_entry_can_be_merged(house: House, registers: Registers) -> None:
    registers.merge(FORMER, ALEX, BY, house.clock.now(), "Former number.")
    registers.enter(FORMER, entry(), META, house.clock.now())

    assert total(registers, ALEX) == 4
    assert house.store.load(registers.stream_of(ALEX))[0].event.personal == {"reason": "Former number."}


def test_two_pupils_taken_for_one_are_parted_and_corrections_find_theirs(house: House, registers: Registers) -> None:
    registers.enter(FORMER, entry("a"), META, house.clock.now())
    registers.enter(ALEX, entry("b"), META, house.clock.now())
    registers.merge(FORMER, ALEX, BY, house.clock.now(), "One pupil?")

    registers.split(ALEX, FORMER, ["a"], BY, house.clock.now(), "Two pupils.")
    registers.enter(FORMER, entry("a", revision=2, half_days=2), META, house.clock.now())

    assert (total(registers, ALEX), total(registers, FORMER)) == (4, 2)
    with pytest.raises(EntryUnknown):
        registers.split(ALEX, FORMER, ["a"], BY, house.clock.now(), "Again.")


def test_what_comes_while_two_registers_become_one_is_not_lost(house: House, registers: Registers) -> None:
    registers.enter(FORMER, entry("first"), META, house.clock.now())

    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(registers.enter, FORMER, entry(f"n{n}"), META, house.clock.now()) for n in range(12)]
        pool.submit(registers.merge, FORMER, ALEX, BY, house.clock.now(), "One pupil.").result()
        for one in told:
            one.result()

    given = registers.load(registers.stream_of(FORMER))
    assert (given.entries, given.goes_on_in) == ({}, registers.stream_of(ALEX))
    assert total(registers, ALEX) == 13 * 4
    assert verify(house.database).ok


def test_an_erased_pupil_is_not_named_and_half_days_stay(house: House, registers: Registers) -> None:
    registers.enter(ALEX, entry("a"), META, house.clock.now())
    stream = registers.stream_of(ALEX)

    asyncio.run(erase(house.door, stream, "retention_ended"))
    asyncio.run(erase(house.door, stream, "retention_ended"))
    registers.enter(ALEX, entry("b"), META, house.clock.now())

    recorded = house.store.load(stream)
    assert [r.event.personal for r in recorded] == [None, None, None]
    assert total(registers, ALEX) == 8
    assert verify(house.database).ok
