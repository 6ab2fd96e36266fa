"""Surveys on a report or plan: asked of roles, answered without a name until a moment, published as a summary."""

import asyncio
from typing import Any

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.api.directory import for_authority
from services.case.api.reports import improve, improving
from services.case.application.improving import (
    answer_survey,
    close_survey,
    keep_document,
    kept_document,
    open_survey,
    summarise,
)
from services.case.application.survey_summary import summary_of
from services.case.domain.errors import NotAllowed, SurveyUnknown
from services.case.domain.improvement import Survey
from services.case.domain.people import Membership, Person
from services.case.domain.permissions import ACTIONS


def _asked(person: Person, survey: Survey) -> Membership | None:
    """The membership in which a survey asks the person, None if it does not."""
    return next((m for m in person.memberships if m.role in survey.opened.audience), None)


def _sees(person: Person, survey: Survey) -> bool:
    return _asked(person, survey) is not None or not person.roles.isdisjoint(ACTIONS["improve"]) or bool(survey.summary)


async def list_surveys(ask: Ask) -> Reply:
    """Surveys that ask the person, those of which the summary is published, and for who runs them all."""
    state = await improving(ask)
    seen = [(number, one) for number, one in state.is_now.surveys.items() if _sees(ask.person, one)]
    return Reply([_survey(ask, number, one) for number, one in seen])


def _survey(ask: Ask, number: int, survey: Survey) -> dict[str, Any]:
    opened, once = survey.opened, _once(ask, number)
    return {
        "survey": number,
        "report": opened.report,
        "version": opened.version,
        "title": opened.title,
        "contact": opened.contact,
        "audience": opened.audience,
        "closes_at": opened.closes_at,
        "open": survey.is_open(ask.house.clock.now()),
        "answered": once in survey.answered,
        "questions": opened.questions,
    }


def _once(ask: Ask, number: int) -> str:
    """The same for the same person and survey, and telling nobody who it is."""
    master = ask.house.store.keys.master
    return master.digest(f"survey:{ask.person.authority}:{number}", ask.person.id).hex()


async def one_survey(ask: Ask) -> Reply:
    """A survey, with its summary once that is published."""
    number = int(ask.request.path_params["survey"])
    survey = (await improving(ask)).is_now.survey(number)
    if not _sees(ask.person, survey):
        raise SurveyUnknown
    body = {**_survey(ask, number, survey), "hash": survey.summary, "summary": None}
    if survey.summary:
        kept = await asyncio.to_thread(kept_document, ask.house.database, "survey", survey.summary)
        body["summary"] = msgspec.json.decode(kept)
    return Reply(body)


async def open_a_survey(ask: Ask) -> Reply:
    """Ask people in some roles about a report or plan, until a moment."""
    body, house = ask.body, ask.house
    asked = {
        "audience": sorted(set(body.audience)),
        "closes_at": body.closes_at,
        "title": body.title,
        "contact": body.contact,
        "questions": body.questions,
    }
    return await improve(ask, open_survey(ask.person.authority, body.report, body.version, asked, house.clock.now()))


async def answer_a_survey(ask: Ask) -> Reply:
    """Answer, once. Neither the answer nor its place in the history says who it was."""
    number, house, person = int(ask.request.path_params["survey"]), ask.house, ask.person
    survey = (await improving(ask)).is_now.survey(number)
    asked = _asked(person, survey)
    if asked is None:
        raise SurveyUnknown if not _sees(person, survey) else NotAllowed("This survey does not ask you.")
    decide = answer_survey(
        person.authority, number, asked.role, ask.body.answers, _once(ask, number), house.clock.now()
    )
    outcome = await asyncio.to_thread(
        house.improvements.change, person.authority, person.as_actor(asked), ask.command, decide
    )
    return Reply(msgspec.json.decode(outcome.answer), position=outcome.position)


async def close_a_survey(ask: Ask) -> Reply:
    """Close a survey before its time."""
    number = int(ask.request.path_params["survey"])
    decide = close_survey(ask.person.authority, number, ask.body.reason, ask.house.clock.now())
    return await improve(ask, decide)


async def summarise_survey(ask: Ask) -> Reply:
    """Publish what was answered, without small numbers and without words, once the survey is closed."""
    for_authority(ask.person, "improve")
    number, house, authority = int(ask.request.path_params["survey"]), ask.house, ask.person.authority
    survey = (await improving(ask)).is_now.over(number, house.clock.now())
    hash = await asyncio.to_thread(keep_document, house.database, "survey", authority, summary_of(survey))
    return await improve(ask, summarise(authority, number, hash, house.clock.now()))
