"""The agreement by link: what it is and that one can say no, the plan in plain words, yes or no or talking first, and
taking it back until the move is complete."""

import asyncio
from typing import Any

from starlette.responses import Response

from services.case.api import agreements
from services.case.api.bodies import Because
from services.case.domain import errors
from services.case.domain.case import Case
from services.case.domain.contacts import contact_of, is_there
from services.case.web.choosing import naming
from services.case.web.family import answering
from services.case.web.family.plan_words import NAMES, WAY_HOME, for_pupil
from services.case.web.family.reader import Reader, reader_of
from services.case.web.family.reading import tasks_of
from services.case.web.in_words import in_words
from services.case.web.questions import steps_asked
from services.case.web.visit import Visit


async def about(visit: Visit) -> Response:
    """What this is, and that one can say no."""
    reader, standing = await _terms(visit)
    return reader.page("family/agreement.html", **_mine(reader, standing), back="/family")


async def _terms(visit: Visit) -> tuple[Reader, dict[str, Any]]:
    """The terms as the API gives them to the party. Raises NoTerms and what `reader_of` raises."""
    reader = await reader_of(visit, "agree")
    return reader, (await visit.read(agreements.list_agreements, ref=reader.case.ref)).body


def _mine(reader: Reader, standing: dict[str, Any]) -> dict[str, Any]:
    """How the party itself stands to the terms."""
    answer = standing["parties"].get(reader.party, "")
    asked = any(task.agreement == "terms" for task in tasks_of(reader))
    return {"answer": answer, "asked": asked, "may_withdraw": answer == "agreed" and reader.case.is_open}


async def plan(visit: Visit) -> Response:
    """The plan in the words of its questions, and who has answered, never what they said with it."""
    reader, standing = await _terms(visit)
    found = await asyncio.to_thread(_rows, reader, standing["terms"] or {})
    first = for_pupil(found) if reader.is_pupil else []
    others = {party: answer for party, answer in standing["parties"].items() if party != reader.party}
    return reader.page(
        "family/plan.html",
        first=first,
        rows=list(found.values()),
        others=others,
        **_mine(reader, standing),
        back="/family/agreement",
    )


def _rows(reader: Reader, terms: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The terms as questions with their answers, by field; blocks."""
    case, reference = reader.case, reader.visit.house.reference
    over = case.done.get(case.drafted_by)
    if over is None:
        return {}
    bundle = reference.bundle(over.bundle)
    form = bundle.forms[bundle.elements[over.task.element].form]
    hidden = NAMES | (WAY_HOME if _contact_is_limited(case, reader.party) else set())
    questions = tuple(q for step in steps_asked(form, terms) for q in step.questions if q.name not in hidden)
    name_of = naming(reader.visit, questions, terms)
    rows = {q.name: {"title": q.title, "lines": in_words(q, terms.get(q.name), name_of)} for q in questions}
    return {name: row for name, row in rows.items() if row["lines"]}


def _contact_is_limited(case: Case, party: str) -> bool:
    """Whether anybody else of the family must not be found by this party."""
    others = [one for one in ("pupil", "parent", "parent2") if one != party and is_there(case, one)]
    return any(contact_of(case, one).restriction != "none" for one in (*others, party))


async def ask(visit: Visit) -> Response:
    """Yes, no, or talking to somebody first."""
    reader, standing = await _terms(visit)
    return _ask_page(reader, standing)


def _ask_page(reader: Reader, standing: dict[str, Any], missing: str = "") -> Response:
    mine = _mine(reader, standing)
    if not mine["asked"]:
        return reader.visit.to("/family/agreement")
    wrong = [{"text": missing, "href": "#choice"}] if missing else []
    return reader.page("family/decide.html", 422 if wrong else 200, errors=wrong, **mine, back="/family/plan")


async def choose(visit: Visit) -> Response:
    """What was chosen is kept until it is checked and sent."""
    reader, standing = await _terms(visit)
    choice, session = visit.posted.get("choice"), visit.session
    if choice == "talk":
        return visit.to("/family/talk")
    if choice not in ("yes", "no"):
        return _ask_page(reader, standing, "Select yes, no or that you want to talk first")
    task = next((task for task in tasks_of(reader) if task.agreement == "terms"), None)
    if task is None:
        return visit.to("/family/agreement")
    assert session is not None
    session.kept[answering.CHOSEN] = (standing["version"], choice)
    await asyncio.to_thread(visit.pages.by_link.keep, session)
    return visit.to((await answering.load(visit, task.id)).filling.first_open())


async def ask_withdraw(visit: Visit) -> Response:
    """Changing one’s mind."""
    reader, standing = await _terms(visit)
    if not _mine(reader, standing)["may_withdraw"]:
        raise errors.NothingToWithdraw
    return reader.page("family/withdraw.html", back="/family/agreement")


async def withdraw(visit: Visit) -> Response:
    reader = await reader_of(visit, "agree")
    said = {"reason": visit.posted.get("reason")}
    await visit.act(agreements.withdraw, Because, said, ref=reader.case.ref, party=reader.party)
    return reader.page("family/withdrawn.html")
