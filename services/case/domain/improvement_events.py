"""Everything that can happen on the way from a finding to a change: targets, reports and plans as published, actions on
what they found, and surveys.

An authority has one stream of these beside its administration, with a key: who agreed to what, reasons, owners and the
answers of surveys are sealed with it.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

import msgspec

from services.case.domain.meta import Event

ActionState = Literal["open", "done", "dropped"]
DocumentKind = Literal["report", "plan"]
Option = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One of a survey: a `choice` among `options`, a `scale` from 1 to 5, or `words`, which are never published."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    kind: Literal["choice", "scale", "words"] = "choice"
    options: Annotated[tuple[Option, ...], msgspec.Meta(max_length=20)] = ()


class TargetSet(Event, frozen=True, kw_only=True):
    """The authority wants a measure to reach a value in a period. Personal: `agreed_by`, `reason`."""

    TOPIC: ClassVar = "authority.target_set.v1"

    authority: str
    measure: str
    period: str
    value: float


class ReportPublished(Event, frozen=True, kw_only=True):
    """A report or plan was published: its first version, or another. `document`: the hash by which it is kept, with the
    figures as they were. Personal: `reason` of another version."""

    TOPIC: ClassVar = "authority.report_published.v1"

    authority: str
    report: int
    version: int
    kind: DocumentKind
    period: str
    document: str
    title: str


class ActionAgreed(Event, frozen=True, kw_only=True):
    """Somebody takes on something that follows from a finding of a report: it should move a measure by its due date.
    Personal: `what`, `owner`."""

    TOPIC: ClassVar = "authority.action_agreed.v1"

    authority: str
    action: int
    report: int
    finding: int
    measure: str
    due: date


class ActionUpdated(Event, frozen=True, kw_only=True):
    """An action is done, dropped or open again, or is due on another day. Personal: `note`, and `owner` if it is
    another."""

    TOPIC: ClassVar = "authority.action_updated.v1"

    authority: str
    action: int
    state: ActionState
    due: date


class SurveyOpened(Event, frozen=True, kw_only=True):
    """People in these roles are asked about a version of a report or plan, until a moment."""

    TOPIC: ClassVar = "authority.survey_opened.v1"

    authority: str
    survey: int
    report: int
    version: int
    audience: list[str]
    closes_at: datetime
    title: str
    contact: str
    questions: list[Question]


class SurveyAnswered(Event, frozen=True, kw_only=True):
    """Somebody answered, without a name. Personal: `answers`, and `once`, a digest of who with a secret key, so that
    nobody answers twice."""

    TOPIC: ClassVar = "authority.survey_answered.v1"

    authority: str
    survey: int


class SurveyClosed(Event, frozen=True, kw_only=True):
    """A survey was closed before its time. Personal: `reason`."""

    TOPIC: ClassVar = "authority.survey_closed.v1"

    authority: str
    survey: int


class SurveySummarised(Event, frozen=True, kw_only=True):
    """What was answered was published, without small numbers. `document`: the hash by which the summary is kept."""

    TOPIC: ClassVar = "authority.survey_summarised.v1"

    authority: str
    survey: int
    document: str
