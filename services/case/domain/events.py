"""Everything that can happen to a case, in the order of a case's life.

Each event has facts, which a machine needs and which stay in clear, and may have a `personal` part, which is sealed
with the case's own key; each docstring says what is in it. `meta` says who, when it was true, and why it came about;
when it was recorded is the store's to say.
"""

from datetime import date, datetime
from typing import Any, ClassVar, Literal

import msgspec

from services.case.domain.meta import Event
from services.case.domain.trace import Trace

MovedBecause = Literal[
    "unplanned_closure",  # a school was closed on a day on which its calendar has it open
    "calendar_changed",
    "calendar_arrived",  # it was counted provisionally, without the school's own calendar
]
DestroyedBecause = Literal[
    "retention_ended",
    "opened_in_error",
    "unlawful",  # should never have been kept
    "court_order",
    "other",
]


class CaseOpened(Event, frozen=True, kw_only=True):
    """A referral was accepted for casework. Personal: `answers` and `facts` that are about the person."""

    TOPIC: ClassVar = "case.opened.v1"

    ref: str
    process: str
    authority: str
    home_school: str
    policy: str
    parties: dict[str, str]
    form: str
    answers: dict[str, Any]
    facts: dict[str, Any]


class ProcessStarted(Event, frozen=True, kw_only=True):
    """A process instance began: the case's first, or one that another (`starter`) or a person started. One that goes on
    `aside` does not keep the case open, and is not ended with it."""

    TOPIC: ClassVar = "case.process_started.v1"

    instance: int
    process: str
    bundle: str
    variables: dict[str, Any]
    trace: Trace
    starter: int = 0
    aside: bool = False


class TaskOffered(Event, frozen=True, kw_only=True):
    """A task waits for somebody: for `person` where one party must answer, else for the role in the organisation."""

    TOPIC: ClassVar = "case.task_offered.v1"

    task: int
    instance: int
    key: str
    element: str
    role: str
    org: str
    party: str = ""
    person: str = ""
    agreement: str = ""


class DeadlineSet(Event, frozen=True, kw_only=True):
    """A day was set. `how` is its explanation (`clock.due_date`); `acts_at` the moment from which it has passed, or,
    for a wait, has come. A duty belongs to a task, a wait to a timer of the process; both may be true. `calendars`:
    the place in the log of the last change of calendars that it was counted with. `reminders`: the days on which
    whoever owes it is told, by how many days ahead that is, counted as the deadline is."""

    TOPIC: ClassVar = "case.deadline_set.v1"

    deadline: int
    name: str
    title: str
    duty: bool
    due: date
    acts_at: datetime
    how: dict[str, Any]
    strength: str = "LOCAL"
    provisional: bool = False
    instance: int = 0
    timer: str = ""
    task: int = 0
    calendars: int = 0
    reminders: dict[int, date] = {}


class TaskClaimed(Event, frozen=True, kw_only=True):
    """Somebody took a task on."""

    TOPIC: ClassVar = "case.task_claimed.v1"

    task: int
    person: str


class TaskReleased(Event, frozen=True, kw_only=True):
    """Somebody gave a task back to the team. Personal: `reason`."""

    TOPIC: ClassVar = "case.task_released.v1"

    task: int


class TaskReassigned(Event, frozen=True, kw_only=True):
    """A task was given to somebody else. Personal: `reason`."""

    TOPIC: ClassVar = "case.task_reassigned.v1"

    task: int
    to: str


class TaskCompleted(Event, frozen=True, kw_only=True):
    """A task was done. Personal: `answers` and `facts` that are about the person; `reason` where one was given."""

    TOPIC: ClassVar = "case.task_completed.v1"

    task: int
    instance: int
    key: str
    element: str
    answers: dict[str, Any]
    variables: dict[str, Any]
    facts: dict[str, Any]
    trace: Trace
    form: str = ""
    party: str = ""
    method: str = ""


class TaskCancelled(Event, frozen=True, kw_only=True):
    """A task is no longer needed: the process went another way."""

    TOPIC: ClassVar = "case.task_cancelled.v1"

    task: int


class TimerFired(Event, frozen=True, kw_only=True):
    """The day that a process waited for has come."""

    TOPIC: ClassVar = "case.timer_fired.v1"

    instance: int
    key: str
    deadline: int
    trace: Trace


class MessageReceived(Event, frozen=True, kw_only=True):
    """Something that a process awaited was made known to it, such as a party's withdrawal. Personal: `reason`."""

    TOPIC: ClassVar = "case.message_received.v1"

    instance: int
    message: str
    payload: dict[str, Any]
    trace: Trace


class FactSet(Event, frozen=True, kw_only=True):
    """A fact of the case changed."""

    TOPIC: ClassVar = "case.fact_set.v1"

    name: str
    value: Any


class TermsIssued(Event, frozen=True, kw_only=True):
    """The terms of an agreement were issued to be agreed to; a new version makes earlier answers void."""

    TOPIC: ClassVar = "case.terms_issued.v1"

    version: int
    hash: str
    task: int


class NoticeDue(Event, frozen=True, kw_only=True):
    """Words are owed to somebody: the notice of this name in the bundle of this instance, to these parties or roles."""

    TOPIC: ClassVar = "case.notice_due.v1"

    notice: str
    instance: int
    to: list[str]
    statutory: bool = False


class PackShared(Event, frozen=True, kw_only=True):
    """The information pack is open to a school or provider."""

    TOPIC: ClassVar = "case.pack_shared.v1"

    with_: str = msgspec.field(name="with")
    org: str


class PackRevoked(Event, frozen=True, kw_only=True):
    """The information pack is closed to a school or provider."""

    TOPIC: ClassVar = "case.pack_revoked.v1"

    with_: str = msgspec.field(name="with")
    org: str


class DeadlineMet(Event, frozen=True, kw_only=True):
    """What was owed was done in time, or the day waited for has come."""

    TOPIC: ClassVar = "case.deadline_met.v1"

    deadline: int
    late: bool = False


class DeadlineMissed(Event, frozen=True, kw_only=True):
    """The day passed and what was owed is still owed."""

    TOPIC: ClassVar = "case.deadline_missed.v1"

    deadline: int


class DeadlineMoved(Event, frozen=True, kw_only=True):
    """A deadline has another day, and the old one is kept here with the reason. Or the same day, provisional before and
    certain now."""

    TOPIC: ClassVar = "case.deadline_moved.v1"

    deadline: int
    was: date
    due: date
    acts_at: datetime
    how: dict[str, Any]
    because: MovedBecause
    provisional: bool = False
    task: int = 0
    calendars: int = 0
    reminders: dict[int, date] = {}


class DeadlineWithdrawn(Event, frozen=True, kw_only=True):
    """Nothing is owed or awaited any more: the process went another way."""

    TOPIC: ClassVar = "case.deadline_withdrawn.v1"

    deadline: int


class ProcessEnded(Event, frozen=True, kw_only=True):
    """A process instance is over."""

    TOPIC: ClassVar = "case.process_ended.v1"

    instance: int
    outcome: str = ""


class NoteAdded(Event, frozen=True, kw_only=True):
    """Somebody wrote a note. Personal: `text`."""

    TOPIC: ClassVar = "case.note_added.v1"

    note: int


class AnswerCorrected(Event, frozen=True, kw_only=True):
    """An answer was superseded; the old one stays where it was. Personal: `reason`, and `value` if it is personal."""

    TOPIC: ClassVar = "case.answer_corrected.v1"

    task: int
    field: str
    value: Any = None
    fact: str = ""


class ConcernRaised(Event, frozen=True, kw_only=True):
    """Somebody feels, or sees somebody, put under pressure; the case pauses. Personal: `about`."""

    TOPIC: ClassVar = "case.concern_raised.v1"

    concern: int


class CaseHeld(Event, frozen=True, kw_only=True):
    """The case pauses. Personal: `reason`."""

    TOPIC: ClassVar = "case.held.v1"


class CaseResumed(Event, frozen=True, kw_only=True):
    """The case goes on. Personal: `reason`."""

    TOPIC: ClassVar = "case.resumed.v1"


class CaseClosed(Event, frozen=True, kw_only=True):
    """The case is over, with an outcome code of domain section 2.5. Personal: `reason`."""

    TOPIC: ClassVar = "case.closed.v1"

    outcome: str


class CaseReopened(Event, frozen=True, kw_only=True):
    """A closed case is open again. Personal: `reason`."""

    TOPIC: ClassVar = "case.reopened.v1"


class SubjectKeyDestroyed(Event, frozen=True, kw_only=True):
    """The key of this stream was destroyed: everything personal in it can never be read again. Why is a code, for words
    would stay in clear."""

    TOPIC: ClassVar = "case.key_destroyed.v1"

    because: DestroyedBecause


class Milestone(Event, frozen=True, kw_only=True):
    """A business event that a diagram declares. Its stored type is its own: `managed_move.completed.v1`."""

    TOPIC: ClassVar = ""

    name: str
    instance: int
    element: str
    outcome: str = ""
    fields: dict[str, Any] = {}
