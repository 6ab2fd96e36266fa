"""The made-up council year: the same for the same seed, believable, whole, and nobody's."""

import asyncio
from collections import Counter, defaultdict
from datetime import date
from uuid import UUID

import pytest

from services.case.application.reference import Reference
from services.case.clock.school_calendar import is_school_day
from services.case.demo.council_year import OnTheDay, council_year, work_through
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.folding import apply
from services.case.process.checks import upn_is_right
from services.case.publishing import data_of
from services.case.samples.council_year.courses import CouncilYear, Referred, upto
from services.case.samples.council_year.events import Pinned, events_of, put
from services.case.store.mapper import type_of
from services.case.store.verify import verify
from services.case.wiring import House
from tests.contracts.schemas import problems
from tests.measures.telling import figures, project

PINNED = Pinned("937", 2026, defaultdict(lambda: "b" * 64), "a" * 64)
SCHOOLS = {"900001": 842, "900002": 1098, "900003": 1211, "900004": 397}


@pytest.fixture(scope="module")
def year(reference: Reference) -> CouncilYear:
    return CouncilYear(1, 2026, "937", SCHOOLS, reference.calendars.school("", "937"))


def events(year: CouncilYear, count: int) -> list[list[e.Event]]:
    return [events_of(one, PINNED) for one in year.referrals(count)]


def test_the_same_seed_gives_the_same_year_and_another_another(year: CouncilYear, reference: Reference) -> None:
    days = reference.calendars.school("", "937")
    again, other = (CouncilYear(seed, 2026, "937", SCHOOLS, days) for seed in (1, 2))

    assert events(again, 50) == events(year, 50) != events(other, 50)
    assert year.referral(30) == list(year.referrals(40))[29]


def test_it_has_seasons_sizes_and_courses(year: CouncilYear, reference: Reference) -> None:
    made_up = list(year.referrals(3_000))
    months = Counter(one.on.month for one in made_up)
    schools = Counter(one.pupil.school for one in made_up)
    happened = Counter(happening.what for one in made_up for happening in one.happenings)

    assert months[8] == 0 and months[11] > 1.5 * months[12] > 0
    assert schools["900003"] > 2 * schools["900004"]
    assert happened["suspended"] > 10 * happened["excluded"] > 0
    assert min(happened["managed_move.completed"], happened["off_site_direction.ended"]) > 20
    assert happened["closed"] > happened["waits"] > 100
    assert all(is_school_day(reference.calendars.school("", "937"), one.on) for one in made_up)


def test_pupils_are_made_up_with_numbers_of_their_own(year: CouncilYear) -> None:
    pupils = [one.pupil for one in year.referrals(2_000)]

    assert all(upn_is_right(one.upn) for one in pupils)
    assert len({one.upn for one in pupils}) == len(pupils)
    assert all(date(2009, 9, 1) <= one.dob <= date(2022, 8, 31) for one in pupils)


def test_its_events_are_those_of_a_case_and_keep_what_subscribers_were_told(year: CouncilYear) -> None:
    for number, life in enumerate(events(year, 300)):
        case = Case(UUID(int=number))
        for event in life:
            apply(case, event)
            assert problems(type_of(event), data_of(event, "937")) == []
        assert case.status == "closed" or case.tasks


def test_what_is_later_has_not_happened_yet(year: CouncilYear) -> None:
    day = date(2027, 1, 15)
    so_far: list[Referred] = list(upto(year.referrals(500), day))

    assert 0 < len(so_far) < 500
    assert all(happening.on <= day for one in so_far for happening in one.happenings)
    assert all(one.happenings[-1].what in ("closed", "waits", "suspended") for one in so_far)


def test_straight_into_the_log_it_is_intact_and_counted(year: CouncilYear, house: House) -> None:
    stored = put(
        house.store,
        year.referrals(300),
        in_use(house),
    )
    project(house)

    assert verify(house.database).ok
    assert stored == sum(len(life) for life in events(year, 300))
    lives = [event for life in events(year, 300) for event in life if isinstance(event, e.Milestone)]
    concluded = [one for one in lives if one.name == "strategy.concluded"]
    whole = figures(house, "rung_effectiveness").whole
    assert whole.denominator == len(concluded)
    assert whole.numerator == sum(one.outcome == "effective" for one in concluded)


def in_use(house: House) -> Pinned:
    bundles = {bundle.process: bundle.hash for bundle in house.reference.processes("937")}
    return Pinned("937", 2026, bundles, house.reference.policy_at("937", date(2026, 9, 1)).hash)


def test_worked_by_commands_each_case_is_where_its_process_is(house: House) -> None:
    clock = OnTheDay(date(2027, 3, 1))
    house.clock = house.door.clock = clock
    worked = council_year(house, "937", 1)
    worked.schools = SCHOOLS

    refs = asyncio.run(work_through(house, worked, 20, lambda done: None))

    assert len(refs) > 5 and house.door.clock is clock
    cases = [asyncio.run(house.door.see(ref)) for ref in refs]
    assert {case.status for case in cases} == {"open", "closed"} or all(case.tasks for case in cases)
    assert verify(house.database).ok
