"""Surveys on a report or plan: who is asked answers on a page, once and without a name; who runs them opens and closes
them and publishes what was said."""

from datetime import datetime
from typing import Any, get_args

import msgspec
from starlette.responses import Response

from services.case.api import bodies, reports
from services.case.api import surveys as api
from services.case.api.improvement_bodies import AnswerSurvey, OpenSurvey
from services.case.domain import errors
from services.case.domain.improvement_events import Question
from services.case.domain.people import Role
from services.case.process.forms import Form
from services.case.web.filling import Errors, Filling, errors_of, show_step, take_step
from services.case.web.improving import changed, check_page, checked, drafting, go_on, keep_draft, may, tabs_of
from services.case.web.questions import Answers, Step, question_of
from services.case.web.short_forms import said, show
from services.case.web.typed import read, typed
from services.case.web.visit import Visit
from services.case.web.wording import LONDON, role

CHECK = "surveys/check.html"
SCALE = {1: "1, not at all", 2: "2", 3: "3", 4: "4", 5: "5, very much"}
FEWEST, MOST, LONGEST = 2, 20, 100  # answers to choose from, and characters of one


async def listed(visit: Visit) -> Response:
    """Those that ask the person, and those that are over."""
    found = (await visit.read(api.list_surveys)).body
    asked = [{**one, "asks": _asks(visit, one)} for one in found[::-1]]
    return visit.page("surveys/list.html", surveys=asked, tabs=tabs_of(visit))


async def waiting(visit: Visit) -> list[dict[str, Any]]:
    """Those that ask the person, are open, and have no answer of theirs."""
    found = (await visit.read(api.list_surveys)).body
    return [one for one in found if one["open"] and not one["answered"] and _asks(visit, one)]


def _asks(visit: Visit, survey: dict[str, Any]) -> bool:
    return any(m.role in survey["audience"] for m in visit.person.memberships)


async def survey_of(visit: Visit) -> dict[str, Any]:
    """The survey of the address, as the person sees it. Raises SurveyUnknown."""
    number = visit.part("survey")
    if not number.isdecimal() or len(number) > 6:
        raise errors.SurveyUnknown
    found: dict[str, Any] = (await visit.read(api.one_survey)).body
    return {**found, "asks": _asks(visit, found)}


def _form(survey: dict[str, Any]) -> Form:
    """Its questions as a form. None of them has to be answered."""
    fields = {question.id: _field(question) for question in survey["questions"]}
    return Form("survey", msgspec.json.encode({"type": "object", "title": survey["title"], "properties": fields}))


def _field(question: Question) -> dict[str, Any]:
    if question.kind == "words":
        words = {"description": "This is never published.", "type": "string", "maxLength": 2000}
        return {"title": question.title, **words, "x-govuk": {"errors": {"maxLength": "Use 2,000 characters or fewer"}}}
    options: dict[Any, str] = SCALE if question.kind == "scale" else {option: option for option in question.options}
    return {"title": question.title, "oneOf": [{"const": code, "title": title} for code, title in options.items()]}


def _step(form: Form) -> Step:
    return Step(1, tuple(question_of(name, field, False) for name, field in form.fields.items()))


async def one(visit: Visit) -> Response:
    """Its questions while it is open, and its summary once that is published."""
    return survey_page(visit, await survey_of(visit), {}, [])


def survey_page(visit: Visit, survey: dict[str, Any], answers: Answers, wrong: Errors, **shown: Any) -> Response:
    step = _step(_form(survey))
    return visit.page(
        "surveys/survey.html",
        422 if wrong else 200,
        found=survey,
        step=step,
        typed=typed(step.questions, answers),
        errors=wrong,
        error_at={error["at"]: error["text"] for error in wrong},
        audience=[role(code) for code in survey["audience"]],
        may_improve=may(visit, "improve"),
        **{"back": "/surveys", **shown},
    )


async def answer(visit: Visit) -> Response:
    survey = await survey_of(visit)
    wrong, answers = await give(visit, survey)
    return survey_page(visit, survey, answers, wrong) if wrong else visit.to(f"/surveys/{survey['survey']}")


async def give(visit: Visit, survey: dict[str, Any]) -> tuple[Errors, Answers]:
    """Answer it with what was typed; what is wrong with that, and what it was. Raises what the API raises."""
    form = _form(survey)
    step = _step(form)
    answers = read(step.questions, visit.posted)
    wrong = errors_of(form.by_schema(answers), step)
    if not answers:
        first = step.questions[0].name
        wrong = [{"text": "Answer at least one question", "href": f"#{first}", "at": first}]
    if not wrong:
        await visit.act(api.answer_a_survey, AnswerSurvey, {"answers": answers}, survey=str(survey["survey"]))
    return wrong, answers


async def _draft(visit: Visit) -> Filling:
    """Raises ReportUnknown."""
    number = visit.part("report")
    known = {str(one["report"]): one["title"] for one in (await visit.read(reports.list_reports)).body}
    if number not in known:
        raise errors.ReportUnknown
    form = changed("open_survey", (), {"audience": {code: role(code) for code in get_args(Role)}})
    return drafting(visit, f"/reports/{number}/survey", form, {}, caption=known[number])


async def begin(visit: Visit) -> Response:
    """Where the questions about a new survey go on."""
    return go_on(visit, await _draft(visit))


async def question(visit: Visit) -> Response:
    return await show_step(visit, await _draft(visit))


async def take(visit: Visit) -> Response:
    return await take_step(visit, await _draft(visit))


async def check(visit: Visit) -> Response:
    """What will be asked, to read again."""
    return checked(visit, CHECK, await _draft(visit))


async def open_it(visit: Visit) -> Response:
    filling = await _draft(visit)
    if (still := filling.first_open()) != visit.request.url.path:
        return visit.to(still)
    answers = filling.answers
    faults = [
        {"pointer": "/questions", "detail": f"Question {place}: enter {FEWEST} to {MOST} answers, each on a line of its"
         f" own and no longer than {LONGEST} characters"}
        for place, one in enumerate(answers["questions"], start=1)
        if one["kind"] == "choice" and not _good(_options(one))
    ]  # fmt: skip
    if faults:
        return check_page(visit, CHECK, filling, faults[:1])
    closes = datetime.fromisoformat(f"{answers['closes_on']}T{answers['closes_at']}").replace(tzinfo=LONDON)
    asked = [
        {"id": f"q{place}", "title": one["title"], "kind": one["kind"], "options": _options(one)}
        for place, one in enumerate(answers["questions"], start=1)
    ]
    body = {name: answers[name] for name in ("title", "contact", "audience")}
    body |= {"report": int(visit.part("report")), "closes_at": closes, "questions": asked}
    try:
        reply = await visit.act(api.open_a_survey, OpenSurvey, body)
    except errors.BodyInvalid as refused:
        faults = [{**one, "pointer": "/closes_on"} for one in refused.details["errors"]]
        return check_page(visit, CHECK, filling, faults)
    await keep_draft(visit, filling.address, None)
    return visit.to(f"/surveys/{reply.body['survey']}")


def _options(asked: Answers) -> list[str]:
    """Those of a question that has some, one a line."""
    lines = [line.strip() for line in asked.get("options", "").splitlines()]
    return list(dict.fromkeys(line for line in lines if line)) if asked["kind"] == "choice" else []


def _good(options: list[str]) -> bool:
    return FEWEST <= len(options) <= MOST and all(len(option) <= LONGEST for option in options)


async def ask_close(visit: Visit) -> Response:
    """Why it is closed before its time."""
    survey = await survey_of(visit)
    return show(visit, "close_survey", {}, caption=survey["title"], back=f"/surveys/{survey['survey']}")


async def close(visit: Visit) -> Response:
    survey = await survey_of(visit)
    answers, wrong = said(visit, "close_survey")
    if wrong:
        return show(visit, "close_survey", answers, wrong, caption=survey["title"], back=f"/surveys/{survey['survey']}")
    await visit.act(api.close_a_survey, bodies.Reasoned, answers, survey=str(survey["survey"]))
    return visit.to(f"/surveys/{survey['survey']}")


async def summarise(visit: Visit) -> Response:
    """Publish what was said, small numbers left out."""
    survey = await survey_of(visit)
    await visit.act(api.summarise_survey, bodies.Nothing, {}, survey=str(survey["survey"]))
    return visit.to(f"/surveys/{survey['survey']}")
