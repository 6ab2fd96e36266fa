"""The agreement: the terms as issued, who has answered, answering and taking an answer back."""

from typing import Any

import msgspec

from services.case.api.asking import Ask, Reply, said_at
from services.case.api.cases import brief
from services.case.api.looks import looked
from services.case.application import tasks
from services.case.application.running import Running
from services.case.application.tasks import etag_of_terms
from services.case.domain.case import Case
from services.case.domain.errors import NoTerms
from services.case.domain.permissions import sees


def _standing(case: Case) -> dict[str, str]:
    """Every party asked, with its answer or that it is awaited."""
    asked = {task.party: "awaited" for task in case.tasks.values() if task.agreement == "terms"}
    return {**asked, **case.terms.answers}


async def list_agreements(ask: Ask) -> Reply:
    """The terms issued and how each party stands to them. Families see the others' standing, never their words."""
    case = await ask.house.door.see(ask.ref)
    await looked(ask, case, "read_terms", "agreement")
    if not case.terms.version:
        raise NoTerms
    body: dict[str, Any] = {
        "version": case.terms.version,
        "hash": case.terms.hash,
        "parties": _standing(case),
        "terms": case.drafted if sees(ask.person, case) != "meta" else None,
    }
    return Reply(body, etag=etag_of_terms(case))


async def agree(ask: Ask) -> Reply:
    """Answer for a party: agree, or not. The party itself, or a caseworker who says how the answer came."""
    party, body = ask.part("party"), ask.body

    def act(running: Running) -> None:
        with said_at("/answers"):
            tasks.agree(running, party, ask.person, ask.seen, body.answers, body.reason, body.method)

    return await _change(ask, act)


async def withdraw(ask: Ask) -> Reply:
    """Take an agreement back, at any time until the move is complete."""
    party = ask.part("party")
    return await _change(ask, lambda running: tasks.withdraw(running, party, ask.person, ask.body.reason))


async def _change(ask: Ask, act: Any) -> Reply:
    def decide(running: Running) -> bytes:
        act(running)
        case = running.case
        return msgspec.json.encode([etag_of_terms(case), {**brief(case), "parties": _standing(case)}])

    outcome = await ask.house.door.change(ask.ref, ask.command, decide)
    etag, body = msgspec.json.decode(outcome.answer)
    return Reply(body, etag=etag, position=outcome.position)
