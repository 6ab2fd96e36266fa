"""What becomes of words that are owed to somebody: how people are reached, reminders, and what the channels tell.

`notice` in these events is the version, in the same case, of the event that made the words due; `to` a party or role as
it was named there.
"""

from datetime import date, datetime
from typing import ClassVar, Literal

from services.case.domain.meta import Event

Channel = Literal[
    "portal",  # to be read where people sign in
    "email",  # says only that there is something to read
    "sms",  # the same
    "letter",
    "hand",
    "call",
]
FailedBecause = Literal[
    "no_address",  # nothing is known by which the person could be reached
    "restricted",  # contact is limited: a person decides how
    "incomplete",  # the words have a gap, and what the law prescribes is never sent with one
    "not_received",  # the address does not exist, or does not take messages
    "refused",  # the channel does not take it
    "expired",  # it was not sent while the words were at hand
    "unknown",  # it may have been sent or not, and nobody can tell
]


class ContactRecorded(Event, frozen=True, kw_only=True):
    """How a party is reached was recorded, in place of what was known. Personal: `contact` (`contacts.Contact`)."""

    TOPIC: ClassVar = "case.contact_recorded.v1"

    party: str


class ReminderDue(Event, frozen=True, kw_only=True):
    """A duty is owed in so many days of the kind in which it is counted, 0 on its day, -1 once it was missed; whoever
    owes it is told. `next_at`: when the next reminder of it comes."""

    TOPIC: ClassVar = "case.reminder_due.v1"

    deadline: int
    days: int
    to: list[str]
    next_at: datetime | None = None


class NoticeSent(Event, frozen=True, kw_only=True):
    """Words left for somebody, or lie ready to be read. Of a letter: the day of posting, and the day on which it counts
    as given where the law says so."""

    TOPIC: ClassVar = "case.notice_sent.v1"

    notice: int
    to: str
    channel: Channel
    posted_on: date | None = None
    deemed_on: date | None = None


class NoticeDelivered(Event, frozen=True, kw_only=True):
    """The channel says that the words arrived."""

    TOPIC: ClassVar = "case.notice_delivered.v1"

    notice: int
    to: str
    channel: Channel


class NoticeFailed(Event, frozen=True, kw_only=True):
    """Words did not reach somebody, or nobody can tell whether they did. A person sees to it, in the process instance
    of that number."""

    TOPIC: ClassVar = "case.notice_failed.v1"

    notice: int
    to: str
    because: FailedBecause
    channel: Channel | Literal[""] = ""
    instance: int = 0
