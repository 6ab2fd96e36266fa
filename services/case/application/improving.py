"""From a finding to a change: what may happen to an authority's targets, reports, actions and surveys. Each gives what
`StreamsOfAuthorities.change` asks for."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from services.case.application.reference import NAMESPACE
from services.case.application.streams_of_authorities import StreamsOfAuthorities
from services.case.clock.now import Clock
from services.case.domain import improvement_events as i
from services.case.domain.errors import AnswersInvalid, BodyInvalid, ReasonMissing
from services.case.domain.improvement import Improvement, Survey, apply
from services.case.domain.meta import Actor, Event, Meta
from services.case.store.database import Database
from services.case.store.event_store import EventStore
from services.case.store.mapper import Recorded

KEEP = "INSERT INTO artefacts (hash, kind, name, body) VALUES (%s, %s, %s, %s) ON CONFLICT (hash) DO NOTHING"
KEPT = "SELECT body FROM artefacts WHERE hash = %s AND kind = %s"
SOMEBODY = "anonymous"
LONGEST_ANSWER = 2_000  # characters


def improvement_stream(code: str) -> UUID:
    """The stream of what an authority does about its findings."""
    return uuid5(NAMESPACE, f"improvement {code}")


class Improving:
    """An authority's stream, followed."""

    def __init__(self, code: str) -> None:
        self.stream = improvement_stream(code)
        self.version = 0
        self.hash = bytes(32)
        self.is_now = Improvement()

    def follow(self, recorded: Recorded) -> None:
        self.version, self.hash = recorded.version, recorded.row.hash
        apply(self.is_now, recorded.event)


class Improvements(StreamsOfAuthorities[Improving]):
    """What all authorities do about their findings."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        super().__init__(store, clock, Improving)


Decide = Callable[[Improving, Meta], tuple[list[Event], bytes]]


def keep_document(database: Database, kind: str, name: str, document: Any) -> str:
    """Keep what is published, as it is, by its hash; the hash."""
    body = msgspec.json.encode(document, order="sorted")
    hash = hashlib.sha256(body).hexdigest()
    database.execute(KEEP, [hash, kind, name, body])
    return hash


def kept_document(database: Database, kind: str, hash: str) -> bytes:
    """The bytes that were published under that hash."""
    row = database.row(KEPT, [hash, kind])
    assert row is not None, hash
    return bytes(row[0])


def _answer(**what: Any) -> bytes:
    return msgspec.json.encode(what)


def set_target(code: str, measure: str, period: str, value: float, agreed_by: str, reason: str) -> Decide:
    """The last one for a measure and period counts."""

    def decide(state: Improving, meta: Meta) -> tuple[list[Event], bytes]:
        sealed = {"agreed_by": agreed_by, "reason": reason}
        event = i.TargetSet(meta=meta, authority=code, measure=measure, period=period, value=value, personal=sealed)
        return [event], _answer(measure=measure, period=period, value=value)

    return decide


def publish(
    code: str, report: int | None, kind: i.DocumentKind, period: str, title: str, document: str, reason: str
) -> Decide:
    """A report or plan, or another version of one, which needs a reason. Raises ReportUnknown, ReasonMissing."""

    def decide(state: Improving, meta: Meta) -> tuple[list[Event], bytes]:
        number, version = state.is_now.next_version(report, reason)
        same = state.is_now.reports[number].kind if report is not None else kind
        event = i.ReportPublished(
            meta=meta, authority=code, report=number, version=version, kind=same, period=period, document=document,
            title=title, personal={"reason": reason} if reason else None,
        )  # fmt: skip
        return [event], _answer(report=number, version=version, hash=document)

    return decide


def agree_action(code: str, report: int, finding: int, measure: str, due: date, what: str, owner: str) -> Decide:
    """Raises ReportUnknown."""

    def decide(state: Improving, meta: Meta) -> tuple[list[Event], bytes]:
        state.is_now.report(report)
        number = len(state.is_now.actions) + 1
        event = i.ActionAgreed(
            meta=meta, authority=code, action=number, report=report, finding=finding, measure=measure, due=due,
            personal={"what": what, "owner": owner},
        )  # fmt: skip
        return [event], _answer(action=number)

    return decide


def update_action(code: str, number: int, to: i.ActionState | None, due: date | None, owner: str, note: str) -> Decide:
    """What is not given stays as it is. Raises ActionUnknown."""

    def decide(state: Improving, meta: Meta) -> tuple[list[Event], bytes]:
        action = state.is_now.action(number)
        event = i.ActionUpdated(
            meta=meta, authority=code, action=number, state=to or action.state, due=due or action.due,
            personal={"note": note, "owner": owner},
        )  # fmt: skip
        return [event], _answer(action=number, state=event.state, due=event.due)

    return decide


def open_survey(code: str, report: int, version: int | None, asked: dict[str, Any], now: datetime) -> Decide:
    """Ask about a version of a report or plan. Raises ReportUnknown, BodyInvalid where it closes before it opens."""

    def decide(state: Improving, meta: Meta) -> tuple[list[Event], bytes]:
        issue = state.is_now.issue(report, version)
        if asked["closes_at"] <= now:
            raise BodyInvalid([{"pointer": "/closes_at", "detail": "A survey closes at a time that is yet to come."}])
        number = len(state.is_now.surveys) + 1
        event = i.SurveyOpened(meta=meta, authority=code, survey=number, report=report, version=issue.version, **asked)
        return [event], _answer(survey=number, report=report, version=issue.version)

    return decide


def answer_survey(code: str, number: int, role: str, answers: dict[str, Any], once: str, now: datetime) -> Decide:
    """An answer without a name. Raises SurveyUnknown, SurveyClosedAlready, SurveyAnsweredAlready, AnswersInvalid."""

    def decide(state: Improving, meta: Meta) -> tuple[list[Event], bytes]:
        survey = state.is_now.answerable(number, once, now)
        _check(survey, answers)
        nobody = Meta(Actor(SOMEBODY, role), meta.effective_on)
        sealed = {"answers": answers, "once": once}
        return [i.SurveyAnswered(meta=nobody, authority=code, survey=number, personal=sealed)], _answer(survey=number)

    return decide


def _check(survey: Survey, answers: dict[str, Any]) -> None:
    questions = {question.id: question for question in survey.opened.questions}
    wrong = [
        {"pointer": f"/answers/{id}", "detail": said}
        for id, value in answers.items()
        if (said := _fault(questions.get(id), value))
    ]
    if wrong:
        raise AnswersInvalid(wrong)


def _fault(question: i.Question | None, value: Any) -> str:
    if question is None:
        return "There is no such question."
    match question.kind:
        case "choice" if value not in question.options:
            return f"Answer with one of: {', '.join(question.options)}."
        case "scale" if isinstance(value, bool) or value not in (1, 2, 3, 4, 5):
            return "Answer with 1 to 5."
        case "words" if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ANSWER:
            return f"Answer in up to {LONGEST_ANSWER:,} characters."
    return ""


def close_survey(code: str, number: int, reason: str, now: datetime) -> Decide:
    """Before its time. Raises SurveyUnknown, ReasonMissing; nothing happens where it is closed."""

    def decide(state: Improving, meta: Meta) -> tuple[list[Event], bytes]:
        survey = state.is_now.survey(number)
        if not reason.strip():
            raise ReasonMissing
        if not survey.is_open(now):
            return [], _answer(survey=number)
        event = i.SurveyClosed(meta=meta, authority=code, survey=number, personal={"reason": reason})
        return [event], _answer(survey=number)

    return decide


def summarise(code: str, number: int, document: str, now: datetime) -> Decide:
    """What was answered is published. Raises SurveyUnknown, SurveyStillOpen."""

    def decide(state: Improving, meta: Meta) -> tuple[list[Event], bytes]:
        if state.is_now.over(number, now).summary == document:
            return [], _answer(survey=number, hash=document)
        event = i.SurveySummarised(meta=meta, authority=code, survey=number, document=document)
        return [event], _answer(survey=number, hash=document)

    return decide
