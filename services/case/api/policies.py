"""The policies of an authority, to read: what holds here, since when, on what basis."""

import asyncio

from services.case.api.asking import Ask, Reply
from services.case.application.policies import told
from services.case.domain.permissions import role_anywhere


async def list_policies(ask: Ask) -> Reply:
    """Every policy that was put in use, the latest day first, with its values and how binding each is. A new one comes
    by a new version in the authority's file, with the day from which it holds."""
    role_anywhere(ask.person, "read_policy")
    house, authority = ask.house, ask.person.authority
    await asyncio.to_thread(house.administration.refresh)
    state = house.administration.of(authority)
    return Reply(await asyncio.to_thread(told, state, house.reference, house.clock.today()))
