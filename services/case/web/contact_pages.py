"""How a party of a case is reached: recorded whole, in place of what was known."""

from typing import Any

import msgspec
from starlette.responses import Response

from services.case.api import messages
from services.case.api.message_bodies import PutContact
from services.case.domain import errors
from services.case.domain.contacts import Contact
from services.case.domain.people import GUESTS
from services.case.domain.permissions import may
from services.case.web.case_pages import head_of
from services.case.web.visit import Visit

PREFERS = {"": "No preference", "email": "E-mail", "sms": "Text message", "letter": "Letter"}
RESTRICTED = {
    "none": "No limit",
    "hide_address": "The address must not be told to anybody",
    "no_contact": "No contact: a person decides how, each time",
    "court_order": "A court order limits contact: a person decides how, each time",
    "other": "Another limit: a person decides how, each time",
}
WRONG = {  # field -> what to say where it cannot be so
    "name": "Use 200 characters or fewer",
    "phone": "Enter a phone number of 30 characters or fewer",
    "email": "Enter an e-mail address, such as name@example.com",
    "address": "Enter an address of 6 lines or fewer",
    "language": "Use 60 characters or fewer",
}


async def ask(visit: Visit) -> Response:
    """The page, with what is known now."""
    known = await _known(visit)
    said = {**known, "address": "\n".join(known.get("address", ()))}
    return await _page(visit, said, [])


async def _known(visit: Visit) -> dict[str, Any]:
    """Raises NotAParty for whom one does not see how they are reached, NotAllowed."""
    contacts: dict[str, dict[str, Any]] = (await visit.read(messages.list_contacts)).body
    party = visit.part("party")
    if party in contacts:
        return contacts[party]
    _, case, _ = await head_of(visit)
    if party not in GUESTS or not may(visit.person, case, "send_link"):
        raise errors.NotAParty
    return {}  # of others than the family nothing is known before somebody records it


async def _page(visit: Visit, said: dict[str, Any], wrong: list[dict[str, str]]) -> Response:
    _, case, shown = await head_of(visit)
    return visit.page(
        "cases/contact.html",
        422 if wrong else 200,
        **shown,
        party=visit.part("party"),
        said=said,
        errors=wrong,
        error_at={error["href"][1:]: error["text"] for error in wrong},
        prefers=PREFERS,
        restricted=RESTRICTED,
        back=f"/cases/{case.ref}/people",
    )


async def record(visit: Visit) -> Response:
    await _known(visit)
    posted = visit.posted
    said = {name: posted.get(name) for name in ("name", "phone", "email", "language", "prefers", "address")}
    said |= {"restriction": posted.get("restriction") or "none"}
    flags = {name: bool(posted.get(name)) for name in ("easy_read", "electronic")}
    contact = {**said, **flags, "address": [line.strip() for line in said["address"].splitlines() if line.strip()]}
    wrong = [{"text": WRONG[name], "href": f"#{name}"} for name in WRONG if not _fits(name, contact[name])]
    if wrong:
        return await _page(visit, {**said, **flags}, wrong)
    try:
        await visit.act(messages.put_contact, PutContact, {"contact": contact}, party=visit.part("party"))
    except (errors.NotAllowed, errors.BodyInvalid) as refused:
        return await _page(visit, {**said, **flags}, [{"text": str(refused), "href": "#restriction"}])
    return visit.to(f"/cases/{visit.part('ref')}/people")


def _fits(name: str, value: Any) -> bool:
    try:
        msgspec.convert({name: value}, Contact)
    except msgspec.ValidationError:
        return False
    return True
