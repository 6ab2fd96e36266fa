"""Rules of a form that depend on more than its answers: on calendars, the council's policy, the law, or the case.
Each gives None if all is well, else a sentence, or "" for the form's own."""

from datetime import date, timedelta
from typing import Any, Protocol

ONE_DAY = timedelta(days=1)


class CaseAround(Protocol):
    """What these checks may ask about. `school` is `home` or `receiving`."""

    today: date

    def is_school_day(self, school: str, day: date, answers: dict[str, Any]) -> bool: ...
    def school_days_in(self, school: str, first: date, last: date, answers: dict[str, Any]) -> int: ...
    def end_of_school_weeks(self, school: str, count: int, start: date, answers: dict[str, Any]) -> date: ...
    def policy(self, key: str) -> Any: ...
    def has_reached(self, milestone: str) -> bool: ...
    def tells_who(self, text: str) -> bool: ...
    def review_is_owed(self, last: date, asked_on: date) -> bool: ...


def _date(name: str, answers: dict[str, Any]) -> date | None:
    return date.fromisoformat(answers[name]) if answers.get(name) else None


def no_gap(check: dict[str, Any], answers: dict[str, Any], around: CaseAround) -> str | None:
    """No day with school, at either school, lies between the day `of` and the field's."""
    first, last = _date(check["of"], answers), date.fromisoformat(answers[check["field"]])
    if first is None:
        return None
    between = (first + n * ONE_DAY for n in range(1, (last - first).days))
    missed = any(around.is_school_day(school, day, answers) for day in between for school in ("home", "receiving"))
    return "" if missed else None


def within_days(check: dict[str, Any], answers: dict[str, Any], around: CaseAround) -> str | None:
    """No more calendar days after the day `of` than a `policy`, or the law, says."""
    start = _date(check["of"], answers)
    late = start is not None and date.fromisoformat(answers[check["field"]]) > start + _policy_days(check, around)
    return "" if late else None


def at_least_days(check: dict[str, Any], answers: dict[str, Any], around: CaseAround) -> str | None:
    """No fewer calendar days after the day `of`, or today, than a `policy` says, so that people hear of it in time;
    `unless` that is answered."""
    if answers.get(check.get("unless", "")):
        return None
    start = around.today if check["of"] == "today" else _date(check["of"], answers)
    early = start is not None and date.fromisoformat(answers[check["field"]]) < start + _policy_days(check, around)
    return "" if early else None


def _policy_days(check: dict[str, Any], around: CaseAround) -> timedelta:
    """A `count` that the form names with the law, or what a `policy` says."""
    return timedelta(days=int(check["count"] if "count" in check else around.policy(check["policy"])))


def within_policy_weeks(check: dict[str, Any], answers: dict[str, Any], around: CaseAround) -> str | None:
    """No later than so many school weeks from the day `of` as the council's policy says, unless `unless` is answered.

    Of several `policies` the first that says something counts; of a list of weeks, the first. `grace`: so many weeks
    more, where something is to come after so many.
    """
    start = _date(check["of"], answers)
    if start is None or answers.get(check.get("unless", "")):
        return None
    values = [around.policy(key) for key in check["policies"]]
    found = next(value for value in values if value not in ([], None))
    weeks = found[0] if isinstance(found, list) else found
    last = around.end_of_school_weeks(check.get("calendar", "home"), weeks + check.get("grace", 0), start, answers)
    if date.fromisoformat(answers[check["field"]]) <= last:
        return None
    return f"{check['message']} Your council’s policy is {weeks} school weeks: by {last:%d/%m/%Y} at the latest."


def school_days_in(check: dict[str, Any], answers: dict[str, Any], around: CaseAround) -> str | None:
    """The number is that of the school days from the day `from` to the day `to`, both counted."""
    first, last = _date(check["from"], answers), _date(check["to"], answers)
    if first is None or last is None or last < first:
        return None
    count = around.school_days_in(check.get("calendar", "home"), first, last, answers)
    return None if answers[check["field"]] == count else f"{check['message']} It is {count}."


def review_owed(check: dict[str, Any], answers: dict[str, Any], around: CaseAround) -> str | None:
    """The `answer` to decline a review stands only if there was one in the weeks before that the law names, or if
    whoever asked has no `right` to it."""
    if answers[check["field"]] != check["answer"] or answers.get(check["right"]) == "no":
        return None
    asked_on, last = _date(check["asked_on"], answers), _date(check["last"], answers)
    if asked_on is None:
        return None
    return "" if last is None or around.review_is_owed(last, asked_on) else None


def not_by_policy(check: dict[str, Any], answers: dict[str, Any], around: CaseAround) -> str | None:
    """The `answer` cannot be given where the council's `policy` has one of these `values`."""
    ruled_out = around.policy(check["policy"]) in check["values"]
    return "" if answers[check["field"]] == check["answer"] and ruled_out else None


def after_milestone(check: dict[str, Any], answers: dict[str, Any], around: CaseAround) -> str | None:
    """The `answer` can be given only once the case has reached the milestone; with `reached: false`, only if not."""
    if answers[check["field"]] != check["answer"]:
        return None
    return None if around.has_reached(check["milestone"]) == check.get("reached", True) else ""


def anonymous(check: dict[str, Any], answers: dict[str, Any], around: CaseAround) -> str | None:
    """The words do not tell who the pupil is: no name, date of birth or pupil number."""
    return "" if around.tells_who(answers[check["field"]]) else None
