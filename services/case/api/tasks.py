"""Tasks: lists of them, one of them, and what is done with one."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from services.case.api.accounts import refuse_others
from services.case.api.asking import Ask, Reply, said_at
from services.case.api.bodies import is_on
from services.case.api.cases import brief, summary
from services.case.application import tasks
from services.case.application.reading import answers_shown
from services.case.application.running import Running
from services.case.domain.case import Case, Task
from services.case.domain.errors import BodyInvalid, CaseUnknown, Erased, TaskUnknown
from services.case.domain.permissions import sees
from services.case.domain.tasks import claim, etag_of, open_task, reassign, release
from services.case.projections.inbox import FIRST, NO_DAY, Listed, inbox_of

SAVE = """
    INSERT INTO drafts (task, person, stream, sealed, saved_at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (task, person) DO UPDATE SET sealed = excluded.sealed, saved_at = excluded.saved_at
"""


async def list_tasks(ask: Ask) -> Reply:
    """The open tasks that the person may work on, those owed first first. `mine`, `team` and `late` narrow the list."""
    query = ask.query
    mine, team = is_on(query.mine), is_on(query.team)
    narrowed = None if mine == team else mine
    today = ask.house.clock.today()
    found = await asyncio.to_thread(
        inbox_of,
        ask.house.database,
        ask.person,
        query.limit + 1,
        _place(query.cursor),
        narrowed,
        today if is_on(query.late) else None,
        query.process,
        query.case,
    )
    page, more = found[: query.limit], found[query.limit :]
    return Reply([_row(listed, today) for listed in page], links=_next(ask, page) if more else "")


def _row(listed: Listed, today: date) -> dict[str, Any]:
    due = None if listed.due == NO_DAY else listed.due
    return {
        "task": f"{listed.ref}-{listed.task}",
        "case": listed.ref,
        "process": listed.process,
        "element": listed.element,
        "title": listed.title,
        "role": listed.role,
        "org": listed.org,
        "party": listed.party or None,
        "assignee": listed.assignee or None,
        "home_school": listed.home_school,
        "offered_on": listed.offered_on,
        "due": due,
        "late": due is not None and due < today,
    }


def _place(cursor: str | None) -> tuple[date, UUID, int]:
    if cursor is None:
        return FIRST
    try:
        day, stream, task = cursor.split("_")
        return date.fromisoformat(day), UUID(stream), int(task)
    except ValueError as error:
        raise BodyInvalid([{"pointer": "/cursor", "detail": "This is not a place in the list."}]) from error


def _next(ask: Ask, page: list[Listed]) -> str:
    last = page[-1]
    url = ask.request.url.include_query_params(cursor=f"{last.due}_{last.stream}_{last.task}")
    return f'<{url.path}?{url.query}>; rel="next"'


async def one_task(ask: Ask) -> Reply:
    """One open task: what it asks (its form), for which case, until when, and the person's draft."""
    ref, number = ask.task
    case = await _case_of(ask, ref)
    task, _, _ = open_task(case, number, ask.person)
    body, etag = detail(ask, case, task), etag_of(case, task)  # at one moment, before anybody can change it
    shown, draft = await asyncio.to_thread(_shown, ask, case, task), await kept_draft(ask, case)
    return Reply({**body, "shown": shown, "draft": draft}, etag=etag)


async def _case_of(ask: Ask, ref: str) -> Case:
    """The case of a task. Raises TaskUnknown: the same whether there is a case or not."""
    try:
        return await ask.house.door.see(ref)
    except CaseUnknown as unknown:
        raise TaskUnknown from unknown


def _shown(ask: Ask, case: Case, task: Task) -> list[dict[str, Any]]:
    """What others answered before and the diagram shows with this task, also to somebody who sees nothing else."""
    bundle = ask.house.reference.bundle(case.instances[task.instance].bundle)
    shows = bundle.elements[task.element].shows
    if not shows:
        return []
    given = answers_shown(ask.house.store.load(case.stream), task.instance, shows)
    return [
        {
            "element": element,
            "field": field,
            "title": bundle.forms[bundle.elements[element].form].fields[field]["title"],
            "answer": answer,
        }
        for (element, field), answer in given.items()
    ]


def detail(ask: Ask, case: Case, task: Task) -> dict[str, Any]:
    """A task in full. Somebody who is only asked to answer sees of the case what everybody asked may see."""
    bundle = ask.house.reference.bundle(case.instances[task.instance].bundle)
    element = bundle.elements[task.element]
    due = next((d for d in case.deadlines.values() if d.task == task.id), None)
    form = bundle.forms.get(element.form)
    return {
        "task": case.task_id(task.id),
        "title": element.name,
        "element": task.element,
        "process": bundle.process,
        "bundle": bundle.hash,
        "role": task.role,
        "org": task.org,
        "party": task.party or None,
        "assignee": task.assignee or None,
        "due": due.due if due else None,
        "deadline": f"d{due.id}" if due else None,
        "form": form.schema if form else None,
        "form_hash": form.hash if form else None,
        "case": header(ask, case),
    }


def header(ask: Ask, case: Case) -> dict[str, Any]:
    """The case as far as this person sees it; without a relation to it only that it is, and no name."""
    try:
        sees(ask.person, case)
    except CaseUnknown:
        return {"ref": case.ref, "status": case.status, "nc_year": case.facts.get("nc_year")}
    return summary(ask.person, case)


async def kept_draft(ask: Ask, case: Case) -> Any:
    """The answers that the person has kept so far, None if there are none."""
    return await asyncio.to_thread(_draft, ask, case)


def _draft(ask: Ask, case: Case) -> Any:
    task = ask.part("id")
    row = ask.house.database.row("SELECT sealed FROM drafts WHERE task = %s AND person = %s", [task, ask.person.id])
    key = ask.house.store.keys.of(case.stream) if row else None
    return msgspec.json.decode(key.open(row[0], f"draft {task} {ask.person.id}")) if row and key else None


async def save_draft(ask: Ask) -> Reply:
    """Keep answers so far. Nobody else sees them and nothing about the task changes; also on a paused case."""
    ref, number = ask.task
    case = await _case_of(ask, ref)
    open_task(case, number, ask.person)
    await asyncio.to_thread(_keep_draft, ask, case)
    return Reply(b"", 204)


def _keep_draft(ask: Ask, case: Case) -> None:
    task = ask.part("id")
    key = ask.house.store.keys.of(case.stream)
    if key is None:
        raise Erased
    sealed = key.seal(msgspec.json.encode(ask.body.answers), f"draft {task} {ask.person.id}")
    ask.house.database.execute(SAVE, [task, ask.person.id, case.stream, sealed, ask.house.clock.now()])


async def _act(ask: Ask, ref: str, act: Callable[[Running], None], number: int) -> Reply:
    """Change one task, and answer with it, or, if it is over, with what is open now."""

    def decide(running: Running) -> bytes:
        act(running)
        case, task = running.case, running.case.tasks.get(number)
        body = {**brief(case), "task": _changed(case, task, number)}
        return msgspec.json.encode([etag_of(case, task) if task else "", body])

    outcome = await ask.house.door.change(ref, ask.command, decide)
    etag, body = msgspec.json.decode(outcome.answer, type=tuple[str, msgspec.Raw])
    return Reply(bytes(body), etag=etag, position=outcome.position)


def _changed(case: Case, task: Task | None, number: int) -> dict[str, Any]:
    if task is None:
        return {"task": case.task_id(number), "open": False}
    return {"task": case.task_id(number), "open": True, "assignee": task.assignee or None}


async def claim_task(ask: Ask) -> Reply:
    ref, number = ask.task

    def act(running: Running) -> None:
        claim(running.decision, number, ask.person)

    return await _act(ask, ref, act, number)


async def release_task(ask: Ask) -> Reply:
    ref, number = ask.task

    def act(running: Running) -> None:
        release(running.decision, number, ask.person, ask.seen, ask.body.reason)

    return await _act(ask, ref, act, number)


async def reassign_task(ask: Ask) -> Reply:
    ref, number = ask.task

    def act(running: Running) -> None:
        reassign(running.decision, number, ask.person, ask.body.to, ask.seen, ask.body.reason)

    return await _act(ask, ref, act, number)


async def complete_task(ask: Ask) -> Reply:
    """Complete a task with the answers of its form; the process goes on."""
    ref, number = ask.task
    body = ask.body
    case = await _case_of(ask, ref)
    task = case.tasks.get(number)
    if task is not None:
        open_task(case, number, ask.person)
        bundle = ask.house.reference.bundle(case.instances[task.instance].bundle)
        with said_at("/answers"):
            await refuse_others(ask, bundle.forms.get(bundle.elements[task.element].form), body.answers)

    def act(running: Running) -> None:
        with said_at("/answers"):
            tasks.complete(running, number, ask.person, ask.seen, body.answers, body.reason, body.method)

    return await _act(ask, ref, act, number)
