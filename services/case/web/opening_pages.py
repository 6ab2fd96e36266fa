"""Opening a case: which process, its start form as questions, whether the pupil has a case already, the new case.

Until the case is there, answers are kept with the session of whoever types them, sealed by it.
"""

import asyncio
from typing import Any
from uuid import UUID

from starlette.responses import Response

from services.case.api import cases as api
from services.case.api.bodies import OpenCase, Search
from services.case.application.circumstances import Around
from services.case.application.file_access import files_in
from services.case.domain import errors
from services.case.domain.case import Case
from services.case.domain.permissions import role_anywhere
from services.case.process.bundle import Bundle
from services.case.process.checks import Circumstances
from services.case.web.attaching import Files
from services.case.web.case_lists import in_words
from services.case.web.filling import Filling, rows_to_check, show_step, take_step
from services.case.web.questions import Answers
from services.case.web.visit import Visit

PUPIL = ("pupil_forename", "pupil_surname", "pupil_upn")


def _openable(visit: Visit) -> list[Bundle]:
    """Processes with which a case can begin: their start form says at which school the pupil is."""
    reference = visit.house.reference
    found = []
    for bundle in reference.processes(visit.person.authority):
        form = bundle.forms[bundle.about.start_form]
        if "home_school" in form.facts.values() and "pupil_surname" in form.facts.values():
            found.append(bundle)
    return found


def _kept(visit: Visit, process: str) -> Answers:
    assert visit.session is not None
    answers: Answers = visit.session.kept.get(f"new {process}", {})
    return answers


async def _keep(visit: Visit, process: str, answers: Answers | None) -> None:
    session = visit.session
    assert session is not None
    session.kept.pop(f"new {process}", None)
    if answers is not None:
        session.kept[f"new {process}"] = answers
    await asyncio.to_thread(visit.pages.sessions.keep, session)


async def choose(visit: Visit) -> Response:
    """With which process."""
    return visit.page("cases/new.html", processes=_openable(visit), back="/cases")


async def chosen(visit: Visit) -> Response:
    process = visit.posted.get("process")
    if process not in [bundle.process for bundle in _openable(visit)]:
        wrong = [{"text": "Select a process", "href": "#process"}]
        return visit.page("cases/new.html", 422, processes=_openable(visit), errors=wrong, back="/cases")
    return visit.to((await _filling(visit, process)).first_open())


async def _filling(visit: Visit, process: str) -> Filling:
    """Raises NotAllowed, NoSuchPage."""
    role_anywhere(visit.person, "open")
    bundle = next((one for one in _openable(visit) if one.process == process), None)
    if bundle is None:
        raise errors.NoSuchPage

    def around(answers: Answers) -> Circumstances:
        reference, today = visit.house.reference, visit.house.clock.today()
        case = Case(UUID(int=0), authority=visit.person.authority)
        case.policy = reference.policy_at(case.authority, today).hash
        case.home_school = str(answers.get("home_school", ""))
        return Around(case, today, reference, coming=files.known)

    async def keep(answers: Answers) -> None:
        await _keep(visit, process, answers)

    form = bundle.forms[bundle.about.start_form]
    ids = list(files_in(form.fields, _kept(visit, process)))
    files = Files(await asyncio.to_thread(visit.house.attachments.held, ids, visit.person) if ids else {})
    caption = f"Open a case: {bundle.about.title}"
    return Filling(form, _kept(visit, process), f"/cases/new/{process}", around, keep, {"caption": caption}, files)


async def begin(visit: Visit) -> Response:
    """Somebody comes back to a form that they have begun."""
    return visit.to((await _filling(visit, visit.part("process"))).first_open())


async def question(visit: Visit) -> Response:
    return await show_step(visit, await _filling(visit, visit.part("process")))


async def answer(visit: Visit) -> Response:
    return await take_step(visit, await _filling(visit, visit.part("process")))


async def check(visit: Visit) -> Response:
    filling = await _filling(visit, visit.part("process"))
    still = filling.first_open()
    return await _check_page(visit, filling, []) if still == visit.request.url.path else visit.to(still)


async def _check_page(visit: Visit, filling: Filling, faults: list[dict[str, str]], code: int = 200) -> Response:
    if not faults:
        around = filling.around(filling.answers)
        try:
            await asyncio.to_thread(filling.form.check, filling.answers, around)
        except errors.AnswersInvalid as invalid:
            faults, code = invalid.details["errors"], 422
    rows = await asyncio.to_thread(rows_to_check, visit, filling, faults)
    wrong = [{"text": row["error"], "href": row["href"]} for row in rows if row["error"]]
    return visit.page(
        "cases/new_check.html", code, rows=rows, errors=wrong, complete=not faults, form=filling.form,
        base=filling.address, **filling.shown,
    )  # fmt: skip


async def open_it(visit: Visit) -> Response:
    """Open it; or show the case that the pupil has already, or may have."""
    process = visit.part("process")
    filling = await _filling(visit, process)
    said: dict[str, Any] = {"process": process, "answers": filling.answers}
    said["confirm_new"] = visit.posted.get("somebody_else") == "yes"
    try:
        reply = await visit.act(api.open_one, OpenCase, said)
    except errors.AnswersInvalid as invalid:
        found = [{**one, "pointer": one["pointer"].removeprefix("/answers")} for one in invalid.details["errors"]]
        return await _check_page(visit, filling, found, 422)
    except (errors.AlreadyOpenForPupil, errors.PossibleDuplicate) as there:
        return await _there_already(visit, filling, there)
    await _keep(visit, process, None)
    return visit.page("cases/opened.html", ref=reply.body["ref"])


async def _there_already(visit: Visit, filling: Filling, there: errors.Refusal) -> Response:
    """The open cases that may be the same pupil's, as far as the person may know of them."""
    facts = {fact: filling.answers.get(name) for name, fact in filling.form.facts.items()}
    forename, surname, upn = (str(facts.get(name) or "") for name in PUPIL)
    certain = isinstance(there, errors.AlreadyOpenForPupil)
    search = Search(upn=upn) if certain and len(upn) == 13 else Search(name=f"{forename} {surname}"[:160])
    rows = (await visit.read(api.find_cases, body=search)).body
    cases = [row for row in await asyncio.to_thread(in_words, visit, rows) if row["status"] != "closed"]
    if not certain:
        cases = [row for row in cases if row["surname"].casefold() == surname.casefold()]
    return visit.page(
        "cases/duplicate.html", 409, sentence=str(there), certain=certain, cases=cases, base=filling.address,
        back=f"{filling.address}/check", **filling.shown,
    )  # fmt: skip
