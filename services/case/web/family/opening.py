"""A secure link: looking at it changes nothing, however often it is done; pressing “Continue” begins a session."""

import asyncio

from starlette.responses import Response

from services.case.application import links
from services.case.application.door import once
from services.case.application.running import Running
from services.case.domain.case import Case
from services.case.domain.link_errors import LinkOver
from services.case.domain.links import Link
from services.case.web import safety
from services.case.web.family.reader import show
from services.case.web.pages import FAMILY
from services.case.web.visit import Visit
from services.case.web.wording import count


async def look(visit: Visit) -> Response:
    """What waits behind the link, without anything of it."""
    case, link = await _found(visit)
    return _page(visit, case, link)


def _page(visit: Visit, case: Case, link: Link, wrong: str = "") -> Response:
    errors = [{"text": wrong, "href": "#code"}] if wrong else []
    values = {"link": link, "is_pupil": link.party == "pupil", "is_guest": bool(link.org), "home": "", "errors": errors}
    return show(visit, "family/link.html", 422 if wrong else 200, case.authority, **values)


async def go_on(visit: Visit) -> Response:
    """A session for this link alone, once the code is right that went another way, where one is asked for."""
    case, link = await _found(visit)
    typed = "".join(visit.posted.get("code").split())
    if link.factor and not typed:
        return _page(visit, case, link, "Enter the code")
    code = links.kept_of(visit.house.store.keys.master, link.digest, typed)

    def act(running: Running) -> bytes:
        return b"open" if links.opened(running, link.id, code) else b""

    if not (await visit.house.door.change(case.ref, once(), act)).answer:
        case, link = await _found(visit)  # it may have been the last try
        left = count(links.MOST_WRONG - link.wrong, "more try", "more tries")
        return _page(visit, case, link, f"That is not the code. You have {left}")
    kept = {"ref": case.ref, "link": link.id}
    session = await asyncio.to_thread(visit.pages.by_link.begin, links.reader(case, link), "", kept)
    answer = visit.to("/family")
    safety.set_cookie(answer, FAMILY, session.cookie, visit.pages.secure)
    return answer


async def _found(visit: Visit) -> tuple[Case, Link]:
    """Raises LinkOver, TooManyTries. Only guesses count as tries, and never keep out who has a link that is good: many
    people may come from one address."""
    digest = links.digest_of(visit.part("token"))
    try:
        ref = await asyncio.to_thread(links.case_of, visit.house.database, digest)
    except LinkOver:
        visit.pages.tries.failed(visit.request.client.host if visit.request.client else "")
        raise
    case = await visit.house.door.see(ref)
    return case, links.by_digest(case, digest, visit.house.clock.now())


async def leave(visit: Visit) -> Response:
    """The session ends; the link can be opened again while it is good."""
    assert visit.session is not None
    await asyncio.to_thread(visit.pages.by_link.end, visit.session.cookie)
    answer = show(visit, "family/left.html", home="")
    safety.clear_cookie(answer, FAMILY, visit.pages.secure)
    return answer
