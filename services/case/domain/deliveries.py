"""What a case knows of words on their way to people. Each delivery goes to one party or role; `folding.py` keeps it."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from services.case.domain import delivery_events as n

if TYPE_CHECKING:
    from services.case.domain.case import Case


class Delivery(msgspec.Struct, omit_defaults=True):
    """`state`: sent, delivered or failed · `because` it failed · `instance` in which a person sees to it."""

    state: str
    channel: str = ""
    because: str = ""
    instance: int = 0
    posted_on: str = ""
    deemed_on: str = ""


def key_of(notice: int, to: str) -> str:
    """By which a case keeps a delivery: the version of what made the words due, and to whom."""
    return f"{notice}:{to}"


def _sent(case: "Case", event: n.NoticeSent) -> None:
    posted_on, deemed_on = _iso(event.posted_on), _iso(event.deemed_on)
    sent = Delivery("sent", event.channel, posted_on=posted_on, deemed_on=deemed_on)
    case.deliveries[key_of(event.notice, event.to)] = sent


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _delivered(case: "Case", event: n.NoticeDelivered) -> None:
    delivery = case.deliveries.setdefault(key_of(event.notice, event.to), Delivery("delivered"))
    delivery.state, delivery.channel, delivery.because = "delivered", event.channel, ""


def _failed(case: "Case", event: n.NoticeFailed) -> None:
    delivery = case.deliveries.setdefault(key_of(event.notice, event.to), Delivery("failed"))
    delivery.state, delivery.because, delivery.instance = "failed", event.because, event.instance
    delivery.channel = event.channel or delivery.channel


def _contact(case: "Case", event: n.ContactRecorded) -> None:
    case.contacts[event.party] = (event.personal or {}).get("contact", {})


def _reminded(case: "Case", event: n.ReminderDue) -> None:
    deadline = case.deadlines.get(event.deadline)
    if deadline is not None and event.days >= 0:
        deadline.reminders = {days: day for days, day in deadline.reminders.items() if days < event.days}


APPLY: dict[type, Callable[[Any, Any], None]] = {
    n.NoticeSent: _sent,
    n.NoticeDelivered: _delivered,
    n.NoticeFailed: _failed,
    n.ContactRecorded: _contact,
    n.ReminderDue: _reminded,
}
