"""Small stories told to the log: a case, and what happened in it, day by day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

import psycopg

from contracts.chain import GENESIS
from services.case.application.reference import stream_of
from services.case.clock.periods import read_period
from services.case.clock.school_days import between
from services.case.domain import events as e
from services.case.domain import pupil_events as p
from services.case.domain.meta import Event, Meta
from services.case.domain.people import SYSTEM
from services.case.domain.pupil import Entry
from services.case.domain.trace import Trace
from services.case.projections.measures.catalogue import BY_ID
from services.case.projections.measures.counting import Scope
from services.case.projections.measures.figures import Counting, Figures
from services.case.wiring import House

Story = Callable[["Told"], None]
NONE = Trace()
POLICY, BUNDLE = "a" * 64, "b" * 64
OCTOBER = date(2026, 10, 5)  # a Monday of autumn term
numbers = count(1)


class Told:
    """A case under way. Each call says on which day it was. `sealed`: answers about the person."""

    def __init__(self, school: str = "900001", on: date = OCTOBER, authority: str = "937", **facts: Any) -> None:
        self.school = school
        self.ref = f"EP-2026-{next(numbers):06}"
        self.events: list[Event] = []
        self.upn, sealed = facts.pop("upn", None), facts.pop("sealed", {})
        self._tell(
            e.CaseOpened, on, ref=self.ref, process="exclusion_prevention", authority=authority, home_school=school,
            policy=POLICY, parties={}, form="referral", answers={}, facts={"home_school": school, **facts},
            personal={"answers": sealed, "facts": {"pupil_upn": self.upn} if self.upn else {}},
        )  # fmt: skip
        self._tell(
            e.ProcessStarted, on, instance=1, process="exclusion_prevention", bundle=BUNDLE, variables={}, trace=NONE
        )

    def _tell(self, kind: type[Event], on: date, **facts: Any) -> None:
        self.events.append(kind(meta=Meta(SYSTEM, on), **facts))

    def milestone(
        self, name: str, on: date, outcome: str = "", instance: int = 1, element: str = "", **fields: Any
    ) -> None:
        at = element or name.replace(".", "_")
        self._tell(e.Milestone, on, name=name, instance=instance, element=at, outcome=outcome, fields=fields)

    def form(self, form: str, on: date, instance: int = 1, task: int = 1, party: str = "", **answers: Any) -> None:
        facts = {name: answers[name] for name in ("provider", "receiving_school", "pex_risk") if name in answers}
        self._tell(
            e.TaskCompleted, on, task=task, instance=instance, key="", element=form, answers=answers, variables={},
            facts=facts, trace=NONE, form=form, party=party,
        )  # fmt: skip

    def exclusion(self, on: date, half_days: int = 2, instance: int = 1, revision: int = 1, **more: Any) -> None:
        entry: dict[str, Any] = {
            "id": f"{self.ref}-{instance}", "revision": revision, "kind": "SUSP", "authority": "937",
            "school": "900001", "start": on, "half_days": half_days, "terms": {"2026/27 autumn": half_days},
            "cancelled": False, **more,
        }  # fmt: skip
        self._tell(p.ExclusionNotified, on, instance=instance, entry=Entry(**entry), personal={"pupil": {}})

    def deadline(self, name: str, due: date, state: type[Event], strength: str = "LAW", late: bool = False) -> None:
        number = 1 + sum(isinstance(event, e.DeadlineSet) for event in self.events)
        at = datetime.combine(due, time(9), UTC)
        self._tell(
            e.DeadlineSet, due, deadline=number, name=name, title=name, duty=True, due=due, acts_at=at,
            how={}, strength=strength,
        )  # fmt: skip
        self._tell(state, due, deadline=number, **({"late": True} if late else {}))

    def correct_sealed(self, field: str, value: Any, on: date = OCTOBER) -> None:
        """An answer about the person on the start form."""
        sealed = {"reason": "Wrong.", "value": value}
        self._tell(e.AnswerCorrected, on, task=0, field=field, value=None, personal=sealed)

    def concern(self, on: date) -> None:
        self._tell(e.ConcernRaised, on, concern=1, personal={"about": "Felt pressed."})

    def correct(self, field: str, value: Any, task: int, on: date = OCTOBER, fact: str = "") -> None:
        self._tell(e.AnswerCorrected, on, task=task, field=field, value=value, fact=fact, personal={"reason": "Wrong."})

    def fact(self, name: str, value: Any, on: date) -> None:
        self._tell(e.FactSet, on, name=name, value=value)

    def close(self, on: date, outcome: str = "RESOLVED_STABLE") -> None:
        self._tell(e.CaseClosed, on, outcome=outcome)


def store(house: House, *told: Told) -> None:
    """Append the cases to the log."""
    at = datetime(2026, 10, 5, 9, tzinfo=UTC)
    appended = [house.store.append(stream_of(one.ref), 0, GENESIS, one.events, at) for one in told]
    for one in appended:
        one.positions.result(30)
        if one.key is not None:
            house.store.keys.keep(one.key)


def project(house: House) -> None:
    with psycopg.connect(house.url, autocommit=True) as connection:
        while house.projecting.work(connection):
            pass


def counting(house: House, today: date = date(2027, 7, 1), authority: str = "937") -> Counting:
    calendars = house.reference.calendars
    return Counting(house.database, lambda school, a, b: between(calendars.school(school, authority), a, b), today)


def figures(house: House, measure: str, period: str = "2026/27", by: str = "", **more: Any) -> Figures:
    scope = more.pop("scope", Scope("937"))
    return counting(house, **more).figures(BY_ID[measure], read_period(period), scope, by)
