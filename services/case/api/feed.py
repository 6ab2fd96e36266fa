"""The feed: the same records as on the topics, for subscribers without Kafka."""

import asyncio
from typing import Any

from services.case.api.asking import Ask, Reply
from services.case.application.importing import REGISTER
from services.case.domain.errors import NotAllowed
from services.case.projections.projecting import of_cases
from services.case.publishing import integration_event, is_of_register
from services.case.store.mapper import Recorded

SCOPES = {"case.access.v1": "feed:access", "case.contacts.v1": "feed:contacts"}
ORIGINS = "SELECT stream, ref, authority FROM cases WHERE stream = ANY (%s)"
EVERYBODYS = ""  # the authority of what is of none: the register of schools
SCAN = 5_000  # positions looked at for one answer at most


async def feed(ask: Ask) -> Reply:
    """Records after a position, in order, of the subscriber's own authority, and of every pupil's register: there,
    of other councils' entries, half days only. `wait` seconds for something new.

    Link rel="next" leads on, also where nothing was found among the positions looked at.
    """
    query = ask.query
    if SCOPES.get(query.topic, "feed") not in ask.person.scopes:
        raise NotAllowed("This token has no scope for that topic.")
    if not await ask.house.projected.wait(query.after + 1, query.wait) and query.wait:
        return Reply([], links=_link(ask, query.after))
    records, after = await asyncio.to_thread(_read, ask, query.topic, query.after, query.limit)
    return Reply(records, links=_link(ask, after))


def _link(ask: Ask, after: int) -> str:
    url = ask.request.url.include_query_params(after=after)
    return f'<{url.path}?{url.query}>; rel="next"'


def _read(ask: Ask, topic: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Only what the read models have passed: before that it is not known whose a case is."""
    house, start = ask.house, after
    records: list[dict[str, Any]] = []
    while len(records) < limit and after < house.projected.position and after - start < SCAN:
        batch = [r for r in house.store.read(after, 500) if r.position <= house.projected.position]
        if not batch:
            break
        owners = _owners(ask, batch)
        for recorded in batch:
            after = recorded.position
            owner = owners.get(recorded.stream)
            if owner is not None and _topic_of(recorded) == topic and owner[1] in (ask.person.authority, EVERYBODYS):
                records.append(integration_event(recorded, owner[1], owner[0]))
                if len(records) == limit:
                    break
    return records, after


def _topic_of(recorded: Recorded) -> str:
    return "authority.events.v1" if recorded.type.startswith("authority.") else "case.events.v1"


def _owners(ask: Ask, batch: list[Recorded]) -> dict[Any, tuple[str, str]]:
    """Stream -> subject and authority. A register is everybody's, as far as each may know it."""
    mine, house = ask.person.authority, ask.house
    registers = {r.stream: (str(r.stream), mine) for r in batch if is_of_register(r.type)}
    listed = {stream: (code, code) for code, stream in house.directory_streams().items()}
    listed[REGISTER] = ("schools", EVERYBODYS)
    streams = list({recorded.stream for recorded in of_cases(batch)})
    rows = house.database.rows(ORIGINS, [streams])
    found = {stream: (ref, authority) for stream, ref, authority in rows}
    return found | registers | listed | {stream: (code, code) for code, stream in house.authority_streams().items()}
