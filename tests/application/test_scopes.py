"""Who may know of a case is said twice, in the domain and as SQL for lists: on random people and cases both agree."""

import random
from datetime import UTC, date, datetime

import psycopg
import pytest

from services.case.application.reference import stream_of
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.folding import apply
from services.case.domain.meta import Event, Meta
from services.case.domain.people import FAMILY, NAMED, PARTIES, SCHOOL_ROLES, SYSTEM, Membership, Person
from services.case.domain.permissions import is_for, relation
from services.case.domain.trace import Trace
from services.case.projections.cases import cases_of, search
from services.case.projections.inbox import inbox_of
from services.case.wiring import House

ROLES = ["caseworker", "home-staff", "home-head", "receiving-head", "senco", "ep", "send-caseworker", "gb-clerk"]
ROLES += ["irp-clerk", "fap-chair", "ap-provider", "social-worker", "parent", "pupil", "auditor", "dpo", "admin"]
AUTHORITIES = ["937", "885"]
SCHOOLS = ["900001", "900002", "900101"]
PROVIDERS = ["AP-1001", "AP-1002", "900002"]
IDS = [f"person-{number}" for number in range(6)]
ACCOUNTS = ["pupil_account", "parent_account", "parent2_account", "social_worker_account"]
META = Meta(SYSTEM, date(2026, 9, 28))
CASES, PEOPLE = 80, 400


def org_of(role: str, chance: random.Random) -> str:
    if role in FAMILY:
        return ""
    if role == "ap-provider":
        return chance.choice(PROVIDERS)
    return chance.choice(SCHOOLS if role in SCHOOL_ROLES else AUTHORITIES)


def random_person(chance: random.Random) -> Person:
    roles = [chance.choice(ROLES) for _ in range(chance.choice([1, 1, 1, 2, 3]))]
    memberships = tuple(Membership(role, org_of(role, chance)) for role in roles)
    return Person(chance.choice(IDS), chance.choice(AUTHORITIES), memberships)


class Lives:
    """A random case, event by event, as the domain would have it."""

    def __init__(self, number: int, house: House, chance: random.Random) -> None:
        self.case = Case(stream_of(f"EP-2026-{number:06}"))
        self.chance = chance
        self.events: list[Event] = []
        self.bundle = house.reference.current("937", "exclusion_prevention").hash
        parties = {name.removesuffix("_account"): chance.choice(IDS) for name in ACCOUNTS if chance.random() < 0.5}
        self._emit(
            e.CaseOpened(
                meta=META,
                ref=f"EP-2026-{number:06}",
                process="exclusion_prevention",
                authority=chance.choice(AUTHORITIES),
                home_school=chance.choice(SCHOOLS),
                policy="",
                parties=parties,
                form="referral",
                answers={},
                facts={},
            )
        )
        started = {"instance": 1, "process": "exclusion_prevention", "bundle": self.bundle, "variables": {}}
        self._emit(e.ProcessStarted(meta=META, trace=Trace(), **started))
        for _ in range(chance.randrange(8)):
            chance.choice([self.offer, self.offer, self.complete, self.give, self.share, self.revoke, self.account])()

    def _emit(self, event: Event) -> None:
        apply(self.case, event)
        self.events.append(event)

    def offer(self) -> None:
        party = self.chance.choice(["", "", *PARTIES])
        role = PARTIES.get(party) or self.chance.choice([role for role in ROLES if role not in FAMILY])
        org = self.case.home_school if role == "gb-clerk" else org_of(role, self.chance)
        if role not in (*SCHOOL_ROLES, *FAMILY, "ap-provider"):
            org = self.case.authority
        number = self.case.next("task")
        person = self.case.parties.get(party, "") if role in NAMED else ""
        offered = {"task": number, "instance": 1, "key": f"triage#{number}", "element": "triage"}
        self._emit(e.TaskOffered(meta=META, role=role, org=org, party=party, person=person, **offered))

    def complete(self) -> None:
        for task in list(self.case.tasks.values())[:1]:
            account = {self.chance.choice(ACCOUNTS): self.chance.choice(IDS)} if self.chance.random() < 0.5 else {}
            done = {"task": task.id, "instance": 1, "key": task.key, "element": task.element, "variables": {}}
            self._emit(e.TaskCompleted(meta=META, answers={}, facts=account, trace=Trace(), **done))

    def give(self) -> None:
        for task in list(self.case.tasks.values())[-1:]:
            if task.role not in FAMILY:
                self._emit(e.TaskReassigned(meta=META, task=task.id, to=self.chance.choice(IDS)))

    def share(self) -> None:
        with_ = self.chance.choice(["receiving_school", "provider"])
        org = self.chance.choice(SCHOOLS if with_ == "receiving_school" else PROVIDERS)
        self._emit(e.PackShared(meta=META, with_=with_, org=org))

    def revoke(self) -> None:
        for with_, org in list(self.case.shared_with.items())[:1]:
            self._emit(e.PackRevoked(meta=META, with_=with_, org=org))

    def account(self) -> None:
        name, person = self.chance.choice(ACCOUNTS), self.chance.choice([*IDS, None])
        if self.chance.random() < 0.5:
            self._emit(e.FactSet(meta=META, name=name, value=person))
        else:
            self._emit(e.AnswerCorrected(meta=META, task=0, field=name, value=person, fact=name))


def stored(house: House, chance: random.Random) -> list[Case]:
    """Random cases, in the log and in the read models."""
    lives = [Lives(number, house, chance) for number in range(1, CASES + 1)]
    now = datetime(2026, 9, 28, 9, tzinfo=UTC)
    for one in lives:
        appended = house.store.append(one.case.stream, 0, bytes(32), one.events, now)
        appended.positions.result(10)
    with psycopg.connect(house.url, autocommit=True) as connection:
        while house.projecting.work(connection):
            pass
    return [one.case for one in lives]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lists_hold_what_the_domain_lets_people_know_of(house: House, seed: int) -> None:
    chance = random.Random(seed)
    cases = stored(house, chance)
    known = 0

    for _ in range(PEOPLE):
        person = random_person(chance)
        allowed = {case.ref for case in cases if relation(person, case)}
        known += len(allowed)

        assert {listed.ref for listed in cases_of(house.database, person, 1000)} == allowed, person
        one = chance.choice(cases).ref
        assert {listed.ref for listed in search(house.database, person, 10, ref=one)} == allowed & {one}, person

    assert known > PEOPLE  # not empty everywhere


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_the_inbox_holds_what_a_person_may_work_on(house: House, seed: int) -> None:
    chance = random.Random(seed)
    cases = stored(house, chance)
    found = 0

    for _ in range(PEOPLE):
        person = random_person(chance)
        records_for_families = any((m.role, m.org) == ("caseworker", person.authority) for m in person.memberships)
        mine = {
            (case.ref, task.id)
            for case in cases
            for task in case.tasks.values()
            if is_for(person, case, task)
            or (records_for_families and case.authority == person.authority and task.role in FAMILY)
        }
        found += len(mine)

        assert {(row.ref, row.task) for row in inbox_of(house.database, person, 1000)} == mine, person

    assert found > PEOPLE
