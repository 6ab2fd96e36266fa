"""One message as a letter: a page to print, and the same as PDF."""

import asyncio
from typing import Any

from starlette.responses import Response

from services.case.api import messages
from services.case.domain.errors import NoSuchPage
from services.case.domain.permissions import role_for
from services.case.web import wording
from services.case.web.letter_pdf import Letter, as_pdf
from services.case.web.visit import Visit


async def letter(visit: Visit) -> Response:
    """The words as they were then, and nothing around them."""
    message, contact = await _message(visit)
    return visit.page("cases/letter.html", message=message, contact=contact, ref=visit.part("ref"))


async def as_file(visit: Visit) -> Response:
    """The letter to take along, which is recorded: nobody sees afterwards what becomes of a copy."""
    message, contact = await _message(visit)
    house, council = visit.house, visit.pages.council(visit.session)
    case = await house.door.see(visit.asking().ref)
    head = (council, contact, wording.day(message["due_on"]), f"Our reference: {case.ref}")
    said = message["words"], message.get("language", "") or "en"
    made = await asyncio.to_thread(as_pdf, Letter(message["title"], council, case.ref, head, *said), house.clock.now())
    by = visit.person.as_actor(role_for(visit.person, case, "read"))
    await asyncio.to_thread(house.looking.record, case, by, "letter")
    headers = {"Content-Disposition": f'attachment; filename="{case.ref}-letter-{message["notice"]}.pdf"'}
    return Response(made, headers=headers, media_type="application/pdf")


async def _message(visit: Visit) -> tuple[dict[str, Any], str]:
    """The message of the address, and the council's contact. Raises NoSuchPage where the person sees no words of it."""
    found = (await visit.read(messages.list_messages)).body
    wanted = [one for one in found if str(one["notice"]) == visit.part("notice") and one["to"] == visit.part("to")]
    if not wanted or "words" not in wanted[0]:
        raise NoSuchPage
    authorities, authority = visit.house.reference.authorities, visit.person.authority
    return wanted[0], authorities[authority].contact if authority in authorities.codes else ""
