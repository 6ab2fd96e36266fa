"""A case: where it is, what comes next, who has agreed; why a task or a date is there."""

import asyncio
from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from services.case.api import cases as api
from services.case.api import files as files_api
from services.case.api import history
from services.case.domain.case import Case
from services.case.domain.files import about
from services.case.domain.permissions import may
from services.case.web import wording
from services.case.web.case_acts import acts_of
from services.case.web.fact_words import facts_in_words
from services.case.web.meetings import meetings_of
from services.case.web.visit import Visit


async def head_of(visit: Visit) -> tuple[dict[str, Any], Case, dict[str, Any]]:
    """What stands at the head of every page of a case: the API's answer, the case, and values for the template.

    Raises CaseUnknown, NotAllowed.
    """
    reply = await visit.read(api.one_case)
    case = await visit.house.door.see(reply.body["ref"])
    return reply.body, case, {**around(visit, case, reply.body), "etag": reply.etag}


def around(visit: Visit, case: Case, body: dict[str, Any]) -> dict[str, Any]:
    """What the template of the head needs of a case; `body` is what the API answers of it."""
    pupil = body.get("pupil", {})
    return {
        "case": body,
        "pupil": pupil,
        "pupil_name": wording.named(pupil) or body["ref"],
        "school": visit.house.reference.directory.name_of(body["home_school"]),
        "tabs": _tabs(visit, case),
        "acts": acts_of(visit.person, case),
        "glass": next((one for one in visit.person.glass if one.ref == case.ref), None),
    }


def _tabs(visit: Visit, case: Case) -> list[dict[str, Any]]:
    """The pages of a case that the person may see."""
    here = visit.request.url.path
    found = [("Overview", f"/cases/{case.ref}", "read"), ("People", f"/cases/{case.ref}/people", "read")]
    found += [("Answers", f"/cases/{case.ref}/answers", "history")]
    found += [("Files", f"/cases/{case.ref}/files", "read")]
    found += [("Messages", f"/cases/{case.ref}/messages", "read"), ("History", f"/cases/{case.ref}/history", "history")]
    found += [("Process", f"/cases/{case.ref}/replay", "history")]
    found += [("Verify", f"/cases/{case.ref}/verify", "export"), ("Access", f"/cases/{case.ref}/access", "export")]
    found += [("Export", f"/cases/{case.ref}/export", "export")]
    return [
        {"text": text, "href": href, "active": href == here}
        for text, href, action in found
        if may(visit.person, case, action)
    ]


async def overview(visit: Visit) -> Response:
    """Where is it, what next, who has agreed."""
    body, case, shown = await head_of(visit)
    names = await asyncio.to_thread(visit.names, *(task["assignee"] for task in body["open_tasks"]))
    facts = await asyncio.to_thread(facts_in_words, visit, case, body.get("facts", {}))
    files = (await visit.read(files_api.list_files)).body if case.files else []
    return visit.page(
        "cases/case.html",
        **shown,
        tasks=[_task(visit, case, task, names) for task in body["open_tasks"]],
        deadlines=deadlines_of(visit, case, body.get("deadlines", [])),
        meetings=await meetings_of(visit, case),
        processes=_processes(visit, case),
        facts=facts,
        files=[{**one, "about": about(one["media_type"], one["size"])} for one in files],
    )


def _task(visit: Visit, case: Case, task: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    number = int(task["task"].rpartition("-")[2])
    bundle = visit.house.reference.bundle(case.instances[task["instance"]].bundle)
    due = next((d for d in case.deadlines.values() if d.task == number), None)
    return {
        **task,
        "title": bundle.elements[task["element"]].name or task["element"],
        "due": due.due if due else None,
        "late": due is not None and due.due < visit.house.clock.today(),
        "assignee_name": names.get(task["assignee"] or "", task["assignee"]),
    }


def deadlines_of(visit: Visit, case: Case, deadlines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are open, with the titles of their bundles, the earliest first; `times`: how many are the same."""
    found: dict[tuple[str, Any], dict[str, Any]] = {}
    for deadline in deadlines:
        whole = case.deadlines[int(deadline["deadline"][1:])]
        number = whole.instance or (case.tasks[whole.task].instance if whole.task in case.tasks else 0)
        instance = case.instances.get(number)
        about = visit.house.reference.bundle(instance.bundle).about if instance else None
        named = about.deadlines.get(whole.name, {}) if about else {}
        title = str(named.get("title", whole.name.replace("_", " ").capitalize()))
        late = whole.due < visit.house.clock.today() and whole.duty
        one = {**deadline, "title": title, "provisional": whole.provisional, "late": late, "times": 0}
        found.setdefault((title, whole.due), one)["times"] += 1
    return sorted(found.values(), key=lambda one: one["due"])


def _processes(visit: Visit, case: Case) -> list[dict[str, Any]]:
    """Each process instance with its title and how it ended."""
    found = []
    for instance in case.instances.values():
        about = visit.house.reference.bundle(instance.bundle).about
        outcome = about.outcomes.get(instance.outcome, instance.outcome.replace("_", " ").capitalize())
        found.append({"title": about.title, "ended": instance.ended, "outcome": outcome, "starter": instance.starter})
    return found


async def why(visit: Visit) -> Response:
    """Why a task or a date is there, day by day."""
    _, case, shown = await head_of(visit)
    reply = await visit.read(history.why)
    names = await asyncio.to_thread(visit.names, reply.body["because_of"]["by"])
    return visit.page("cases/why.html", **shown, why=reply.body, names=names, back=f"/cases/{case.ref}")
