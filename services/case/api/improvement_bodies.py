"""What requests about targets, reports, actions and surveys may say, as `bodies`."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

import msgspec

from services.case.api.bodies import Body, Code, Needed, Reason
from services.case.api.measure_bodies import PERIOD, PeriodName
from services.case.application.reports import Finding
from services.case.domain.improvement_events import ActionState, Question
from services.case.domain.people import Role
from services.case.projections.measures.catalogue import BY_ID

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, extra_json_schema={"pattern": r"[^\s\x1c-\x1f\x85]"})]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]
Number = Annotated[int, msgspec.Meta(ge=1, le=10**6)]
MeasureId = Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"enum": list(BY_ID)})]
Named = Annotated[str, msgspec.Meta(pattern=PERIOD)]
Role_ = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(get_args(Role))}, min_length=1, max_length=40)]


class SetTarget(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`value` in the measure's unit."""

    measure: MeasureId
    period: Named
    value: Annotated[float, msgspec.Meta(ge=0, le=10**9)]
    agreed_by: Line
    reason: Reason = ""


class Publish(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A report on a period, or a plan for one. Its figures are counted as it is published."""

    title: Line
    period: Named
    summary: Words
    kind: Literal["report", "plan"] = "report"
    themes: Annotated[list[Line], msgspec.Meta(max_length=20)] = []
    findings: Annotated[list[Finding], msgspec.Meta(max_length=50)] = []


class PublishAgain(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Another version; the ones before stay as they are."""

    title: Line
    period: Named
    summary: Words
    reason: Needed = ""
    themes: Annotated[list[Line], msgspec.Meta(max_length=20)] = []
    findings: Annotated[list[Finding], msgspec.Meta(max_length=50)] = []


class AgreeAction(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody takes on, and which measure it should move. `finding` is its number in the report."""

    report: Number
    finding: Number
    measure: MeasureId
    what: Line
    owner: Line
    due: date


class UpdateAction(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is not said stays as it is."""

    state: ActionState | None = None
    due: date | None = None
    owner: Annotated[str, msgspec.Meta(max_length=200)] = ""
    note: Reason = ""


class OpenSurvey(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """About a version of a report or plan, the last if none is named. `contact`: an office, never a person by name."""

    report: Number
    title: Line
    contact: Line
    closes_at: Annotated[datetime, msgspec.Meta(tz=True)]
    audience: Annotated[list[Role_], msgspec.Meta(min_length=1, max_length=18)]
    questions: Annotated[list[Question], msgspec.Meta(min_length=1, max_length=30)]
    version: Number | None = None


class AnswerSurvey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """By the id of each question. Nobody has to answer all."""

    answers: Annotated[dict[Code, Any], msgspec.Meta(min_length=1, max_length=30)]


class VersionQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`version`: the last if none is named."""

    version: Number | None = None


class DemandQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    period: PeriodName = ""


class ActionQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    state: Literal["open", "overdue", "done", "dropped"] | None = None
    report: Number | None = None
