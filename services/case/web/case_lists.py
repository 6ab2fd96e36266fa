"""The list of cases, and finding one by name, pupil number or reference: they are posted, and never in an address."""

import asyncio
import re
from typing import Any

from starlette.responses import Response

from services.case.api import cases as api
from services.case.api.asking import REF
from services.case.api.bodies import CaseQuery, Search
from services.case.domain.permissions import ACTIONS
from services.case.web.task_lists import next_of, processes_of
from services.case.web.visit import Visit
from services.case.web.wording import named

STATUSES = ("open", "held", "closed")
UPN = re.compile(r"[A-Z]\d{11}[0-9A-Z]")
PAGE = 50


async def listed(visit: Visit) -> Response:
    """The cases that I may know of, newest first."""
    status, process, cursor = visit.query("status"), visit.query("process"), visit.query("cursor")
    query = CaseQuery(
        status=status if status in STATUSES else None,  # type: ignore[arg-type]
        process=process or None,
        cursor=int(cursor) if cursor.isdecimal() else None,
        limit=PAGE,
    )
    reply = await visit.read(api.list_cases, query)
    rows = await asyncio.to_thread(in_words, visit, reply.body)
    return visit.page(
        "cases/list.html",
        cases=rows,
        further=next_of(reply.links),
        status=status,
        process=process,
        processes=processes_of(visit),
        may_open=any(m.role in ACTIONS["open"] for m in visit.person.memberships),
        may_search=any(m.role in ACTIONS["search"] for m in visit.person.memberships),
    )


def in_words(visit: Visit, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the API with the names of pupil, school and process."""
    directory, titles = visit.house.reference.directory, processes_of(visit)
    return [
        {
            **row,
            "pupil": named(row),
            "school": directory.name_of(row["home_school"]),
            "process_title": titles.get(row["process"], row["process"]),
        }
        for row in rows
    ]


async def find(visit: Visit) -> Response:
    """What was looked for decides how: a reference, a unique pupil number, else a name."""
    text = visit.posted.get("text")
    search = search_for(text)
    if search is None:
        errors = [{"text": "Enter a name, a unique pupil number or a reference", "href": "#text"}]
        return visit.page("cases/found.html", 422, text=text, cases=[], errors=errors, back="/cases")
    rows = (await visit.read(api.find_cases, body=search)).body
    cases = await asyncio.to_thread(in_words, visit, rows)
    return visit.page("cases/found.html", text=text, cases=cases, back="/cases")


def search_for(text: str) -> Search | None:
    """None where there is nothing to look for."""
    plain = text.upper().replace(" ", "")
    if REF.fullmatch(plain):
        return Search(ref=plain)
    if UPN.fullmatch(plain):
        return Search(upn=plain)
    return Search(name=text[:160]) if len(text) > 1 else None
