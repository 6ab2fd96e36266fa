"""Rules of suspension and permanent exclusion across the fields of a form (SI 2012/1033): the days of a school year, no
extension, reasons in force. Each gives None if all is well, else a sentence, or "" for the form's own."""

from datetime import date
from typing import Any, Protocol

import msgspec

NOT_EXTENDED = (
    "A suspension cannot be extended or turned into a permanent exclusion. In exceptional cases a new one, with its "
    "own reasons and notice, can start straight after it."
)


class Proposed(msgspec.Struct, frozen=True):
    """A suspension that a form puts: half days, or lunchtimes, from `start` and that session on."""

    kind: str
    start: date
    half_days: int
    session: str


class YearOfDays(msgspec.Struct, frozen=True):
    """The days of suspension in a school year with the one proposed: whether they keep within the law's 45, and, in
    words, where those before were and what is left."""

    allowed: bool
    used: list[str]
    left: str


class Suspending(Protocol):
    """What these checks may ask about."""

    def is_code(self, set: str, code: str, on: date) -> bool: ...
    def year_of_days(self, period: Proposed) -> YearOfDays: ...
    def overlaps(self, period: Proposed) -> bool: ...
    def follows_on(self, period: Proposed) -> bool: ...


def _proposed(check: dict[str, Any], answers: dict[str, Any]) -> Proposed | None:
    """The suspension that the fields of a form put; None while one is not answered. A form that only says how many
    half days a pupil was out names no `kind`."""
    start, half_days = answers.get(check["start"]), answers.get(check["half_days"])
    if start is None or half_days is None:
        return None
    kind, session = answers.get(check.get("kind", ""), "SUSP"), answers.get(check.get("session", ""), "morning")
    return Proposed(kind, date.fromisoformat(start), half_days, session)


def within_cap(check: dict[str, Any], answers: dict[str, Any], around: Suspending) -> str | None:
    period = _proposed(check, answers)
    if period is None:
        return None
    year = around.year_of_days(period)
    if year.allowed:
        return None
    used = f" This school year so far: {'; '.join(year.used)}." if year.used else ""
    return f"{check['message']}{used} What is left: {year.left}."


def new_suspension(check: dict[str, Any], answers: dict[str, Any], around: Suspending) -> str | None:
    period = _proposed(check, answers)
    if period is None or period.kind != "SUSP":
        return None
    if around.overlaps(period):
        return f"The pupil is suspended from your school on one of these days already. {NOT_EXTENDED}"
    return "" if around.follows_on(period) and not answers.get(check["exceptional"]) else None


def in_force(check: dict[str, Any], answers: dict[str, Any], around: Suspending) -> str | None:
    on = answers.get(check["on"])
    given = answers[check["field"]]
    codes = given if isinstance(given, list) else [given]
    wrong = [code for code in codes if on and not around.is_code(check["set"], code, date.fromisoformat(on))]
    return f"{check['message']} {', '.join(wrong)}." if wrong else None
