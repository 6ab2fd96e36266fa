"""The feed: the same records as on the topics, for subscribers without Kafka."""

import asyncio
from typing import Any

from services.case.api.asking import Ask, Reply, wait_for
from services.case.deliveries import contacts
from services.case.domain.errors import NotAllowed
from services.case.outbox.owners import EVERYBODYS

SCOPES = {"case.access.v1": "feed:access", "case.contacts.v1": "feed:contacts"}
SCAN = 5_000  # places looked at for one answer at most


async def feed(ask: Ask) -> Reply:
    """Records after a place, in order, of the subscriber's own authority, and of every pupil's register: there, of
    other councils' entries, half days only. `wait` seconds for something new.

    Link rel="next" leads on, also where nothing was found among the places looked at. The place of a record is its
    position in the log, unless its stream was held back: then it comes where it was released, all of it at once.
    """
    query = ask.query
    if SCOPES.get(query.topic, "feed") not in ask.person.scopes:
        raise NotAllowed("This token has no scope for that topic.")
    if query.topic == contacts.TOPIC:
        return await _contacts(ask)
    outbox = ask.house.projected.outbox
    await outbox.wait(wait_for(ask.request) or 0)
    if not await outbox.wait(query.after + 1, query.wait) and query.wait:
        return Reply([], links=_link(ask, query.after))
    records, after = await asyncio.to_thread(_read, ask, query.topic, query.after, query.limit)
    return Reply(records, links=_link(ask, after))


async def _contacts(ask: Ask) -> Reply:
    """What is offered to be sent: addresses and words, as long as they are there. Places of their own."""
    house, query = ask.house, ask.query
    if not await house.projected.contacts.wait(query.after + 1, query.wait) and query.wait:
        return Reply([], links=_link(ask, query.after))
    found, after = await asyncio.to_thread(contacts.read, house.database, house.store.keys, query.after, query.limit)
    records = [one.event for one in found if one.authority == ask.person.authority]
    return Reply(records, links=_link(ask, after))


def _link(ask: Ask, after: int) -> str:
    url = ask.request.url.include_query_params(after=after)
    return f'<{url.path}?{url.query}>; rel="next"'


def _read(ask: Ask, topic: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    mine, start = ask.person.authority, after
    records: list[dict[str, Any]] = []
    while len(records) < limit and after - start < SCAN:
        page = ask.house.outbox.read(after, 500)
        if page.place == after:
            break
        for turn in page.turns:
            if len(records) >= limit and turn.place > after:
                return records, after
            after = turn.place
            if turn.topic == topic and turn.owner.authority in (mine, EVERYBODYS):
                records.append(turn.event(mine))
        after = page.place
    return records, after
