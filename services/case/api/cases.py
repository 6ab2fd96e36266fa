"""Cases: open, list, find, see, and what is done to one as a whole."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from services.case.api.accounts import refuse_others
from services.case.api.asking import Ask, Reply, said_at
from services.case.api.looks import looked
from services.case.application.correcting import OPENING, correct, form_of
from services.case.application.door import Command
from services.case.application.file_access import files_in
from services.case.application.opening import close_by_hand, open_case, reopen, start_by_hand
from services.case.application.reading import deadline_facts, task_facts
from services.case.application.running import Running
from services.case.domain import events as e
from services.case.domain import lifecycle
from services.case.domain.case import Case
from services.case.domain.errors import (
    BodyInvalid,
    NothingToCorrect,
    PossibleDuplicate,
)
from services.case.domain.files import File
from services.case.domain.people import Person
from services.case.domain.permissions import is_for, may, role_anywhere, role_for, sees
from services.case.domain.tasks import etag_of
from services.case.projections.cases import LAST, Listed, cases_of, search

NUMBER = "SELECT nextval('case_numbers')"


def brief(case: Case) -> dict[str, Any]:
    """What every command on a case answers with."""
    return {
        "case": case.ref,
        "status": case.status,
        "outcome": case.outcome or None,
        "open_tasks": _open(case, case.tasks),
    }


def _open(case: Case, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Open tasks, each with the entity tag with which it can be completed."""
    return [{**task_facts(case, number), "etag": etag_of(case, case.tasks[number])} for number in numbers]


def summary(person: Person, case: Case) -> dict[str, Any]:
    """The case as far as the person sees it."""
    level = sees(person, case)
    knows_terms = case.terms.version and may(person, case, "read_terms")
    found: dict[str, Any] = {
        **brief(case),
        "ref": case.ref,
        "process": case.process,
        "authority": case.authority,
        "home_school": case.home_school,
        "opened_on": case.opened_on,
        "etag": lifecycle.etag_of(case),
        "erased": case.erased,
        "you_see": level,
        "processes": [
            {"instance": i.id, "process": i.process, "ended": i.ended, "outcome": i.outcome or None, "bundle": i.bundle}
            for i in case.instances.values()
        ],
        "agreements": {"version": case.terms.version, "answers": case.terms.answers} if knows_terms else None,
    }
    if level in ("full", "meta"):
        found["deadlines"] = [deadline_facts(deadline) for deadline in case.deadlines.values()]
        found["facts"] = case.facts
        found["policy"] = case.policy
    if level in ("full", "own", "pack"):
        named = {name: value for name, value in case.personal.items() if name.startswith("pupil_")}
        found["pupil"] = {name.removeprefix("pupil_"): value for name, value in named.items()}
    if level in ("own", "pack"):
        found["open_tasks"] = _open(case, [task.id for task in case.tasks.values() if is_for(person, case, task)])
    return found


async def list_cases(ask: Ask) -> Reply:
    """The cases that the person may know of, newest first."""
    query = ask.query
    before = LAST if query.cursor is None else query.cursor
    found = await asyncio.to_thread(
        cases_of, ask.house.database, ask.person, query.limit + 1, before, query.status, query.process
    )
    page, more = found[: query.limit], found[query.limit :]
    links = ""
    if more:
        url = ask.request.url.include_query_params(cursor=page[-1].number)
        links = f'<{url.path}?{url.query}>; rel="next"'
    return Reply([_row(listed) for listed in page], links=links)


def _row(listed: Listed) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.structs.asdict(listed)
    del row["number"]
    return {**row, "outcome": listed.outcome or None}


async def find_cases(ask: Ask) -> Reply:
    """Search by name, unique pupil number or reference, among the cases that the person may know of."""
    role_anywhere(ask.person, "search")
    asked = ask.body
    if not (asked.name or asked.upn or asked.ref):
        raise BodyInvalid([{"pointer": "", "detail": "Give a name, a unique pupil number or a reference."}])
    found = await asyncio.to_thread(
        search, ask.house.database, ask.person, 50, asked.name, asked.upn, asked.ref
    )  # fmt: skip
    return Reply([_row(listed) for listed in found])


async def open_one(ask: Ask) -> Reply:
    """Open a case. If the pupil has an open case it is refused; a pupil of the same name and birthday must be
    confirmed to be somebody else."""
    house, body = ask.house, ask.body
    role_anywhere(ask.person, "open")
    bundle = house.reference.current(ask.person.authority, body.process)
    row = await asyncio.to_thread(house.database.row, NUMBER)
    assert row is not None
    ref = f"{bundle.about.prefix}-{house.clock.today().year}-{row[0]:06}"
    form = bundle.forms[bundle.about.start_form]
    with said_at("/answers"):
        await refuse_others(ask, form, body.answers)
    held = await _files_with(ask, form.fields, ref)

    def decide(running: Running) -> bytes:
        with said_at("/answers"):
            open_case(running, ref, ask.person, body.process, body.answers, held=held)
        return msgspec.json.encode({**brief(running.case), "ref": ref})

    try:
        outcome = await house.door.change(ref, ask.command, decide)
    except PossibleDuplicate:
        if not body.confirm_new:
            raise
        outcome = await house.door.change(ref, ask.command, decide, by_name=False)
    answer = msgspec.json.decode(outcome.answer)
    if held:
        await asyncio.to_thread(house.attachments.settle, held, answer["ref"])
    return Reply(answer, 201, location=f"/api/v1/cases/{answer['ref']}", position=outcome.position)


async def _files_with(ask: Ask, fields: dict[str, Any], ref: str) -> dict[str, File]:
    """The files that came with the form, handed to the case, by id."""
    ids, attachments = list(files_in(fields, ask.body.answers)), ask.house.attachments
    if not ids:
        return {}
    held = await asyncio.to_thread(attachments.held, ids, ask.person)
    await asyncio.to_thread(attachments.hand, held, ask.person, ref)
    return held


async def one_case(ask: Ask) -> Reply:
    case = await ask.house.door.see(ask.ref)
    await looked(ask, case, "read", "case")
    return Reply(summary(ask.person, case), etag=lifecycle.etag_of(case))


async def act_on(ask: Ask, action: str, act: Callable[[Running], None], command: Command | None = None) -> Reply:
    """Change a case in a role that may do the action, and answer with it."""

    def decide(running: Running) -> bytes:
        membership = role_for(ask.person, running.case, action)
        running.decision.by = ask.person.as_actor(membership)
        act(running)
        return msgspec.json.encode([lifecycle.etag_of(running.case), brief(running.case)])

    outcome = await ask.house.door.change(ask.ref, command or ask.command, decide)
    etag, body = msgspec.json.decode(outcome.answer)
    return Reply(body, etag=etag, position=outcome.position)


async def add_note(ask: Ask) -> Reply:
    return await act_on(ask, "note", lambda running: lifecycle.note(running.decision, ask.body.text))


async def add_concern(ask: Ask) -> Reply:
    """Say that somebody is being put under pressure. The case pauses, and only the authority resumes it."""
    return await act_on(ask, "concern", lambda running: lifecycle.raise_concern(running.decision, ask.body.about))


async def hold_case(ask: Ask) -> Reply:
    return await act_on(ask, "hold", lambda running: lifecycle.hold(running.decision, ask.seen, ask.body.reason))


async def resume_case(ask: Ask) -> Reply:
    return await act_on(ask, "resume", lambda running: lifecycle.resume(running.decision, ask.seen, ask.body.reason))


async def close_case(ask: Ask) -> Reply:
    def act(running: Running) -> None:
        close_by_hand(running, ask.seen, ask.body.outcome, ask.body.reason)

    return await act_on(ask, "close", act)


async def reopen_case(ask: Ask) -> Reply:
    return await act_on(ask, "reopen", lambda running: reopen(running, ask.seen, ask.body.reason))


async def start_process(ask: Ask) -> Reply:
    """Start a process in the case, linked to it. The process says who may; one of a kind at a time."""
    return await act_on(ask, "read", lambda running: start_by_hand(running, ask.person, ask.body.process))


async def correct_answer(ask: Ask) -> Reply:
    """Supersede an answer; the old one stays in the history."""
    body = ask.body
    number = OPENING
    if body.task is not None:
        ref, _, tail = body.task.rpartition("-")
        if ref != ask.ref or not tail.isdigit():
            raise NothingToCorrect
        number = int(tail)
    case = await ask.house.door.see(ask.ref)
    role_for(ask.person, case, "correct")
    history = await asyncio.to_thread(ask.house.store.load, case.stream)
    given = [
        recorded.event
        for recorded in history
        if (isinstance(recorded.event, e.CaseOpened) and number == OPENING)
        or (isinstance(recorded.event, e.TaskCompleted | e.AnswerCorrected) and recorded.event.task == number)
    ]

    first = next((event for event in given if not isinstance(event, e.AnswerCorrected)), None)
    with said_at("/value", f"/{body.field}"):
        form = form_of(ask.house.reference, case, first) if first else None
        await refuse_others(ask, form, {body.field: body.value})

    def act(running: Running) -> None:
        with said_at("/value", f"/{body.field}"):
            correct(running, given, number, body.field, body.value, ask.seen, body.reason)

    return await act_on(ask, "correct", act)
