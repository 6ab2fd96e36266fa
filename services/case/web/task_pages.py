"""A task: what it is about, its questions, the answers to check with what they will bring about, and completing it."""

import asyncio
from typing import Any

import msgspec
from starlette.responses import Response

from services.case.api import history
from services.case.api import tasks as api
from services.case.api.bodies import Because, CompleteTask, Draft, Nothing, StateQuery
from services.case.application import tasks
from services.case.application.foreseeing import foresee
from services.case.application.running import Running
from services.case.domain import errors
from services.case.domain.case import Case, Task
from services.case.domain.people import FAMILY
from services.case.domain.permissions import sees
from services.case.process.forms import Form
from services.case.web import wording
from services.case.web.attaching import Files, files_of
from services.case.web.choosing import naming
from services.case.web.filling import Filling, rows_to_check, show_step, take_step
from services.case.web.in_words import in_words
from services.case.web.known_people import staff_of
from services.case.web.questions import Answers, steps_of
from services.case.web.task_context import around, said_before
from services.case.web.task_lists import can_do
from services.case.web.told import told_of
from services.case.web.typed import read
from services.case.web.visit import Visit

CHANGED = (
    errors.TaskOver,
    errors.TaskTaken,
    errors.TaskEdited,
    errors.CaseOnHold,
)  # somebody else did something meanwhile


class Shown(msgspec.Struct):
    """A task as the API gives it to this person, with the case and form behind it."""

    body: dict[str, Any]
    etag: str
    case: Case
    task: Task
    form: Form | None
    files: Files


async def _load(visit: Visit) -> Shown:
    """Raises TaskUnknown, NotAllowed, TaskOver."""
    reply = await visit.read(api.one_task)
    case = await visit.house.door.see(reply.body["case"]["ref"])
    task = case.tasks[int(reply.body["task"].rpartition("-")[2])]
    bundle = visit.house.reference.bundle(reply.body["bundle"])
    form = bundle.forms.get(bundle.elements[task.element].form)
    files = await asyncio.to_thread(files_of, visit, case)
    return Shown(reply.body, reply.etag, case, task, form, files)


def _filling(visit: Visit, shown: Shown) -> Filling:
    assert shown.form is not None

    async def keep(answers: Answers) -> None:
        await visit.act(api.save_draft, Draft, {"answers": answers})

    shared = {"caption": _caption(shown), "task": shown.body}
    checked = around(visit, shown.case, shown.task.instance)
    return Filling(
        shown.form, shown.body["draft"] or {}, f"/tasks/{shown.body['task']}", checked, keep, shared, shown.files
    )  # fmt: skip


def _caption(shown: Shown) -> str:
    """Whose case it is, as far as the person may know."""
    name = wording.named(shown.body["case"].get("pupil", {}))
    return " · ".join(part for part in (name, shown.case.ref) if part)


async def overview(visit: Visit) -> Response:
    """What the task is, until when and why, what others answered before, and the way to its questions."""
    try:
        shown = await _load(visit)
    except errors.TaskOver as over:
        return visit.page(
            "tasks/changed.html", 409, what=str(over), answers=[], case=visit.part("id").rpartition("-")[0]
        )
    body, house = shown.body, visit.house
    filling = _filling(visit, shown) if shown.form else None
    names = await asyncio.to_thread(visit.names, body["assignee"])
    earlier = await asyncio.to_thread(said_before, visit, body, shown.files)
    bundle = house.reference.bundle(body["bundle"])
    return visit.page(
        "tasks/task.html",
        task=body,
        etag=shown.etag,
        caption=_caption(shown),
        process=bundle.about.title,
        form=shown.form,
        pages=len(steps_of(shown.form)) if shown.form else 0,
        begun=bool(body["draft"]),
        go_on=filling.first_open() if filling else f"/tasks/{body['task']}/check",
        mine=body["assignee"] == visit.person.id,
        others=names.get(body["assignee"], body["assignee"]) if body["assignee"] else "",
        family=shown.task.role in FAMILY and shown.task.person != visit.person.id,
        earlier=earlier,
        letter=_letter(shown),
        status=shown.case.status,
        back="/tasks",
    )


def _letter(shown: Shown) -> str:
    """The words that did not reach somebody, where the task is to see to it; "" for any other task."""
    deliveries = shown.case.deliveries.items()
    key = next((key for key, one in deliveries if one.instance == shown.task.instance), "")
    return f"/cases/{shown.case.ref}/messages/{key.replace(':', '/', 1)}" if key else ""


async def begin(visit: Visit) -> Response:
    """Take the task on, and go to its first question."""
    try:
        await visit.act(api.claim_task, Nothing, {})
    except CHANGED as refusal:
        return await _changed(visit, refusal, {})
    shown = await _load(visit)
    return visit.to(_filling(visit, shown).first_open() if shown.form else f"/tasks/{visit.part('id')}/check")


async def give_back(visit: Visit) -> Response:
    """Back to the team."""
    try:
        await visit.act(api.release_task, Because, {"reason": visit.posted.get("reason")}, visit.posted.get("seen"))
    except CHANGED as refusal:
        return await _changed(visit, refusal, {})
    return visit.to(f"/tasks/{visit.part('id')}")


async def question(visit: Visit) -> Response:
    shown = await _load(visit)
    return await show_step(visit, _filling(visit, _with_form(shown)))


async def answer(visit: Visit) -> Response:
    try:
        shown = await _load(visit)
    except errors.TaskOver as over:
        return await _changed(visit, over, {})
    return await take_step(visit, _filling(visit, _with_form(shown)))


def _with_form(shown: Shown) -> Shown:
    if shown.form is None:
        raise errors.NoSuchPage
    return shown


async def check(visit: Visit) -> Response:
    """All answers, and what completing with them will bring about; first the question that is still open, if one is."""
    shown = await _load(visit)
    if shown.form is not None and (still := _filling(visit, shown).first_open()) != visit.request.url.path:
        return visit.to(still)
    return await _check_page(visit, shown, [])


async def _check_page(visit: Visit, shown: Shown, faults: list[dict[str, str]], **more: Any) -> Response:
    filling = _filling(visit, shown) if shown.form else None
    answers = filling.answers if filling else {}
    told: dict[str, Any] = {}
    refused = ""
    on_behalf = shown.task.role in FAMILY and shown.task.person != visit.person.id
    if not faults:
        try:
            events = await asyncio.to_thread(_foreseen, visit, shown, answers, on_behalf)
            told = await asyncio.to_thread(told_of, visit, shown.case, events)
        except errors.AnswersInvalid as invalid:
            faults = invalid.details["errors"]
        except errors.Refusal as refusal:
            refused = str(refusal)
    rows = await asyncio.to_thread(rows_to_check, visit, filling, faults) if filling else []
    wrong = [{"text": row["error"], "href": row["href"]} for row in rows if row["error"]]
    return visit.page(
        "tasks/check.html",
        422 if faults or more.get("errors") else 200,
        **{
            "task": shown.body,
            "etag": shown.etag,
            "caption": _caption(shown),
            "rows": rows,
            "told": told,
            "refused": refused,
            "on_behalf": on_behalf,
            "errors": wrong,
            "complete": not wrong,
            "back": f"/tasks/{shown.body['task']}",
            **more,
        },
    )


def _foreseen(visit: Visit, shown: Shown, answers: Answers, on_behalf: bool) -> list[Any]:
    """What completing would bring about; blocks."""

    def act(running: Running) -> None:
        method = "phone" if on_behalf else ""
        tasks.complete(running, shown.task.id, visit.person, "*", answers, method=method)

    return foresee(visit.house.door, shown.case.ref, act)


async def complete(visit: Visit) -> Response:
    """Complete it; or show what somebody else has done meanwhile, with the answers that are still kept."""
    try:
        shown = await _load(visit)
    except errors.TaskOver as over:
        return await _changed(visit, over, {})
    answers, posted = shown.body["draft"] or {}, visit.posted
    said = {"answers": answers, "reason": posted.get("reason"), "method": posted.get("method")}
    if shown.task.role in FAMILY and shown.task.person != visit.person.id and not said["method"]:
        missing = "Select how the answer reached you"
        return await _check_page(visit, shown, [], errors=[{"text": missing, "href": "#method"}], method_error=missing)
    try:
        reply = await visit.act(api.complete_task, CompleteTask, said, posted.get("seen"))
    except errors.AnswersInvalid as invalid:
        found = [{**one, "pointer": one["pointer"].removeprefix("/answers")} for one in invalid.details["errors"]]
        return await _check_page(visit, shown, found)
    except CHANGED as refusal:
        return await _changed(visit, refusal, answers)
    return visit.page(
        "tasks/done.html", task=shown.body, caption=_caption(shown), after=reply.body, ref=shown.case.ref
    )  # fmt: skip


async def _changed(visit: Visit, refusal: errors.Refusal, answers: Answers) -> Response:
    """What somebody else did while one worked on the task, and one's own answers, which are kept."""
    status = 412 if isinstance(refusal, errors.TaskEdited) else 409
    ref, _, number = visit.part("id").rpartition("-")
    case = await visit.house.door.see(ref)
    over = case.done.get(int(number))
    task = over.task if over else case.tasks.get(int(number))
    form = _form_of(visit, case, task)
    kept = answers or await api.kept_draft(visit.asking(), case) or {}
    answers = {**kept, **_typed(visit, form)}
    rows, theirs = await asyncio.to_thread(_rows, visit, case, form, answers), []
    if over is not None and sees(visit.person, case) == "full":
        given = (await visit.read(history.state, StateQuery(), ref=ref)).body["answers"]
        last: Answers = next((one["answers"] for one in given if one["task"] == visit.part("id")), {})
        theirs = await asyncio.to_thread(_rows, visit, case, form, last)
    who = over.person if over else str(refusal.details.get("claimed_by") or refusal.details.get("assignee") or "")
    names = await asyncio.to_thread(visit.names, who)
    return visit.page(
        "tasks/changed.html",
        status,
        what=str(refusal),
        who=names.get(who, who),
        answers=rows,
        theirs=theirs,
        case=ref,
        still_open=task is not None and over is None,
        id=visit.part("id"),
    )


def _form_of(visit: Visit, case: Case, task: Task | None) -> Form | None:
    """The form of a task that is open or over."""
    if task is None:
        return None
    over = case.done.get(task.id)
    bundle = visit.house.reference.bundle(over.bundle if over else case.instances[task.instance].bundle)
    return bundle.forms.get(bundle.elements[task.element].form)


def _typed(visit: Visit, form: Form | None) -> Answers:
    """What was typed on the page of questions that was just sent, if one was."""
    number = visit.request.path_params.get("step")
    step = next((one for one in steps_of(form) if str(one.number) == number), None) if form else None
    return read(step.questions, visit.posted) if step else {}


def _rows(visit: Visit, case: Case, form: Form | None, answers: Answers) -> list[dict[str, Any]]:
    """Answers to a task in the words of its questions; blocks."""
    if form is None:
        return []
    questions = tuple(q for step in steps_of(form) for q in step.questions if q.name in answers)
    name_of = naming(visit, questions, answers, files_of(visit, case).known)
    return [{"title": q.title, "lines": in_words(q, answers[q.name], name_of)} for q in questions]


async def choose_colleague(visit: Visit) -> Response:
    """Whom to give this one task to."""
    shown = await _load(visit)
    staff = await asyncio.to_thread(staff_of, visit.house, visit.person.authority)
    tasks_shown = [{**shown.body, "etag": shown.etag}]
    fitting = [one for one in staff if can_do(one, shown.body)]
    return visit.page("tasks/reassign.html", tasks=tasks_shown, staff=fitting, back=f"/tasks/{shown.body['task']}")
