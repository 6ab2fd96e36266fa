"""What happened: the events of a case, the case as it was, and why something is there. Read from the events alone."""

import asyncio
import re
from datetime import datetime
from typing import Any

from services.case.api.asking import Ask, Reply
from services.case.api.files import readable_by
from services.case.api.looks import looked
from services.case.application.reading import as_at, upto, why_deadline, why_task
from services.case.domain.errors import BodyInvalid, NothingToCorrect
from services.case.domain.file_events import FileAdded
from services.case.domain.meta import Event
from services.case.domain.permissions import sees
from services.case.store.mapper import Recorded, facts_of

DEADLINE = re.compile(r"d([1-9]\d{0,8})")
NUMBER = re.compile(r"[1-9]\d{0,8}")


async def list_events(ask: Ask) -> Reply:
    """The history of a case, in order. Auditors see facts; those who work on the case also what was said."""
    case = await ask.house.door.see(ask.ref)
    await looked(ask, case, "history", "history")
    personal = sees(ask.person, case) == "full"
    query = ask.query
    history = await asyncio.to_thread(ask.house.store.load, case.stream, query.after)
    found = await asyncio.to_thread(readable_by, ask, case) if personal and case.files else set()
    page, more = history[: query.limit], len(history) > query.limit
    links = ""
    if more:
        url = ask.request.url.include_query_params(after=page[-1].version)
        links = f'<{url.path}?{url.query}>; rel="next"'
    told = [event_facts(one, personal and _is_theirs(one.event, found)) for one in page]
    return Reply(told, links=links)


def _is_theirs(event: Event, files: set[str]) -> bool:
    """Whether it is not about a file that they may not fetch, whose name they are not told either."""
    return not isinstance(event, FileAdded) or event.file in files


def event_facts(recorded: Recorded, personal: bool) -> dict[str, Any]:
    event = recorded.event
    shown: dict[str, Any] = {
        "version": recorded.version,
        "type": recorded.type,
        "recorded_at": recorded.recorded_at,
        "effective_on": event.meta.effective_on,
        "by": event.meta.by,
        "cause": event.meta.cause or None,
        "facts": facts_of(event),
        "erased": recorded.erased,
        "hash": recorded.row.hash.hex(),
    }
    if personal:
        shown["personal"] = event.personal
    return shown


async def state(ask: Ask) -> Reply:
    """The case as it was at a version, as it was known at a moment, or as it was true on a day."""
    case = await ask.house.door.see(ask.ref)
    await looked(ask, case, "history", "state")
    query = ask.query
    if sum(given is not None for given in (query.version, query.known_at, query.effective_on)) > 1:
        raise BodyInvalid([{"pointer": "", "detail": "Give one of version, known_at and effective_on."}])
    history = await asyncio.to_thread(ask.house.store.load, case.stream)
    then = upto(history, query.version, _moment(query.known_at), query.effective_on)
    return Reply(as_at(case, then, sees(ask.person, case) == "full"))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BodyInvalid([{"pointer": "/known_at", "detail": "Give a date and time with its offset."}])
    return moment


async def why(ask: Ask) -> Reply:
    """Why a task or a deadline is there: what brought it about, and how a date was counted."""
    case = await ask.house.door.see(ask.ref)
    await looked(ask, case, "read", "why")
    what = ask.part("what")
    history = await asyncio.to_thread(ask.house.store.load, case.stream)
    if found := DEADLINE.fullmatch(what):
        return Reply(why_deadline(history, int(found[1])))
    number = what.removeprefix(f"{case.ref}-")
    if not NUMBER.fullmatch(number):
        raise NothingToCorrect("There is no such task or deadline in this case.")
    return Reply(why_task(history, int(number)))
