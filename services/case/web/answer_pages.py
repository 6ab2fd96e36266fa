"""What was answered in a case, task by task; and correcting an answer: the new one is added, the old one stays."""

import asyncio
from typing import Any

import msgspec
from starlette.responses import Response

from services.case.api import cases as api
from services.case.api import history
from services.case.api.bodies import Correction, StateQuery
from services.case.domain import errors
from services.case.domain.case import Case
from services.case.domain.permissions import may, role_for
from services.case.process.forms import Form
from services.case.web.attaching import Files, files_of
from services.case.web.case_pages import head_of
from services.case.web.choosing import naming
from services.case.web.filling import Filling, show_step, take_step
from services.case.web.in_words import in_words
from services.case.web.questions import Answers, question_of
from services.case.web.visit import Visit

OPENING = "0"  # the number by which the form that opened the case goes


async def answers(visit: Visit) -> Response:
    """All of them as they stand, corrections included, the last given first."""
    _, case, shown = await head_of(visit)
    given = (await visit.read(history.state, StateQuery())).body["answers"]
    return visit.page("cases/answers.html", **shown, cards=await asyncio.to_thread(cards_of, visit, case, given))


def cards_of(visit: Visit, case: Case, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers to each form in the words of its questions, the last given first; blocks."""
    names = visit.names(*(over.person for over in case.done.values()))
    files = files_of(visit, case)
    cards = [_card(visit, case, one, names, files) for one in given]
    return [card for card in cards[::-1] if card["rows"]]


def _number(one: dict[str, Any]) -> str:
    return one["task"].rpartition("-")[2] if one["task"] else OPENING


def _form(visit: Visit, case: Case, number: str) -> tuple[Form, str]:
    """The form of a task that is over, or of the opening, and what the task is called. Raises NoSuchPage."""
    reference = visit.house.reference
    if number == OPENING:
        bundle = reference.bundle(case.instances[1].began_on)
        form = bundle.forms[bundle.about.start_form]
        return form, form.title
    over = case.done.get(int(number)) if number.isdecimal() and len(number) < 9 else None
    if over is None:
        raise errors.NoSuchPage
    bundle = reference.bundle(over.bundle)
    element = bundle.elements[over.task.element]
    if element.form not in bundle.forms:
        raise errors.NoSuchPage
    return bundle.forms[element.form], element.name or element.id


def _card(visit: Visit, case: Case, one: dict[str, Any], names: dict[str, str], files: Files) -> dict[str, Any]:
    number = _number(one)
    try:
        form, title = _form(visit, case, number)
    except errors.NoSuchPage:
        return {"rows": []}
    over = case.done.get(int(number))
    given = one["answers"]
    questions = tuple(question_of(n, field, False) for n, field in form.fields.items() if n in given)
    name_of = naming(visit, questions, given, files.known)
    may_correct = may(visit.person, case, "correct")
    return {
        "title": title,
        "by": names.get(over.person, over.person) if over else "",
        "on": over.on if over else case.opened_on,
        "rows": [
            {
                "title": question.title,
                "lines": in_words(question, given[question.name], name_of),
                "files": files.links(question, given[question.name]),
                "corrected": question.name in one["corrected"],
                "href": f"/cases/{case.ref}/answers/{number}/{question.name}" if may_correct else "",
            }
            for question in questions
        ],
    }


async def _correcting(visit: Visit) -> tuple[Filling, Any, str]:
    """One question, to be answered anew; the answer as it stands; and the case's ETag.

    Raises NotAllowed, NoSuchPage.
    """
    reply = await visit.read(api.one_case)
    case = await visit.house.door.see(reply.body["ref"])
    role_for(visit.person, case, "correct")
    number, name = visit.part("task"), visit.part("field")
    form, title = _form(visit, case, number)
    if name not in form.fields:
        raise errors.NoSuchPage
    field = {**form.fields[name], "x-govuk": {**form.fields[name].get("x-govuk", {}), "askIf": {}}}
    schema = {"type": "object", "title": f"Correct: {title}", "properties": {name: field}, "required": [name]}
    given = (await visit.read(history.state, StateQuery())).body["answers"]
    old = next((one["answers"].get(name) for one in given if _number(one) == number), None)
    address = f"/cases/{case.ref}/answers/{number}/{name}"
    session = visit.session
    assert session is not None

    async def keep(answers: Answers) -> None:
        session.kept[address] = answers
        await asyncio.to_thread(visit.pages.sessions.keep, session)

    single = Form(form.name, msgspec.json.encode(schema))
    kept = session.kept.get(address, {} if old is None else {name: old})
    files = await asyncio.to_thread(files_of, visit, case)
    filling = Filling(single, kept, address, lambda answers: NOWHERE, keep, {"caption": case.ref}, files)
    return filling, old, reply.etag


class Nowhere:
    """What a correction is checked against until it is sent: a directory that has everything."""

    def why_not(self, kind: str, id: str) -> None: ...


NOWHERE: Any = Nowhere()


async def begin(visit: Visit) -> Response:
    filling, _, _ = await _correcting(visit)
    return visit.to(f"{filling.address}/questions/1")


async def question(visit: Visit) -> Response:
    filling, _, _ = await _correcting(visit)
    return await show_step(visit, filling)


async def answer(visit: Visit) -> Response:
    filling, _, _ = await _correcting(visit)
    return await take_step(visit, filling)


async def check(visit: Visit) -> Response:
    """The old answer, the new one, and why."""
    return await _check_page(visit, [])


async def _check_page(visit: Visit, wrong: list[dict[str, str]], code: int = 200) -> Response:
    filling, old, etag = await _correcting(visit)
    name = visit.part("field")
    question = question_of(name, filling.form.fields[name], True)
    new = filling.answers.get(name)
    lines = []
    for value in (old, new):
        name_of = await asyncio.to_thread(naming, visit, (question,), {name: value}, filling.files.known)
        lines.append(in_words(question, value, name_of))
    return visit.page(
        "cases/correct.html", code, title=question.title, old=lines[0], new=lines[1], errors=wrong, etag=etag,
        said=visit.posted.get("said"), base=filling.address, back=f"{filling.address}/questions/1", **filling.shown,
    )  # fmt: skip


async def correct(visit: Visit) -> Response:
    filling, _, _ = await _correcting(visit)
    ref, number, name = visit.part("ref"), visit.part("task"), visit.part("field")
    said: dict[str, Any] = {"field": name, "value": filling.answers.get(name), "reason": visit.posted.get("said")}
    if number != OPENING:
        said["task"] = f"{ref}-{number}"
    if not said["reason"]:
        return await _check_page(visit, [{"text": "Enter why", "href": "#said"}], 422)
    try:
        await visit.act(api.correct_answer, Correction, said, visit.posted.get("seen"))
    except errors.CaseEdited as edited:
        return await _check_page(visit, [{"text": str(edited), "href": "#said"}], 412)
    except errors.AnswersInvalid as invalid:
        return await _check_page(
            visit, [{"text": one["detail"], "href": "#said"} for one in invalid.details["errors"]], 422
        )
    assert visit.session is not None
    visit.session.kept.pop(filling.address, None)
    await asyncio.to_thread(visit.pages.sessions.keep, visit.session)
    return visit.to(f"/cases/{ref}/answers")
