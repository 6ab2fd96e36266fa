"""What an authority does about its findings, as the events of its stream add up to, and what may be done next."""

from datetime import date, datetime
from typing import Any

import msgspec

from services.case.domain import improvement_events as i
from services.case.domain.errors import (
    ActionUnknown,
    ReasonMissing,
    ReportUnknown,
    SurveyAnsweredAlready,
    SurveyClosedAlready,
    SurveyStillOpen,
    SurveyUnknown,
)
from services.case.domain.meta import Actor, Event


class Target(msgspec.Struct, frozen=True):
    """What a measure should reach; `agreed_by` is None once the key is destroyed."""

    measure: str
    period: str
    value: float
    agreed_by: str | None
    on: date


class Version(msgspec.Struct, frozen=True):
    """A version of a report or plan as it was published."""

    version: int
    period: str
    title: str
    document: str
    on: date
    by: Actor
    reason: str | None


class Report(msgspec.Struct):
    report: int
    kind: i.DocumentKind
    versions: list[Version] = []


class Action(msgspec.Struct):
    """`notes` with the day on which each was written."""

    action: int
    report: int
    finding: int
    measure: str
    due: date
    what: str | None
    owner: str | None
    agreed_on: date
    state: i.ActionState = "open"
    notes: list[tuple[date, str]] = []

    def standing(self, today: date) -> str:
        """`open`, `overdue`, `done` or `dropped`."""
        return "overdue" if self.state == "open" and self.due < today else self.state


class Survey(msgspec.Struct):
    """`answers` without those whose key is destroyed; `answered` digests of who has answered."""

    opened: i.SurveyOpened
    closed: bool = False
    answers: list[dict[str, Any]] = []
    answered: set[str] = set()
    summary: str = ""

    def is_open(self, now: datetime) -> bool:
        return not self.closed and now < self.opened.closes_at


class Improvement(msgspec.Struct):
    """The aggregate. `hash` and `version` are the last event's, as the store keeps them."""

    version: int = 0
    hash: bytes = bytes(32)
    targets: dict[tuple[str, str], Target] = {}
    reports: dict[int, Report] = {}
    actions: dict[int, Action] = {}
    surveys: dict[int, Survey] = {}

    def report(self, number: int) -> Report:
        """Raises ReportUnknown."""
        if number not in self.reports:
            raise ReportUnknown
        return self.reports[number]

    def issue(self, number: int, version: int | None) -> Version:
        """A version of a report, the last if none is named. Raises ReportUnknown."""
        versions = self.report(number).versions
        if version is None:
            return versions[-1]
        if not 1 <= version <= len(versions):
            raise ReportUnknown
        return versions[version - 1]

    def action(self, number: int) -> Action:
        """Raises ActionUnknown."""
        if number not in self.actions:
            raise ActionUnknown
        return self.actions[number]

    def survey(self, number: int) -> Survey:
        """Raises SurveyUnknown."""
        if number not in self.surveys:
            raise SurveyUnknown
        return self.surveys[number]

    def next_version(self, number: int | None, reason: str) -> tuple[int, int]:
        """Report and version of what is published now. Raises ReportUnknown, ReasonMissing."""
        if number is None:
            return len(self.reports) + 1, 1
        if not reason.strip():
            raise ReasonMissing
        return number, len(self.report(number).versions) + 1

    def answerable(self, number: int, once: str, now: datetime) -> Survey:
        """The survey, if whoever has this digest may still answer it. Raises SurveyUnknown, SurveyClosedAlready,
        SurveyAnsweredAlready."""
        survey = self.survey(number)
        if not survey.is_open(now):
            raise SurveyClosedAlready
        if once in survey.answered:
            raise SurveyAnsweredAlready
        return survey

    def over(self, number: int, now: datetime) -> Survey:
        """The survey, once nobody can answer it any more. Raises SurveyUnknown, SurveyStillOpen."""
        survey = self.survey(number)
        if survey.is_open(now):
            raise SurveyStillOpen
        return survey


def apply(state: Improvement, event: Event) -> None:
    """Change `state` to what it is after `event`, its next."""
    on, told = event.meta.effective_on, event.personal or {}
    match event:
        case i.TargetSet():
            key = (event.measure, event.period)
            state.targets[key] = Target(*key, event.value, told.get("agreed_by"), on)
        case i.ReportPublished():
            report = state.reports.setdefault(event.report, Report(event.report, event.kind))
            version = Version(
                event.version, event.period, event.title, event.document, on, event.meta.by, told.get("reason")
            )
            report.versions = [*report.versions, version]
        case i.ActionAgreed():
            state.actions[event.action] = Action(
                event.action, event.report, event.finding, event.measure, event.due, told.get("what"),
                told.get("owner"), on,
            )  # fmt: skip
        case i.ActionUpdated():
            action = state.actions[event.action]
            action.state, action.due, action.owner = event.state, event.due, told.get("owner") or action.owner
            if note := told.get("note"):
                action.notes = [*action.notes, (on, note)]
        case i.SurveyOpened():
            state.surveys[event.survey] = Survey(event)
        case i.SurveyAnswered() if told:
            survey = state.surveys[event.survey]
            survey.answers = [*survey.answers, told["answers"]]
            survey.answered = {*survey.answered, told["once"]}
        case i.SurveyClosed():
            state.surveys[event.survey].closed = True
        case i.SurveySummarised():
            state.surveys[event.survey].summary = event.document
