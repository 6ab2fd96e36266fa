"""A made-up council year, worked as people work: each referral is opened, triaged and looked into by commands, on its
day."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from services.case.application.door import Act, once
from services.case.application.opening import open_case
from services.case.application.running import Running
from services.case.application.tasks import complete
from services.case.clock.calendar import academic_year_of
from services.case.clock.now import LONDON
from services.case.domain.people import Membership, Person
from services.case.samples.council_year.courses import CouncilYear, Referred, upto
from services.case.samples.council_year.events import PROCESS, Pinned
from services.case.scenarios import scenarios_of
from services.case.settings import HOUSE
from services.case.wiring import House

Answers = dict[str, Any]
TRIAGE = {"accept": "accept", "return": "return_for_more", "signpost": "signpost"}
NAMES_PEOPLE = ("pupil_account", "parent_account", "parent2_account", "social_worker_account")
SIZES = "SELECT urn, coalesce((details->>'pupils')::int, 500) FROM schools WHERE authority = %s AND status = 'open'"
NEXT = "SELECT nextval('case_numbers')"
TAKE = "SELECT setval('case_numbers', %s)"


class OnTheDay:
    """A clock that stands at the morning of a made-up day."""

    def __init__(self, day: date) -> None:
        self.day = day

    def now(self) -> datetime:
        return datetime.combine(self.day, time(9), LONDON).astimezone(UTC)

    def today(self) -> date:
        return self.day


def council_year(house: House, authority: str, seed: int) -> CouncilYear:
    """The school year that the house's clock is in, at the authority's schools."""
    start_year = academic_year_of(house.clock.today())
    schools = dict(house.database.rows(SIZES, [authority])) or {"": 500}
    return CouncilYear(seed, start_year, authority, schools, house.reference.calendars.school("", authority))


def pinned(house: House, year: CouncilYear, cases: int) -> Pinned:
    """To what is in use, with numbers that no case has."""
    row = house.database.row(NEXT)
    assert row is not None
    house.database.rows(TAKE, [row[0] + cases])
    bundles = {bundle.process: bundle.hash for bundle in house.reference.processes(year.authority)}
    policy = house.reference.policy_at(year.authority, house.clock.today()).hash
    return Pinned(year.authority, year.start_year, bundles, policy, row[0])


async def work_through(house: House, year: CouncilYear, cases: int, told: Callable[[int], None]) -> list[str]:
    """Work the referrals up to today, in the order of their days; their references."""
    to, clock = pinned(house, year, cases), house.door.clock
    days = house.reference.calendars.school("", year.authority).year(year.start_year).days
    try:
        referrals = sorted(upto(year.referrals(cases), clock.today()), key=lambda one: (one.on, one.number))
        for number, one in enumerate(referrals, start=1):
            for day, act in _acts(one, to.ref(one), year.authority, days):
                if day <= clock.today():
                    house.door.clock = OnTheDay(day)
                    await house.door.change(to.ref(one), once(), act)
            told(number)
    finally:
        house.door.clock = clock
    return [to.ref(one) for one in referrals]


def _acts(one: Referred, ref: str, authority: str, days: list[date]) -> Iterator[tuple[date, Act]]:
    """What is done with a referral, and on which day: opened, triaged, and if accepted looked into."""
    _, sets = scenarios_of(HOUSE / "bpmn" / PROCESS)
    team = Person("made-up-team", authority, (Membership("caseworker", authority),))
    roles = ("home-staff", "home-head", "senco")
    school = Person("made-up-school", authority, tuple(Membership(role, one.pupil.school) for role in roles))
    at = bisect_right(days, one.on) - 1
    second, third = days[min(at + 1, len(days) - 1)], days[min(at + 3, len(days) - 1)]
    yield one.on, partial(_open, ref, team, _referral(one, sets["pupil_k"]))
    yield second, partial(_do, "triage", team, _on(second, sets[TRIAGE[one.triage]]))
    if one.triage == "accept":
        kind = {"N": "flags_n", "K": "flags_k", "E": "flags_e"}[one.pupil.facts["sen_provision"]]
        flags = {**_without_people(sets[kind]), "cla": "no", "cp": "no", "cin": "no"}
        flags.pop("cin_since", None)
        yield third, partial(_do, "verify_flags", school, _on(third, flags))
        risk = {**sets["risk_high"], "pex_risk": one.pupil.facts["pex_risk"]}
        yield third, partial(_do, "assess_risk", school, _on(third, risk))


def _referral(one: Referred, example: Answers) -> Answers:
    who = one.pupil
    given = _on(one.on, _without_people(example))
    given |= {
        "surname": who.surname,
        "forename": who.forename,
        "dob": who.dob.isoformat(),
        "upn": who.upn,
        "home_school": who.school,
        "nc_year": who.facts["nc_year"],
        "sen_provision": who.facts["sen_provision"],
        "pex_risk": who.facts["pex_risk"],
        **who.answers,
        "eal": "no" if who.answers["first_language"] == "ENG" else "yes",
        "strategies_tried": [{"strategy": "mentoring", "started_on": one.on.isoformat(), "result": "It goes on."}],
    }
    if who.facts["sen_provision"] == "N":
        given.pop("sen_type", None)
    if who.facts["sen_provision"] == "E":
        given["maintaining_authority"] = who.upn[1:4]
    return given


def _without_people(given: Answers) -> Answers:
    """Without the accounts of sample people: a made-up pupil is nobody's who signs in."""
    return {name: value for name, value in given.items() if name not in NAMES_PEOPLE}


def _on(day: date, given: Answers) -> Answers:
    """The answers with that day wherever they name the day on which something was done."""
    return {name: day.isoformat() if name.endswith("_on") else value for name, value in given.items()}


def _open(ref: str, by: Person, answers: Answers, running: Running) -> bytes:
    open_case(running, ref, by, PROCESS, answers)
    return b""


def _do(element: str, by: Person, answers: Answers, running: Running) -> bytes:
    task = next(task for task in running.case.tasks.values() if task.element == element)
    complete(running, task.id, by, "*", answers)
    return b""


def run_through(house: House, year: CouncilYear, cases: int, told: Callable[[int], None]) -> list[str]:
    """`work_through` from a command."""
    return asyncio.run(work_through(house, year, cases, told))
