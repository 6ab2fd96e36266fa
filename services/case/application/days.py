"""When a deadline is: what a diagram says, made a day and the moment at which it has passed or come."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import msgspec

from services.case.application.reference import Reference
from services.case.application.reminding import reminders
from services.case.clock import other_days
from services.case.clock.deadlines import compute
from services.case.clock.due_date import DueDate
from services.case.clock.now import LONDON
from services.case.domain.case import Case
from services.case.process.bundle import Bundle
from services.case.process.expressions import Deadline, Duration, Moment, Timing

DURATION = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<Mo>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<H>\d+)H)?(?:(?P<Mi>\d+)M)?(?:(?P<S>\d+)S)?)?$"
)


class Day(msgspec.Struct, frozen=True):
    """A deadline to be set: its name and title, day, moment, how and with which calendars it was counted, and the days
    on which whoever owes it is told, by how many days ahead."""

    name: str
    title: str
    duty: bool
    due: date
    acts_at: datetime
    how: dict[str, Any]
    strength: str = "LOCAL"
    provisional: bool = False
    calendars: int = 0
    reminders: dict[int, date] = {}


def day_of(timing: Timing, element: str, bundle: Bundle, case: Case, now: datetime, today: date, ref: Reference) -> Day:
    """The day that a timer or due date of the diagram means, for this case, seen today."""
    match timing:
        case Deadline(name, anchor):
            return counted(name, bundle, date.fromisoformat(anchor) if anchor else today, case, ref)
        case Duration(iso):
            moment = after(iso, now)
            day = moment.astimezone(LONDON).date()
            how = {"rule": "after", "duration": iso, "anchor": today.isoformat(), "due": day.isoformat()}
            return Day(element, bundle.elements[element].name, False, day, moment, how)
        case Moment(iso) if "T" not in iso:
            day = date.fromisoformat(iso)
            return Day(element, bundle.elements[element].name, False, day, midnight(day), as_facts(other_days.on(day)))
        case Moment(iso):
            moment = datetime.fromisoformat(iso).astimezone(UTC)
            day = moment.astimezone(LONDON).date()
            return Day(element, bundle.elements[element].name, False, day, moment, as_facts(other_days.on(day)))
    raise TypeError(f"a cycle is given out one round at a time, not {timing}")


def counted(name: str, bundle: Bundle, anchor: date, case: Case, ref: Reference) -> Day:
    """A named deadline of a process, counted from a day with the calendars in force."""
    as_of = ref.calendars.as_of  # asked first: were calendars to change now, this would be counted again
    rule = ref.deadline_rule(bundle, name)
    calendars = ref.calendars_of(case.authority, case.home_school, case.facts.get("receiving_school"))
    due = compute(rule, anchor, calendars, ref.policy(case.policy))
    duty = rule.kind == "duty"
    whole = duty or rule.rule != "on"  # a day waited for comes with its morning, else it must have passed
    moment = midnight(due.due + timedelta(days=1) if whole else due.due)
    told = dict(reminders(due.due, rule, calendars)) if duty else {}
    return Day(name, rule.title, duty, due.due, moment, as_facts(due), rule.strength, due.provisional, as_of, told)


def as_facts(due: DueDate) -> dict[str, Any]:
    """As it is stored, so that a live case and one that is loaded have the same."""
    facts: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(due))
    return facts


def midnight(day: date) -> datetime:
    """The first moment of a day in England, in UTC."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def after(iso: str, start: datetime) -> datetime:
    """The moment an ISO 8601 duration after `start`; months and days by the calendar and clock in England."""
    found = DURATION.match(iso)
    assert found, iso
    n = {name: int(value or 0) for name, value in found.groupdict().items()}
    local = start.astimezone(LONDON)
    months = local.year * 12 + local.month - 1 + n["Y"] * 12 + n["Mo"]
    year, month = divmod(months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    moved = local.replace(year=year, month=month + 1, day=min(local.day, last)) + timedelta(weeks=n["W"], days=n["D"])
    return moved.astimezone(UTC) + timedelta(hours=n["H"], minutes=n["Mi"], seconds=n["S"])
