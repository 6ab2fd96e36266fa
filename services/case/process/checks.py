"""Rules across the fields of a form, from a closed list. Each gives None if all is well, else a sentence, or "" for the
sentence that the form itself has for it."""

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any, Protocol

from services.case.process import case_checks, exclusion_checks
from services.case.process.unlawful import lawful_instead

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


class Circumstances(case_checks.CaseAround, exclusion_checks.Suspending, Protocol):
    """What a check may ask about: today, the schools' calendars, the pupil's school, the authority's rules."""

    today: date
    home_school: str

    def is_school_day(self, school: str, day: date, answers: dict[str, Any]) -> bool: ...
    def school_days_after(self, day: date, count: int) -> date: ...
    def last_day_for_notice(self, start: date, answers: dict[str, Any]) -> date: ...
    def middle_of(self, start: date, end: date) -> date: ...
    def is_rung(self, code: str) -> bool: ...
    def why_not(self, kind: str, id: str) -> str | None: ...
    def full_time_fault(self, provider: str) -> str | None: ...
    def ladder_gaps(self) -> list[str]: ...
    def policy(self, key: str) -> Any: ...
    def fact(self, name: str) -> Any: ...


Check = Callable[[dict[str, Any], dict[str, Any], Circumstances], str | None]


def upn_is_right(upn: str) -> bool:
    """Whether a unique pupil number has its right check letter; temporary ones end in a letter (DfE UPN guide).

    >>> upn_is_right("B801200005001"), upn_is_right("A801200005001"), upn_is_right("W88540102401A")
    (True, False, True)
    """
    if not re.fullmatch(r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]", upn):
        return False
    last = UPN_LETTERS.index(upn[12]) if upn[12].isalpha() else int(upn[12])
    total = sum(int(digit) * weight for weight, digit in enumerate(upn[1:12], 2)) + last * 13
    return UPN_LETTERS[total % 23] == upn[0] and upn[1:4] != "000"


def _upn(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    return None if upn_is_right(answers[check["field"]]) else ""


def _age(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    born = date.fromisoformat(answers[check["field"]])
    today = around.today
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return None if check["from"] <= age <= check["to"] else ""


def _day(name: str, answers: dict[str, Any], around: Circumstances) -> date | None:
    if name == "today":
        return around.today
    return date.fromisoformat(answers[name]) if answers.get(name) else None


def _not_before(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    other = _day(check["than"], answers, around)
    return None if other is None or date.fromisoformat(answers[check["field"]]) >= other else ""


def _not_after(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    other = _day(check["than"], answers, around)
    return None if other is None or date.fromisoformat(answers[check["field"]]) <= other else ""


def _school_day(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    day = date.fromisoformat(answers[check["field"]])
    return None if around.is_school_day(check.get("calendar", "home"), day, answers) else ""


def _within_school_days(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    start = _day(check.get("of", "today"), answers, around)
    if start is None:
        return None
    count = (check["count"] if "count" in check else around.policy(check["policy"])) - check.get("inclusive", False)
    last = around.school_days_after(start, count) if count else start
    return None if date.fromisoformat(answers[check["field"]]) <= last else ""


def _by_half(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    start, end = _day(check["start"], answers, around), _day(check["end"], answers, around)
    if start is None or end is None or end < start:
        return None
    last = around.middle_of(start, end)
    if date.fromisoformat(answers[check["field"]]) <= last:
        return None
    return f"{check['message']} That is {_long(last)}."


def _rising(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    values = [item[check["of"]] for item in answers[check["field"]] if check["of"] in item]
    return None if all(earlier < later for earlier, later in pairwise(values)) else ""


def _among(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    return None if answers[check["field"]] in (around.fact(check["fact"]) or []) else ""


def _different_school(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    return None if answers[check["field"]] != around.home_school else ""


def _notice_period(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    start = _day(check["start"], answers, around)
    if start is None:
        return None
    last = around.last_day_for_notice(start, answers)
    if date.fromisoformat(answers[check["field"]]) <= last:
        return None
    return f"{check['message']} For a start on {_long(start)} it had to be served by {_long(last)}."


def _lawful_outcome(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    return lawful_instead(str(answers[check["field"]]))


def _rung(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    return None if around.is_rung(answers[check["field"]]) else ""


def _may_teach_full_time(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    if answers.get(check["pattern"]) != check["when"]:
        return None
    fault = around.full_time_fault(answers[check["field"]])
    return f"{check['message']} {fault}" if fault else None


def _ladder_ready(check: dict[str, Any], answers: dict[str, Any], around: Circumstances) -> str | None:
    if answers[check["field"]] != check["when"]:
        return None
    gaps = around.ladder_gaps()
    return f"{check['message']} Still missing: {'; '.join(gaps)}." if gaps else None


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


CHECKS: dict[str, Check] = {
    "upn": _upn,
    "age": _age,
    "not_before": _not_before,
    "not_after": _not_after,
    "school_day": _school_day,
    "within_school_days": _within_school_days,
    "by_half": _by_half,
    "rising": _rising,
    "among": _among,
    "different_school": _different_school,
    "notice_period": _notice_period,
    "lawful_outcome": _lawful_outcome,
    "rung": _rung,
    "may_teach_full_time": _may_teach_full_time,
    "ladder_ready": _ladder_ready,
    "within_cap": exclusion_checks.within_cap,
    "new_suspension": exclusion_checks.new_suspension,
    "in_force": exclusion_checks.in_force,
    "no_gap": case_checks.no_gap,
    "within_days": case_checks.within_days,
    "at_least_days": case_checks.at_least_days,
    "within_policy_weeks": case_checks.within_policy_weeks,
    "school_days_in": case_checks.school_days_in,
    "review_owed": case_checks.review_owed,
    "not_by_policy": case_checks.not_by_policy,
    "after_milestone": case_checks.after_milestone,
    "anonymous": case_checks.anonymous,
}
