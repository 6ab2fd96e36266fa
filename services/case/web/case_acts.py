"""What is done to a case as a whole: note, concern, hold, resume, close, reopen, start a process, break the glass. One
page each, with a reason where the case's history needs one."""

from typing import Any

import msgspec
from starlette.responses import Response

from services.case.api import bodies, break_glass
from services.case.api import cases as api
from services.case.api import processes as processes_api
from services.case.api.asking import Handler as ApiHandler
from services.case.domain import errors
from services.case.domain.case import Case
from services.case.domain.lifecycle import OUTCOMES
from services.case.domain.people import Person
from services.case.domain.permissions import may, role_for
from services.case.web import wording
from services.case.web.visit import Visit

STANDS_AGAINST = (
    errors.AlreadyOpenForPupil,
    errors.PossibleDuplicate,
    errors.ProcessRunning,
    errors.ConcernUnresolved,
)


class Act(msgspec.Struct, frozen=True):
    """`field` of the body that is asked for in words; `while_`: statuses of the case in which it can be done."""

    action: str
    title: str
    label: str
    button: str
    handler: ApiHandler
    body: type[Any]
    field: str = "reason"
    hint: str = ""
    warning: str = ""
    while_: tuple[str, ...] = ("open", "held")


ACTS = {
    "note": Act(
        "note", "Add a note", "Note", "Add note", api.add_note, bodies.Note, "text",
        "It is kept in the case’s history and cannot be taken away.", while_=("open", "held", "closed"),
    ),
    "concern": Act(
        "concern", "Raise a concern of pressure", "What are you concerned about?", "Raise concern", api.add_concern,
        bodies.Concern, "about", "Say who is, or feels, put under pressure, and how you know.",
        "The case is put on hold until the inclusion team has looked into it.",
    ),
    "hold": Act(
        "hold", "Put the case on hold", "Why?", "Put on hold", api.hold_case, bodies.Reasoned,
        hint="No task is completed and no agreement given until it is resumed. Time limits of the law go on.",
        while_=("open",),
    ),
    "resume": Act(
        "resume", "Let the case go on", "Why can it go on?", "Resume case", api.resume_case, bodies.Reasoned,
        while_=("held",),
    ),
    "close": Act(
        "close", "Close the case", "Why?", "Close case", api.close_case, bodies.Close,
        warning="All open tasks and deadlines go. You can reopen the case.",
    ),
    "reopen": Act(
        "reopen", "Reopen the case", "Why?", "Reopen case", api.reopen_case, bodies.Reasoned, while_=("closed",),
    ),
    "processes": Act(
        "start_process", "Start another process", "Why? (optional)", "Start process", api.start_process,
        bodies.StartProcess,
    ),
    "break-glass": Act(
        "break_glass", "Break the glass", "Why must you read what is in this case?", "Break the glass",
        break_glass.break_glass, bodies.Reasoned,
        hint="Name nobody: the administrator reads it too.",
        warning="You can read everything in this case for a while. Each page that you look at is recorded.",
        while_=("open", "held", "closed"),
    ),
}  # fmt: skip


def acts_of(person: Person, case: Case) -> list[dict[str, str]]:
    """What the person may do to the case as it is."""
    return [
        {"href": f"/cases/{case.ref}/{name}", "text": act.title}
        for name, act in ACTS.items()
        if case.status in act.while_ and may(person, case, act.action)
    ]


async def ask(visit: Visit) -> Response:
    """The page of an act."""
    act, case = await _act(visit)
    return await _page(visit, act, case, [])


async def _act(visit: Visit) -> tuple[Act, Case]:
    """Raises NoSuchPage, CaseUnknown, NotAllowed."""
    act = ACTS[visit.request.url.path.rpartition("/")[2]]
    case = await visit.house.door.see(visit.asking().ref)
    role_for(visit.person, case, act.action)
    return act, case


async def _page(
    visit: Visit, act: Act, case: Case, errors: list[dict[str, str]], status: int = 422, **more: Any
) -> Response:
    reply = await visit.read(api.one_case)
    choices: list[dict[str, str]] = []
    if act.body is bodies.Close:
        choices = [{"value": code, "text": words} for code, words in OUTCOMES.items()]
    elif act.body is bodies.StartProcess:
        found = (await visit.read(processes_api.list_processes)).body
        mine = visit.person.roles
        choices = [{"value": one["process"], "text": one["title"]} for one in found if mine & set(one["started_by"])]
    values = {
        "act": act,
        "choices": choices,
        "chosen": visit.posted.get("choice"),
        "said": visit.posted.get("said"),
        "etag": reply.etag,
        "ref": case.ref,
        "pupil_name": wording.named(reply.body.get("pupil", {})),
        "back": f"/cases/{case.ref}",
        "errors": errors,
        **more,
    }
    return visit.page("cases/act.html", status if errors or more else 200, **values)


async def do(visit: Visit) -> Response:
    """Do it; or say what is missing, or what somebody else changed meanwhile."""
    act, case = await _act(visit)
    said, choice = visit.posted.get("said"), visit.posted.get("choice")
    missing = []
    body: dict[str, Any] = {act.field: said}
    if act.body in (bodies.Close, bodies.StartProcess):
        body["outcome" if act.body is bodies.Close else "process"] = choice
        if not choice:
            word = "the outcome" if act.body is bodies.Close else "a process"
            missing.append({"text": f"Select {word}", "href": "#choice"})
    if not said and act.body is not bodies.StartProcess:
        missing.append({"text": "Enter the note" if act.field == "text" else "Enter why", "href": "#said"})
    if missing:
        return await _page(visit, act, case, missing)
    try:
        await visit.act(act.handler, act.body, body, visit.posted.get("seen"))
    except errors.CaseEdited as edited:
        return await _page(visit, act, case, [], 412, changed=str(edited), changes=edited.details["changed"])
    except (
        errors.AlreadyOpenForPupil,
        errors.PossibleDuplicate,
        errors.ProcessRunning,
        errors.ConcernUnresolved,
    ) as no:
        return await _page(visit, act, case, [{"text": str(no), "href": "#said"}], 409)
    return visit.to(f"/cases/{case.ref}")
