"""Lists of tasks: mine, the team's; taking one on; giving several to a colleague, or all of somebody who is away."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
from starlette.responses import Response

from services.case.api import calendars
from services.case.api import tasks as api
from services.case.api.bodies import Nothing, Reassign, TaskQuery
from services.case.domain.errors import BodyInvalid, ReasonMissing, Refusal
from services.case.projections.cases import cases_named
from services.case.web.filters import filters_of, forget_filter, save_filter
from services.case.web.improving import may
from services.case.web.known_people import Known, seen_staff, staff_of
from services.case.web.survey_pages import waiting
from services.case.web.visit import Visit
from services.case.web.wording import named

PAGE = 50
MOST = 200  # tasks of one colleague that are given to another at once


async def mine(visit: Visit) -> Response:
    """What I have taken on, late first."""
    return await _list(visit, "mine")


async def team(visit: Visit) -> Response:
    """What my roles can take on, and what colleagues have."""
    return await _list(visit, "team")


async def _list(visit: Visit, whose: str) -> Response:
    process, late = visit.query("process"), bool(visit.query("late"))
    query = TaskQuery(
        mine="true" if whose == "mine" else None,
        team="true" if whose == "team" else None,
        late="true" if late else None,
        process=process or None,
        cursor=visit.query("cursor") or None,
        limit=PAGE,
    )
    reply = await visit.read(api.list_tasks, query)
    rows = await asyncio.to_thread(described, visit, reply.body)
    return visit.page(
        f"tasks/{whose}.html",
        tasks=rows,
        late_ones=sum(row["late"] for row in rows),
        further=next_of(reply.links),
        processes=processes_of(visit),
        process=process,
        late=late,
        surveys=await waiting(visit) if whose == "mine" else [],
        calendars=await _to_load(visit) if whose == "mine" else 0,
        glass=await _glass_broken(visit) if whose == "mine" else 0,
        filters=await asyncio.to_thread(filters_of, visit, visit.request.url.path),
    )


async def _to_load(visit: Visit) -> int:
    """How many calendars an administrator has to load, for want of which dates are provisional."""
    if not may(visit, "administer") or visit.person.authority not in visit.house.administration.in_use:
        return 0
    return len((await visit.read(calendars.list_calendars)).body["wanted"])


async def _glass_broken(visit: Visit) -> int:
    """How often somebody broke the glass in the last week, for who is to know."""
    if not may(visit, "read_broken_glass"):
        return 0
    return await asyncio.to_thread(visit.house.break_glass.lately, visit.person.authority)


def next_of(links: str) -> str:
    """The address of the next page of a list, "" if this is the last."""
    return links.partition(">")[0].lstrip("<")


def processes_of(visit: Visit) -> dict[str, str]:
    """The processes in use, with their titles."""
    reference, authority = visit.house.reference, visit.person.authority
    return {bundle.process: bundle.about.title for bundle in reference.processes(authority)}


def described(visit: Visit, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the API with whose case it is, in words; blocks."""
    cases = cases_named(visit.house.database, visit.person, {task["case"] for task in tasks})
    names = visit.names(*(task["assignee"] for task in tasks))
    directory, titles = visit.house.reference.directory, processes_of(visit)
    return [
        {
            **task,
            "pupil": named(msgspec.structs.asdict(cases[task["case"]])) if task["case"] in cases else "",
            "school": directory.name_of(task["home_school"]),
            "process_title": titles.get(task["process"], task["process"]),
            "assignee_name": names.get(task["assignee"], task["assignee"]),
            "is_mine": task["assignee"] == visit.person.id,
        }
        for task in tasks
    ]


async def from_team(visit: Visit) -> Response:
    """A button of the team's list: take one on, or choose a colleague for those that are ticked."""
    claimed = visit.posted.get("claim")
    if claimed:
        await visit.act(api.claim_task, Nothing, {}, id=claimed)
        return visit.to(f"/tasks/{claimed}")
    chosen = visit.posted.all("task")
    if not chosen:
        return visit.to("/tasks/team")
    return visit.to(f"/tasks/reassign?{urlencode([('task', id) for id in chosen])}")


async def choose_colleague(visit: Visit) -> Response:
    """Whom to give these tasks to. Each task's ETag goes with the page."""
    return await _choosing(visit, visit.request.query_params.getlist("task")[:MOST])


async def _choosing(visit: Visit, ids: list[str], status: int = 200, **more: Any) -> Response:
    tasks = []
    for id in ids:
        reply = await visit.read(api.one_task, id=id)
        tasks.append({**reply.body, "etag": reply.etag})
    staff = await asyncio.to_thread(staff_of, visit.house, visit.person.authority)
    fitting = [one for one in staff if all(can_do(one, task) for task in tasks)]
    return visit.page("tasks/reassign.html", status, tasks=tasks, staff=fitting, back="/tasks/team", **more)


def can_do(one: Known, task: dict[str, Any]) -> bool:
    """Whether somebody has the role for a task; the heads' office is one."""
    heads = {"home-head", "receiving-head"}
    roles = heads if task["role"] in heads else {task["role"]}
    return any(one.has(role, task["org"]) for role in roles)


async def reassign(visit: Visit) -> Response:
    """Give them to the colleague, one by one; what cannot be given is said, and the others are given."""
    ids, to, reason = visit.posted.all("task"), visit.posted.get("to"), visit.posted.get("reason")
    errors = said_errors(to, reason)
    if errors:
        return await _choosing(visit, ids, 422, errors=errors, to=to, reason=reason)
    refused: list[tuple[str, str]] = []
    for id in ids:
        seen = visit.posted.get(f"seen.{id}")
        try:
            await visit.act(api.reassign_task, Reassign, {"to": to, "reason": reason}, seen, id=id)
        except Refusal as refusal:
            refused.append((id, str(refusal)))
    names = await asyncio.to_thread(visit.names, to)
    given = len(ids) - len(refused)
    return visit.page(
        "tasks/reassigned.html", 409 if refused else 200, given=given, to=names.get(to, to), refused=refused
    )


def said_errors(to: str, reason: str, who: str = "to") -> list[dict[str, str]]:
    """What is missing of a choice of colleague with a reason."""
    errors = [] if to else [{"text": "Select who takes the tasks on", "href": f"#{who}"}]
    return errors if reason else [*errors, {"text": "Enter why", "href": "#reason"}]


async def choose_cover(visit: Visit) -> Response:
    """Who is away, and who has tasks; also who has lost their roles meanwhile."""
    staff = await asyncio.to_thread(seen_staff, visit.house.database, visit.person.authority)
    return visit.page("tasks/cover.html", staff=staff, back="/tasks/team")


async def cover(visit: Visit) -> Response:
    """The tasks of a colleague who is away, ready to be given to somebody."""
    away = visit.posted.get("away")
    ids = [task["task"] for task in await _all_of(visit, away)] if away else []
    if not ids:
        staff = await asyncio.to_thread(seen_staff, visit.house.database, visit.person.authority)
        sentence = "This colleague has no tasks that you could give to somebody" if away else "Select who is away"
        errors = [{"text": sentence, "href": "#away"}]
        return visit.page("tasks/cover.html", 422, staff=staff, errors=errors, away=away, back="/tasks/team")
    return visit.to(f"/tasks/reassign?{urlencode([('task', id) for id in ids])}")


async def _all_of(visit: Visit, person: str) -> list[dict[str, Any]]:
    """The tasks of a colleague that I may work with too."""
    found: list[dict[str, Any]] = []
    cursor = None
    while len(found) < MOST:
        reply = await visit.read(api.list_tasks, TaskQuery(cursor=cursor, limit=200))
        found += [task for task in reply.body if task["assignee"] == person]
        if not reply.links:
            break
        cursor = parse_qs(urlsplit(next_of(reply.links)).query)["cursor"][0]
    return found[:MOST]


async def keep_filter(visit: Visit) -> Response:
    """Name the filter of a list, to find it again; or take a name away."""
    where, query = visit.posted.get("where"), visit.posted.get("query")
    if where not in ("/tasks", "/tasks/team"):
        raise BodyInvalid([{"pointer": "", "detail": "There is no such list."}])
    if visit.posted.get("forget"):
        await asyncio.to_thread(forget_filter, visit, visit.posted.get("forget"))
        return visit.to(where)
    name = visit.posted.get("name")
    if not name:
        raise ReasonMissing("Give the filter a name.")
    await asyncio.to_thread(save_filter, visit, name, where, query)
    return visit.to(f"{where}?{query}" if query else where)
