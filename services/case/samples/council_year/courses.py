"""What happens to made-up pupils in a school year: referrals by season, rungs of the ladder, moves, placements,
suspensions and exclusions, on school days."""

import random
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from services.case.clock.school_calendar import DayBook
from services.case.samples.council_year.pupils import Pupil, drawn, pupil

LADDER = ("restorative", "internal_inclusion", "targeted_support", "short_term_off_site")
PROVIDERS = ("AP-1001", "AP-1002", "AP-1003")
DECLINES = ("year_full", "peer_conflict", "current_load", "cannot_meet_need")
HURRIED = 0.07  # part of the deadlines that are missed


class Happening(msgspec.Struct, frozen=True):
    """`what`: a milestone's name, or `suspended`, `excluded`, `form`, `due`, `closed`, `waits`."""

    on: date
    what: str
    outcome: str = ""
    fields: dict[str, Any] = {}


class Referred(msgspec.Struct, frozen=True):
    """A pupil referred on a day, and all that follows in order."""

    number: int
    pupil: Pupil
    on: date
    triage: str
    happenings: tuple[Happening, ...]


def upto(made_up: Iterable[Referred], day: date) -> Iterator[Referred]:
    """The referrals as they stand on a day: what is later has not happened yet."""
    for one in made_up:
        happened = tuple(happening for happening in one.happenings if happening.on <= day)
        if one.on <= day:
            over = any(happening.what in ("closed", "waits") for happening in happened)
            yield msgspec.structs.replace(one, happenings=happened if over else (*happened, Happening(day, "waits")))


class CouncilYear:
    """`schools` are URNs with pupils on roll; `book` the school days on which things happen. The same seed and number
    always give the same referral, whatever else is asked for."""

    def __init__(self, seed: int, start_year: int, authority: str, schools: Mapping[str, int], book: DayBook) -> None:
        self.seed = seed
        self.start_year = start_year
        self.authority = authority
        self.schools = schools
        self._days = book.year(start_year).days

    def referrals(self, count: int) -> Iterator[Referred]:
        """So many of the year, in no order of time."""
        return (self.referral(number) for number in range(1, count + 1))

    def referral(self, number: int) -> Referred:
        chance = random.Random(f"{self.seed} {number}")  # noqa: S311
        who = pupil(chance, number, self.authority, self.schools, self.start_year)
        month = int(drawn(chance, "months"))
        within = [day for day in self._days if day.month == month] or self._days
        course = _Course(chance, self._days, chance.choice(within), who, list(self.schools))
        return Referred(number, who, course.opened, *course.told())


class _Course:
    """One referral under way: `now` goes from school day to school day, and never beyond the year."""

    def __init__(self, chance: random.Random, days: list[date], opened: date, who: Pupil, schools: list[str]) -> None:
        self.chance, self.days, self.opened, self.who = chance, days, opened, who
        self.now = opened
        self.others = [school for school in schools if school != who.school] or schools
        self.happened: list[Happening] = []
        self.over = False

    def told(self) -> tuple[str, tuple[Happening, ...]]:
        triage = drawn(self.chance, "triage")
        self._tell("referral.submitted")
        self._due("triage", 0, 4)
        self._tell("referral.triaged", triage)
        if triage == "signpost":
            self._close("SIGNPOSTED")
        else:
            getattr(self, f"_{drawn(self.chance, 'courses')}")()
        self._suspensions()
        return triage, tuple(sorted(self.happened, key=lambda one: (one.on, one.what in ("closed", "waits"))))

    def _suspensions(self) -> None:
        for _ in range(int(drawn(self.chance, "suspensions"))):
            reasons = sorted({drawn(self.chance, "reasons") for _ in range(self.chance.choice((1, 1, 2, 3)))})
            fields = {"half_days": int(drawn(self.chance, "half_days")), "reasons": reasons}
            end = next((one.on for one in self.happened if one.what == "closed"), self.days[-1])
            span = [day for day in self.days if self.opened <= day <= end] or [self.opened]
            self.happened.append(Happening(self.chance.choice(span), "suspended", fields=fields))

    def _pass(self, fewest: int, most: int) -> None:
        """Let so many school days pass; the year's last is the last."""
        at = bisect_left(self.days, self.now) + self.chance.randint(fewest, most)
        self.over = self.over or at >= len(self.days)
        self.now = self.days[min(at, len(self.days) - 1)]

    def _tell(self, what: str, outcome: str = "", **fields: Any) -> None:
        if not self.over:
            self.happened.append(Happening(self.now, what, outcome, fields))

    def _due(self, name: str, fewest: int, most: int) -> None:
        """Something is owed and done, seldom late."""
        self._pass(fewest, most)
        state = "met" if self.chance.random() > HURRIED else "late"
        self._tell("due", state, name=name, strength=self.chance.choice(("LAW", "LOCAL", "LOCAL")))

    def _close(self, outcome: str) -> None:
        """The end, unless the year is over first: then it goes on in the next."""
        self._pass(1, 10)
        self.happened.append(Happening(self.now, "waits") if self.over else Happening(self.now, "closed", outcome))

    def _ladder(self) -> None:
        for rung in LADDER[: int(drawn(self.chance, "rungs"))]:
            self._pass(3, 10)
            self._tell("strategy.started", rung=rung)
            self._due("strategy_review", 10, 22)
            parent = "given" if self.chance.random() < 0.8 else "offered_not_given"
            self._tell("form", "strategy_review", pupil_view_given="given", parent_view_given=parent)
            self._tell("strategy.concluded", drawn(self.chance, "strategy_outcome"), rung=rung)

    def _supported(self) -> None:
        self._ladder()
        self._close("RESOLVED_STABLE")

    def _under_way(self) -> None:
        self._ladder()
        self.happened.append(Happening(self.now, "waits"))

    def _managed_move(self) -> None:
        self._ladder()
        self._tell("managed_move.proposed")
        if self.who.facts["sen_provision"] == "E":
            self._pass(5, 10)
            self._tell("managed_move.blocked", "ehcp")
            return self._close("EHCP_PLACEMENT_CHANGED")
        for school in self.chance.sample(self.others, min(len(self.others), self.chance.choice((1, 1, 1, 2, 3)))):
            self._tell("receiving_school.approached", receiving_school=school)
            self._due("reply", 2, 6)
            if self.chance.random() < 0.55:
                self._tell("receiving_school.accepted", receiving_school=school)
                return self._moved(school)
            reason = self.chance.choice(DECLINES)
            self._tell("receiving_school.declined", receiving_school=school, decline_reason=reason)
        self._tell("managed_move.ended", "no_school")
        return self._close("RESOLVED_STABLE")

    def _moved(self, school: str) -> None:
        self._pass(8, 20)
        self._tell("form", "terms", receiving_school=school)
        self._tell("managed_move.completed")
        for check in ("check_at_6", "check_at_12"):
            self._pass(28, 34)
            self._tell("managed_move.checked", drawn(self.chance, "check"), element=check)
        self._close("MANAGED_MOVE_COMPLETED")

    def _direction(self) -> None:
        self._ladder()
        intent = self.chance.random() < 0.7
        self._tell("off_site_direction.proposed")
        self._pass(8, 14)
        planned = self.now + timedelta(weeks=8)
        school = self.chance.choice(self.others)
        self._tell("form", "direction_notice", end_on=planned.isoformat(), receiving_school=school)
        self._tell("off_site_direction.started", intent=intent)
        self._pass(20, 45)
        self._tell("off_site_direction.ended", drawn(self.chance, "direction_outcome"), intent=intent)
        self._close("RESOLVED_STABLE")

    def _placement(self) -> None:
        self._ladder()
        self._pass(5, 15)
        weeks, provider = self.chance.randint(4, 12), self.chance.choice(PROVIDERS)
        self._tell("form", "choose_provider", provider=provider)
        self._tell("form", "provider_check", setting_type=drawn(self.chance, "setting"))
        cost = round(weeks * self.chance.uniform(240, 520), 2)
        self._tell("form", "placement_check", total_cost=cost, weeks=weeks)
        until = self.now + timedelta(weeks=weeks)
        self._tell("form", "commissioning_agreement", starts_on=self.now.isoformat(), ends_on=until.isoformat())
        self._tell("alternative_provision.commissioned")
        self._pass(weeks * 5 - 6, weeks * 5 + 10)
        sessions = {"sessions_offered": weeks * 6, "sessions_attended": round(weeks * 6 * self.chance.uniform(0.5, 1))}
        self._tell("form", "placement_end", final_cost=cost, destination="home_school", **sessions)
        self._tell("alternative_provision.ended", drawn(self.chance, "placement_outcome"))
        fields = {"coming_from": "alternative_provision", "destination": "home_school"}
        self._tell("reintegration.started", **fields)
        self._pass(40, 60)
        self._tell(f"reintegration.{'sustained' if self.chance.random() < 0.7 else 'broke_down'}", **fields)
        self._close("RESOLVED_STABLE")

    def _excluded(self) -> None:
        self._ladder()
        self._tell("excluded", reasons=[drawn(self.chance, "reasons")])
        begins = bisect_left(self.days, self.now) + self.chance.choice((4, 5, 5, 5, 7))
        self._tell("form", "provision", begins_on=self.days[min(begins, len(self.days) - 1)].isoformat())
        self._due("sixth_day", 4, 6)
        self._tell("sixth_day_provision.started")
        if self.chance.random() < 0.25:
            self._pass(20, 40)
            self._tell("independent_review_panel.decided", drawn(self.chance, "panel_decision"))
        self._close("PEX")
