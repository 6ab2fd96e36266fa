"""What the checks of a form may ask about, for one case on one day."""

from datetime import date
from typing import Any

from services.case.application.ladder import standing
from services.case.application.reference import Reference
from services.case.clock.deadlines import DeadlineRule, compute
from services.case.clock.school_calendar import DayBook, is_school_day
from services.case.clock.school_days import nth_day, school_days_between, within
from services.case.domain.case import Case

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

    def __init__(self, case: Case, today: date, reference: Reference) -> None:
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

    def policy(self, key: str) -> Any:
        return self._reference.policy(self._case.policy)[key]

    def fact(self, name: str) -> Any:
        return self._case.facts.get(name)
