"""Each use of break-glass in the authority, for its administrator and data protection officer."""

import asyncio

from starlette.responses import Response

from services.case.api.break_glass import UseQuery, list_uses
from services.case.domain.errors import NoSuchPage
from services.case.web.visit import Visit

LIMIT = 20  # uses on a page


async def reported(visit: Visit) -> Response:
    """Who broke the glass of which case, when and why, and what they looked at meanwhile. Raises NoSuchPage."""
    cursor = visit.query("cursor")
    if cursor and not (cursor.isdecimal() and cursor.isascii() and len(cursor) < 19):
        raise NoSuchPage
    reply = await visit.read(list_uses, UseQuery(int(cursor) if cursor else None, LIMIT))
    names = await asyncio.to_thread(visit.names, *(use.person for use in reply.body))
    older = f"/break-glass?cursor={reply.body[-1].number}" if reply.links else ""
    return visit.page("audit/broken_glass.html", uses=reply.body, names=names, older=older)
