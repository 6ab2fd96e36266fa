"""Break-glass: whoever oversees a case reads what is in it for a while, and each use is reported."""

import asyncio
from datetime import datetime, timedelta

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.api.bodies import Limit, Place
from services.case.application.running import Running
from services.case.domain.errors import Erased, ReasonMissing
from services.case.domain.permissions import role_anywhere, role_for

LAST = 2**62  # a position after all


class UseQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cursor: Place | None = None
    limit: Limit = 50


async def break_glass(ask: Ask) -> Reply:
    """Read what is in the case, for as many minutes as the authority's policy says. Everything that is looked at is
    recorded, and the use reported with its reason."""
    house, reason = ask.house, ask.body.reason.strip()

    def decide(running: Running) -> bytes:
        case, decision = running.case, running.decision
        decision.by = ask.person.as_actor(role_for(ask.person, case, "break_glass"))
        if not reason:
            raise ReasonMissing
        if case.erased:
            raise Erased
        minutes = house.reference.policy_at(case.authority, decision.today)["access.breakGlassMinutes"]
        return msgspec.json.encode(decision.at + timedelta(minutes=minutes))

    outcome = await house.door.change(ask.ref, ask.command, decide)
    until = msgspec.json.decode(outcome.answer, type=datetime)
    case = await house.door.see(ask.ref)
    by, command = ask.person.as_actor(role_for(ask.person, case, "break_glass")), str(ask.command.id)
    position = await asyncio.to_thread(house.looking.break_glass, case, by, command, reason, until)
    return Reply({"ref": case.ref, "until": until}, 201, position=position)


async def list_uses(ask: Ask) -> Reply:
    """Each use in the authority, the last first: who, when, until when, why, and what was looked at meanwhile."""
    role_anywhere(ask.person, "read_broken_glass")
    query, uses = ask.query, ask.house.break_glass.uses
    before = LAST if query.cursor is None else query.cursor
    found = await asyncio.to_thread(uses, ask.person.authority, before, query.limit + 1)
    page, more = found[: query.limit], found[query.limit :]
    links = ""
    if more:
        url = ask.request.url.include_query_params(cursor=page[-1].number)
        links = f'<{url.path}?{url.query}>; rel="next"'
    return Reply(page, links=links)
