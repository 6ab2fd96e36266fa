"""What clients do while something goes wrong: casework, suspensions that reach pupils' registers, school days."""

import random
from collections.abc import Callable, Generator
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import uuid4

import msgspec

from tests.api.desk import answers, pupil

KINDS = ("note", "correct", "claim", "draft", "complete", "see", "list")
FIRST_DAY, HALF_TERM = date(2026, 10, 5), date(2026, 10, 20)
HOW_OFTEN = (8, 1, 6, 3, 1, 1, 1)


class Command(msgspec.Struct, frozen=True):
    """A request that names itself, so that it takes effect once."""

    method: str
    path: str
    body: Any
    type: str = ""  # of the event that it brings about, if it always does
    by: str = "caseworker"
    key: str = msgspec.field(default_factory=lambda: str(uuid4()))


class Work(Protocol):
    """What one client does."""

    def next(self) -> Command | None:
        """The next command; None if that was all. Refused or not, the one after it makes sense."""
        ...

    def heard(self, body: Any) -> None:
        """What was answered to it."""
        ...


class Casework:
    """With one case after the other: opens one, claims its first task and gives it back, keeps drafts, completes it at
    some time, adds notes and corrections, looks; then begins with another."""

    def __init__(self, seed: int, per_case: int = 40) -> None:
        self._chance = random.Random(seed)
        self._per_case = per_case
        self._left = 0
        self._ref = ""
        self._claimed = self._completed = False

    def next(self) -> Command:
        if not self._left:
            self._left, self._claimed, self._completed = self._per_case - 1, False, False
            return opening()
        self._left -= 1
        kind = self._chance.choices(KINDS, HOW_OFTEN)[0]
        if kind in ("see", "list"):
            return Command("GET", f"/cases/{self._ref}" if kind == "see" else f"/tasks?case={self._ref}", None)
        if kind == "correct":
            return correction(self._ref, f"Sam {self._left}")
        if kind == "note" or self._completed:
            return note(self._ref)
        if kind == "draft":
            return draft(self._ref)
        if kind == "complete":
            self._completed = True
            return acceptance(self._ref)
        self._claimed = not self._claimed
        if self._claimed:
            return claim(self._ref)
        return Command("POST", f"/tasks/{self._ref}-1/release", {"reason": "Away."}, "case.task_released.v1")

    def heard(self, body: Any) -> None:
        if isinstance(body, dict) and body.get("ref"):
            self._ref = body["ref"]


def opening() -> Command:
    answered = pupil("exclusion_prevention")
    return Command("POST", "/cases", {"process": "exclusion_prevention", "answers": answered}, "case.opened.v1")


def acceptance(ref: str) -> Command:
    accept = {"answers": answers("exclusion_prevention", "accept")}
    return Command("POST", f"/tasks/{ref}-1/complete", accept, "case.task_completed.v1")


def claim(ref: str) -> Command:
    return Command("POST", f"/tasks/{ref}-1/claim", {}, "case.task_claimed.v1")


def draft(ref: str) -> Command:
    return Command("PUT", f"/tasks/{ref}-1/draft", {"answers": {"words": str(uuid4())}})


def note(ref: str) -> Command:
    return Command("POST", f"/cases/{ref}/notes", {"text": str(uuid4())}, "case.note_added.v1")


def correction(ref: str, forename: str) -> Command:
    body = {"field": "forename", "value": forename, "reason": "Wrong."}
    return Command("POST", f"/cases/{ref}/corrections", body, "case.answer_corrected.v1")


class SchoolDays:
    """An administrator reports that a school is closed on a day of October 2026, and takes it back; with the next day
    again, until half-term, and over from the beginning."""

    def __init__(self, school: str = "900003", skip: int = 0) -> None:
        self._school = school
        self._day = FIRST_DAY
        self._takes_back = False
        for _ in range(skip):
            self._another_day()
        self._closure = 0

    def next(self) -> Command:
        self._takes_back = bool(self._closure)
        if self._takes_back:
            path, self._closure = f"/calendars/closures/{self._closure}/withdraw", 0
            return Command("POST", path, {"because": "wrong_days"}, "authority.closure_withdrawn.v1", "admin")
        self._another_day()
        body = {"schools": [self._school], "days": [self._day.isoformat()], "reason": "weather"}
        return Command("POST", "/calendars/closures", body, "authority.schools_closed.v1", "admin")

    def _another_day(self) -> None:
        self._day += timedelta(days=3 if self._day.weekday() == 4 else 1)
        if self._day > HALF_TERM:
            self._day = FIRST_DAY

    def heard(self, body: Any) -> None:
        self._closure = 0 if self._takes_back else body.get("closure") or 0


Steps = Generator[Command, Any, None]


class Script:
    """The commands that a generator gives, which is sent what was answered to each."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._heard: Any = None

    def next(self) -> Command | None:
        try:
            return self._steps.send(self._heard)
        except StopIteration:
            return None

    def heard(self, body: Any) -> None:
        self._heard = body


def suspension(before_notice: Callable[[], None] = lambda: None) -> Steps:
    """A head suspends a pupil, on the morning of 28 September 2026. The notice brings it into the pupil's register."""
    body = {"process": "suspension", "answers": pupil("suspension", "pupil_k", home_school="900001")}
    now = yield Command("POST", "/cases", body, "case.opened.v1", "home-head")
    now = yield _answered(now, "two_days", start_on="2026-09-28", incident_on="2026-09-25", return_on="2026-09-30")
    if now["open_tasks"][0]["element"] == "weigh":
        now = yield _answered(now, "weigh_issue")
    before_notice()
    yield _answered(now, "notice", told_on="2026-09-28", notice_on="2026-09-28", board_told_on="2026-09-28")


def suspensions() -> Steps:
    """One pupil after the other."""
    while True:
        yield from suspension()


def _answered(now: Any, name: str, **changes: str) -> Command:
    (task, *_) = now["open_tasks"]
    given = {"answers": answers("suspension", name, **changes)}
    return Command("POST", f"/tasks/{task['task']}/complete", given, "case.task_completed.v1", "home-head")
