"""Deadlines as a process names them in `process.toml`, and the date that such a rule gives."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, Protocol

import msgspec

from services.case.clock import other_days, school_days
from services.case.clock.due_date import DueDate, earlier_of, later_of
from services.case.clock.refused import FileRefused, key_and_reason
from services.case.clock.rules import LAW_KEYS, law
from services.case.clock.school_calendar import WORKING_DAYS, DayBook

# A notice period whose days an authority may choose to count leniently, and the key that says so.
COUNTED_BY = {"osd.noticeSchoolDaysBeforeStart": "osd.noticeCounting"}
LENIENT = "LENIENT"


class DeadlineRefused(FileRefused):
    """This table is not a deadline."""


class CountUnknown(ValueError):
    """The policy does not give this deadline a number."""

    def __init__(self, key: str, value: object) -> None:
        super().__init__(f"{key} should be a number of days or weeks, and is {value!r}")


class PolicyValues(Protocol):
    """The authority's values by key."""

    def __getitem__(self, key: str, /) -> object: ...


class DeadlineRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One `[deadlines.x]`: how many of what, counted how, from a day that the process gives.

    `rule`: `within` so many after the day · `before`: so many clear days ahead of it · `inclusive`: so many
    school days of which it is the first · `on`: the day itself.
    `kind`: a duty is owed by somebody and can be missed; a wait ends on its day.
    `calendar`: whose days; `both` is the date safe for both schools, the earlier for a duty or a notice and
    the later for a wait.
    """

    title: str
    kind: Literal["duty", "wait"]
    rule: Literal["within", "before", "on", "inclusive"]
    strength: Literal["LAW", "GUIDANCE", "LOCAL"]
    basis: str
    count: int | None = None
    policy: str | None = None
    unit: Literal["school_days", "working_days", "calendar_days", "school_weeks", "calendar_weeks"] = "school_days"
    calendar: Literal["home", "receiving", "both"] = "home"


class Calendars(msgspec.Struct, frozen=True):
    """The days of the two schools of a case; the receiving school may not be known yet."""

    home: DayBook
    receiving: DayBook | None = None


def read_deadline(table: Mapping[str, object], file: str, name: str) -> DeadlineRule:
    """The rule in a table `[deadlines.<name>]` of a file. Raises DeadlineRefused with file and key."""
    key = f"deadlines.{name}"
    try:
        rule = msgspec.convert(table, DeadlineRule)
    except msgspec.ValidationError as error:
        where, reason = key_and_reason(error)
        raise DeadlineRefused(file, f"{key}.{where}" if where else key, reason) from error
    for where, reason in _faults(rule):
        raise DeadlineRefused(file, f"{key}.{where}", reason)
    return rule


def _faults(rule: DeadlineRule) -> list[tuple[str, str]]:
    faults = []
    if rule.rule == "on" and (rule.count is not None or rule.policy is not None):
        faults.append(("count", "a deadline on the day itself counts nothing"))
    if rule.rule != "on" and (rule.count is None) == (rule.policy is None):
        faults.append(("count", "give either count or policy"))
    if rule.count is not None and rule.count < 1:
        faults.append(("count", f"{rule.count} is too small: day 1 is the first that can be due"))
    if rule.rule == "before" and rule.unit == "school_weeks":
        faults.append(("unit", "school weeks are counted forwards only"))
    if rule.rule == "inclusive" and rule.unit != "school_days":
        faults.append(("unit", "inclusive counts school days"))
    faults += [(key, "is empty") for key in ("title", "basis") if not getattr(rule, key).strip()]
    return faults


def compute(rule: DeadlineRule, anchor: date, calendars: Calendars, policy: PolicyValues) -> DueDate:
    """The date of a deadline that counts from `anchor`; for `before`, the day that the notice is ahead of.

    A number fixed by law is that of the law on the day of the anchor, whatever the policy says.
    Where the receiving school's days are asked for and it is not known, the home school's stand in,
    provisionally.
    Raises CountUnknown where the policy has no number, DateOutOfReach outside 1990 to 2100.
    """
    if rule.rule == "on":
        return other_days.on(anchor)
    count = _count(rule, anchor, policy)
    if count == 0:
        return other_days.on(anchor)
    if rule.unit in ("calendar_days", "calendar_weeks"):
        counted = other_days.after if rule.rule == "within" else other_days.ahead
        return counted(count, rule.unit, anchor)
    lenient = rule.policy in COUNTED_BY and policy[COUNTED_BY[rule.policy]] == LENIENT
    if rule.unit == "working_days":
        return _counted(rule, WORKING_DAYS, count, anchor, lenient)
    books = [calendars.home] if rule.calendar != "receiving" else []
    if rule.calendar != "home":
        books.append(calendars.receiving or calendars.home)
    dues = [_counted(rule, book, count, anchor, lenient) for book in books]
    chosen = later_of(dues) if rule.kind == "wait" and rule.rule == "within" else earlier_of(dues)
    if rule.calendar == "home" or calendars.receiving is not None:
        return chosen
    note = "the receiving school is not known: the home school's days are counted"
    return msgspec.structs.replace(chosen, provisional=True, assumed=(*chosen.assumed, note))


def _counted(rule: DeadlineRule, book: DayBook, count: int, anchor: date, lenient: bool) -> DueDate:
    if rule.unit == "school_weeks":
        return school_days.school_weeks(book, count, anchor)
    if rule.rule == "within":
        return school_days.within(book, count, anchor)
    if rule.rule == "inclusive":
        return school_days.nth_day(book, count, anchor)
    return school_days.before(book, count, anchor, lenient=lenient)


def _count(rule: DeadlineRule, anchor: date, policy: PolicyValues) -> int:
    if rule.policy is None:
        assert rule.count is not None
        return rule.count
    value = law(rule.policy, anchor).value if rule.policy in LAW_KEYS else policy[rule.policy]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise CountUnknown(rule.policy, value)
    return value
