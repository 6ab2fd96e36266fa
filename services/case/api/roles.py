"""Roles that an authority's administrator gives to its staff and takes, over what the sign-in provider says."""

import asyncio
from collections.abc import Callable

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.application import roles
from services.case.application.in_use import InUse
from services.case.domain.meta import Event, Meta
from services.case.domain.people import Membership
from services.case.domain.permissions import role_anywhere


async def list_roles(ask: Ask) -> Reply:
    """Every role given or taken in the authority, with who did it, when and why, the last first."""
    role_anywhere(ask.person, "read_roles")
    administration = ask.house.administration
    await asyncio.to_thread(administration.refresh)
    return Reply(roles.told(administration.of(ask.person.authority)))


async def give_role(ask: Ask) -> Reply:
    """Give somebody a role for an organisation of the authority. It holds at once, whatever their sign-in says."""
    body, reference = ask.body, ask.house.reference
    membership = Membership(body.role, body.org)
    return await _change(
        ask, lambda state, meta: roles.give_role(state, meta, body.person, membership, body.because, reference)
    )


async def take_role(ask: Ask) -> Reply:
    """Take a role from somebody. It holds at once, whatever their sign-in says."""
    body = ask.body
    membership = Membership(body.role, body.org)
    return await _change(ask, lambda state, meta: roles.take_role(state, meta, body.person, membership, body.because))


async def _change(ask: Ask, decide: Callable[[InUse, Meta], list[Event]]) -> Reply:
    by = ask.person.as_actor(role_anywhere(ask.person, "administer"))

    def act(state: InUse, meta: Meta) -> tuple[list[Event], bytes]:
        events = decide(state, meta)
        return events, msgspec.json.encode({"changed": bool(events)})

    outcome = await ask.house.administration.change(ask.person.authority, by, ask.command, act)
    return Reply(msgspec.json.decode(outcome.answer), position=outcome.position)
