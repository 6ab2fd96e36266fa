"""A family answers what it is asked, a page at a time: an agreement, a question, how it went. The answer counts once it
was checked and sent."""

import asyncio
from typing import Any

import msgspec
from starlette.responses import Response

from services.case.api import agreements
from services.case.api import tasks as api
from services.case.api.bodies import CompleteTask, Draft
from services.case.application.tasks import etag_of_terms
from services.case.domain import errors
from services.case.domain.case import Task
from services.case.domain.permissions import is_for
from services.case.process.forms import Form
from services.case.web.attaching import Files, files_of
from services.case.web.family.known import known_by_link, without
from services.case.web.family.reader import FILES, Reader, reader_of
from services.case.web.family.reading import tasks_of
from services.case.web.filling import Filling, rows_to_check, show_step, take_step
from services.case.web.questions import Answers
from services.case.web.task_context import around, said_before
from services.case.web.visit import Visit

TITLES = {"yes": "About your yes", "no": "About your no"}
CHOSEN = "agree"  # where a session keeps what was chosen on the page before the questions


class Answering(msgspec.Struct):
    """`known` is what needs no asking, and goes with the answers; `etag` names what was read."""

    reader: Reader
    task: Task
    body: dict[str, Any]
    etag: str
    known: Answers
    filling: Filling


async def load(visit: Visit, number: int) -> Answering:
    """Raises TaskUnknown, TaskOver and what `reader_of` raises."""
    reader = await reader_of(visit)
    case = reader.case
    task = next((task for task in tasks_of(reader) if task.id == number), None)
    if task is None:
        over = case.done.get(number)
        raise errors.TaskOver if over and is_for(visit.person, case, over.task) else errors.TaskUnknown
    reply = await visit.read(api.one_task, id=case.task_id(number))
    await reader.record("task")
    bundle = visit.house.reference.bundle(reply.body["bundle"])
    form = bundle.forms[bundle.elements[task.element].form]
    known: Answers = {}
    if task.agreement == "terms":
        known = known_by_link(form, reader.party, visit.house.clock.today()) | _chosen(reader, form)
    etag = etag_of_terms(case) if task.agreement == "terms" else reply.etag
    asked = without(form, known, reader.is_pupil, TITLES.get(known.get(CHOSEN, ""), ""))
    files = await asyncio.to_thread(files_of, visit, case, FILES)
    filling = _filling(reader, task, asked, reply.body["draft"] or {}, files)
    return Answering(reader, task, reply.body, etag, known, filling)


def _chosen(reader: Reader, form: Form) -> Answers:
    """Yes or no to these very terms, if it was said."""
    assert reader.visit.session is not None
    version, answer = reader.visit.session.kept.get(CHOSEN, (0, ""))
    return {CHOSEN: answer} if version == reader.case.terms.version and CHOSEN in form.fields else {}


def _filling(reader: Reader, task: Task, form: Form, draft: Answers, files: Files) -> Filling:
    visit, case = reader.visit, reader.case

    async def keep(answers: Answers) -> None:
        await visit.act(api.save_draft, Draft, {"answers": answers}, id=case.task_id(task.id))

    checked = around(visit, case, task.instance)
    answers = {name: answer for name, answer in draft.items() if name in form.fields}
    return Filling(form, answers, f"/family/tasks/{task.id}", checked, keep, {**reader.around, "caption": ""}, files)


def _number(visit: Visit) -> int:
    """Raises TaskUnknown."""
    if not visit.part("task").isdecimal() or len(visit.part("task")) > 9:
        raise errors.TaskUnknown
    return int(visit.part("task"))


async def begin(visit: Visit) -> Response:
    """What is asked and what was said before; an agreement begins with what it is about."""
    answering = await load(visit, _number(visit))
    if answering.task.agreement == "terms":
        return visit.to("/family/agreement")
    return answering.reader.page(
        "family/task.html",
        title=answering.filling.form.title,
        description=answering.filling.form.schema.get("description", ""),
        begun=bool(answering.filling.answers),
        go_on=answering.filling.first_open(),
        earlier=await asyncio.to_thread(said_before, visit, answering.body, answering.filling.files),
        back="/family",
    )


async def question(visit: Visit) -> Response:
    return await show_step(visit, (await load(visit, _number(visit))).filling)


async def answer(visit: Visit) -> Response:
    return await take_step(visit, (await load(visit, _number(visit))).filling)


async def check(visit: Visit) -> Response:
    """All answers to read again; first the question that is still open, if one is."""
    answering = await load(visit, _number(visit))
    still = answering.filling.first_open()
    return visit.to(still) if still != visit.request.url.path else await _check_page(answering, [])


async def _check_page(answering: Answering, faults: list[dict[str, str]]) -> Response:
    filling, reader = answering.filling, answering.reader
    rows = await asyncio.to_thread(rows_to_check, reader.visit, filling, faults)
    wrong = [{"text": row["error"], "href": row["href"]} for row in rows if row["error"]]
    beside = [{"text": fault["detail"], "href": "#main-content"} for fault in faults if not wrong]
    return reader.page(
        "family/check.html",
        422 if faults else 200,
        rows=rows,
        errors=wrong or beside,
        etag=answering.etag,
        agree=answering.known.get(CHOSEN, ""),
        back="/family",
    )


async def send(visit: Visit) -> Response:
    """The answer counts, once however often it is sent."""
    number = _number(visit)
    answering = await load(visit, number)
    reader, seen = answering.reader, visit.posted.get("seen")
    said = {"answers": {**answering.filling.answers, **answering.known}}
    try:
        if answering.task.agreement == "terms":
            await visit.act(agreements.agree, CompleteTask, said, seen, ref=reader.case.ref, party=reader.party)
        else:
            await visit.act(api.complete_task, CompleteTask, said, seen, id=reader.case.task_id(number))
    except errors.AnswersInvalid as invalid:
        found = [{**one, "pointer": one["pointer"].removeprefix("/answers")} for one in invalid.details["errors"]]
        return await _check_page(answering, found)
    return reader.page("family/done.html", agree=answering.known.get(CHOSEN, ""), number=number)
