"""What requests may say. A field that is not here is refused."""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from services.case.domain.authority_events import CalendarReason, ClosureReason, RoleReason, WithdrawalReason
from services.case.domain.lifecycle import OUTCOMES
from services.case.domain.people import Role

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]
Reason = Annotated[str, msgspec.Meta(max_length=2_000)]
Needed = Annotated[
    str, msgspec.Meta(max_length=2_000, extra_json_schema={"minLength": 1, "pattern": r"[^\s\x1c-\x1f\x85]"})
]
Outcome = Annotated[str, msgspec.Meta(min_length=1, max_length=100, extra_json_schema={"enum": list(OUTCOMES)})]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
PersonId = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
Urn = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]
Upn = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][0-9]{11}[0-9A-Z]$")]
Flag = Literal["", "true", "false", "1", "0"]
Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
Place = Annotated[int, msgspec.Meta(ge=0, le=2**62)]


def is_on(flag: str | None) -> bool:
    """A flag of a query: `?late` and `?late=true` say the same."""
    return flag is not None and flag not in ("false", "0")


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every body may say on which day what it tells was true, if not today."""

    effective_on: date | None = None


class OpenCase(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`answers` are those of the process's start form (`GET /processes`)."""

    process: Code
    answers: dict[str, Any]
    confirm_new: bool = False


class CompleteTask(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`method` says how a party answered for whom the answer is recorded."""

    answers: dict[str, Any] = {}
    reason: Reason = ""
    method: Literal["", "phone", "paper", "in_person"] = ""


class Because(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    reason: Reason = ""


class Reasoned(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The reason is needed, and asked for last: what has happened in between is told first."""

    reason: Needed = ""


class Nothing(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Nothing needs to be said."""


class Merge(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`former_upn` is the same pupil's as `upn`."""

    upn: Upn
    former_upn: Upn
    reason: Needed


class Split(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The entries of these ids in the register of `upn` are those of the pupil of `other_upn`."""

    upn: Upn
    other_upn: Upn
    entries: Annotated[list[Code], msgspec.Meta(min_length=1, max_length=200)]
    reason: Needed


class Reassign(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    to: PersonId
    reason: Needed = ""


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Answers as far as they go; nothing is checked until the task is completed."""

    answers: dict[str, Any]


class Note(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    text: Text


class Concern(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    about: Text


class Correction(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`task` as in the list of tasks, or none for the form that opened the case."""

    task: Code | None = None
    field: Code
    value: Any
    reason: Needed = ""


class Close(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    outcome: Outcome
    reason: Needed = ""


class StartProcess(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    process: Code
    reason: Reason = ""


class ImportCalendar(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`calendar` is the text of a calendar file (TOML, as in `bpmn/calendars/`)."""

    calendar: Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]
    because: CalendarReason


class ReportClosure(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Days on which `schools` (all of the authority's, if none is named) had or have no session after all."""

    days: Annotated[list[date], msgspec.Meta(min_length=1, max_length=60)]
    reason: ClosureReason
    schools: Annotated[list[Urn], msgspec.Meta(max_length=2_000)] = []


class WithdrawClosure(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """It was reported by mistake."""

    because: WithdrawalReason


class ChangeRole(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`person`: the id that the provider gives at which they sign in · `org`: a school's URN, a provider's id or the
    authority's code."""

    person: PersonId
    role: Role
    org: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,40}$")]
    because: RoleReason


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name, unique pupil number or reference; what is personal never stands in an address."""

    name: Annotated[str, msgspec.Meta(min_length=2, max_length=160)] | None = None
    upn: Annotated[str, msgspec.Meta(min_length=13, max_length=13)] | None = None
    ref: Annotated[str, msgspec.Meta(max_length=20)] | None = None


class NewFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`case`: the reference of its case, "" for one that comes with the form that opens a case. `called` and `content`
    are those of the file itself."""

    content: bytes
    called: str
    case: str = ""
    description: Annotated[str, msgspec.Meta(max_length=500)] = ""


class SetClock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A moment with its offset, such as 2026-11-03T09:00:00+00:00."""

    now: Annotated[str, msgspec.Meta(max_length=40)]


class TaskQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mine: Flag | None = None
    team: Flag | None = None
    late: Flag | None = None
    process: Code | None = None
    case: Code | None = None
    cursor: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    limit: Limit = 50


class CaseQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    status: Literal["open", "held", "closed"] | None = None
    process: Code | None = None
    cursor: Place | None = None
    limit: Limit = 50


class EventQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    after: Place = 0
    limit: Limit = 100


class StateQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Place | None = None
    known_at: Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"format": "date-time"})] | None = None
    effective_on: date | None = None


class FeedQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    topic: Literal["case.events.v1", "authority.events.v1", "case.access.v1", "case.contacts.v1"] = "case.events.v1"
    after: Place = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100
    wait: Annotated[int, msgspec.Meta(ge=0, le=30)] = 0
