"""What the checks of a form may ask about, for one case on one day."""

import re
from collections.abc import Callable, Container
from datetime import date
from typing import Any, cast

from services.case.application.exclusions import (
    Period,
    cap,
    days_in_words,
    follows_on,
    overlaps,
    school_year_of,
)
from services.case.application.ladder import standing
from services.case.application.reference import Reference
from services.case.clock.calendar import days_between
from services.case.clock.deadlines import DeadlineRule, compute
from services.case.clock.other_days import look_back_has_passed
from services.case.clock.rules import LAW_KEYS, law, law_number
from services.case.clock.school_calendar import DayBook, is_school_day
from services.case.clock.school_days import nth_day, school_days_between, school_weeks, within
from services.case.domain.case import Case
from services.case.domain.pupil import Kind, Session
from services.case.domain.pupil_register import Register
from services.case.process.exclusion_checks import Proposed, YearOfDays

NOTICE = DeadlineRule(
    title="Notice of an off-site direction",
    kind="duty",
    rule="before",
    strength="LAW",
    basis="SI 2010/1156 as amended",
    policy="osd.noticeSchoolDaysBeforeStart",
    calendar="both",
)


class Around:
    """Answers `process.checks.Circumstances`."""

    def __init__(
        self,
        case: Case,
        today: date,
        reference: Reference,
        register: Callable[[], Register] | None = None,
        coming: Container[str] = (),
    ) -> None:
        """`coming`: files that the case will have once it is open."""
        self._register = register
        self._coming = coming
        self.today = today
        self.home_school = case.home_school
        self._case = case
        self._reference = reference

    def _book(self, school: str, answers: dict[str, Any]) -> DayBook:
        calendars = self._reference.calendars_of(self._case.authority, self.home_school, self._receiving(answers))
        return (calendars.receiving or calendars.home) if school == "receiving" else calendars.home

    def _receiving(self, answers: dict[str, Any]) -> str | None:
        return answers.get("receiving_school") or self._case.facts.get("receiving_school")

    def is_school_day(self, school: str, day: date, answers: dict[str, Any]) -> bool:
        return is_school_day(self._book(school, answers), day)

    def school_days_after(self, day: date, count: int) -> date:
        return within(self._book("home", {}), count, day).due

    def last_day_for_notice(self, start: date, answers: dict[str, Any]) -> date:
        """The last day on which a notice can be served for a start, at both schools (domain section 6.1)."""
        calendars = self._reference.calendars_of(self._case.authority, self.home_school, self._receiving(answers))
        return compute(NOTICE, start, calendars, self._reference.policy(self._case.policy)).due

    def middle_of(self, start: date, end: date) -> date:
        """The school day on which half of the home school's days of a period are over."""
        book = self._book("home", {})
        days = school_days_between(book, start, end)
        return nth_day(book, max((days + 1) // 2, 1), start).due

    def is_rung(self, code: str) -> bool:
        return any(rung.code == code for rung in self._reference.policy(self._case.policy).ladder.rungs)

    def why_not(self, kind: str, id: str) -> str | None:
        if kind == "file":
            there = id in self._case.files or id in self._coming
            return None if there else "Choose a file that was added to this case."
        refusal = self._reference.directory.refusal(kind, id, self._case.authority, self.today)
        return str(refusal) if refusal else None

    def full_time_fault(self, provider: str) -> str | None:
        """Why the provider cannot teach the pupil full-time (domain section 5.2, registration threshold)."""
        found = self._reference.directory.providers.get((self._case.authority, provider))
        facts = self._case.facts
        return found.full_time_fault(facts.get("sen_provision") == "E" or facts.get("cla") == "yes") if found else None

    def ladder_gaps(self) -> list[str]:
        policy = self._reference.policy(self._case.policy)
        gaps: list[str] = standing(self._case, policy.ladder, self._book("home", {}), self.today)["gaps"]
        return gaps

    def school_days_in(self, school: str, first: date, last: date, answers: dict[str, Any]) -> int:
        book = self._book(school, answers)
        return sum(is_school_day(book, day) for day in days_between(first, last))

    def end_of_school_weeks(self, school: str, count: int, start: date, answers: dict[str, Any]) -> date:
        return school_weeks(self._book(school, answers), count, start).due

    def policy(self, key: str) -> Any:
        """A value of the council's policy, or what the law fixes today."""
        return law(key, self.today).value if key in LAW_KEYS else self._reference.policy(self._case.policy)[key]

    def fact(self, name: str) -> Any:
        return self._case.facts.get(name)

    def has_reached(self, milestone: str) -> bool:
        return milestone in self._case.milestones

    def tells_who(self, text: str) -> bool:
        """Whether a text has a name, the date of birth or the number of the pupil in it."""
        personal, words = self._case.personal, text.casefold()
        names = [str(personal.get(f"pupil_{part}") or "").casefold() for part in ("forename", "surname", "upn")]
        born = str(personal.get("pupil_dob") or "")
        written = [born, "/".join(reversed(born.split("-")))] if born else []
        return any(re.search(rf"\b{re.escape(said)}\b", words) for said in [*names, *written] if said)

    def review_is_owed(self, last: date, asked_on: date) -> bool:
        """SI 2010/1156 regulation 4A: unless there was a review in the ten weeks before."""
        weeks = law_number("osd.parentReviewRequest.lookbackWeeks", asked_on)
        return look_back_has_passed(last, asked_on, weeks)

    def is_code(self, set: str, code: str, on: date) -> bool:
        return self._reference.codes.is_in_force(set, code, on)

    def year_of_days(self, period: Proposed) -> YearOfDays:
        """The cap of 45 school days in a school year, over all schools (SI 2012/1033)."""
        register, put = self._of_pupil(), _period(period)
        check = cap(register, put, self._book("home", {}), self._lunchtime())
        used = register.by_school(school_year_of(period.start))
        return YearOfDays(check.allowed, self._places(used), days_in_words(check.left))

    def _places(self, used: dict[tuple[str, str], int]) -> list[str]:
        """Where the pupil was suspended for how long; of other councils' schools only the sum is told."""
        mine = {school: n for (authority, school), n in used.items() if authority == self._case.authority}
        others = sum(used.values()) - sum(mine.values())
        places = [f"{days_in_words(n)} at {self._name(school)}" for school, n in mine.items()]
        return places + ([f"{days_in_words(others)} at schools of other councils"] if others else [])

    def _name(self, school: str) -> str:
        known = self._reference.schools.get(school)
        return known.name if known else f"the school {school}"

    def overlaps(self, period: Proposed) -> bool:
        return overlaps(self._of_pupil(), self.home_school, _period(period), self._book("home", {}))

    def follows_on(self, period: Proposed) -> bool:
        return follows_on(self._of_pupil(), self.home_school, _period(period), self._book("home", {}))

    def _of_pupil(self) -> Register:
        assert self._register is not None, "a form with such a check is answered in a case"
        return self._register()

    def _lunchtime(self) -> int:
        return int(self._reference.policy(self._case.policy)["lunchtime.halfDayUnits"])


def _period(put: Proposed) -> Period:
    return Period(cast(Kind, put.kind), put.start, put.half_days, cast(Session, put.session))
