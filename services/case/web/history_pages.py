"""The history of a case as a timeline, newest first: who did what and when, and what came of it."""

import asyncio
from typing import Any

from starlette.responses import Response

from services.case.api import history as api
from services.case.api.bodies import EventQuery
from services.case.web import wording
from services.case.web.case_pages import head_of
from services.case.web.history_words import PERSONAL, Telling, sentence
from services.case.web.visit import Visit

PAGE = 200  # events
UNTOLD = ("case.fact_set.v1",)  # what comes of something and says nothing beside it
KINDS = {  # what a timeline can be narrowed to -> beginnings of types
    "tasks": ("case.task_", "case.answer_"),
    "dates": ("case.deadline_", "case.timer_"),
    "messages": ("case.notice_", "case.contact_", "case.reminder_"),
    "notes": ("case.note_", "case.concern_", "case.file_"),
    "status": ("case.opened", "case.held", "case.resumed", "case.closed", "case.reopened", "case.process_"),
}


async def timeline(visit: Visit) -> Response:
    _, case, shown = await head_of(visit)
    page, kind = visit.query("page"), visit.query("kind")
    number = int(page) if page.isdecimal() and len(page) < 6 and int(page) else 1
    last = case.version - (number - 1) * PAGE
    first = max(last - PAGE, 0)
    events: list[dict[str, Any]] = []
    if last > 0:
        events = (await visit.read(api.list_events, EventQuery(after=first, limit=last - first))).body
    ids = {event["by"].person for event in events} | {str(event["facts"].get("to")) for event in events}
    names = await asyncio.to_thread(visit.names, *ids)
    directory = visit.house.reference.directory
    telling = Telling(case, visit.house.reference.bundle, lambda id: names.get(id, id), directory.name_of)
    acts = _acts(telling, events, names)
    if kind in KINDS:
        acts = [act for act in acts if any(t.startswith(KINDS[kind]) for t in act["types"])]
    return visit.page(
        "cases/history.html", **shown, told=acts[::-1], number=number, more=first > 0, kind=kind, kinds=list(KINDS)
    )  # fmt: skip


def _acts(telling: Telling, events: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    """What each person did, or the clock, with what came of it, in order."""
    found: list[dict[str, Any]] = []
    by_version: dict[str, dict[str, Any]] = {}
    for event in events:
        words = sentence(telling, event["type"], event["facts"])
        cause = (event["cause"] or "").rpartition(".")[2]
        act = by_version.get(cause)
        if act is not None:
            act["types"].append(event["type"])
            if event["type"] not in UNTOLD:
                act["after"].append(words)
            continue
        by, personal = event["by"], event.get("personal") or {}
        act = {
            "version": event["version"],
            "words": words,
            "at": event["recorded_at"],
            "on": event["effective_on"],
            "is_later": wording.as_day(event["recorded_at"]) != event["effective_on"],
            "by": {"clock": "The clock", "system": "The service"}.get(by.person, names.get(by.person, by.person)),
            "role": wording.role(by.role),
            "said": next((str(personal[name]) for name in PERSONAL if personal.get(name)), ""),
            "after": [],
            "types": [event["type"]],
            "erased": event["erased"],
        }
        found.append(act)
        by_version[str(event["version"])] = act
    return found
