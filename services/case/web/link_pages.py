"""Giving a family a secure link: shown once, to whoever hands it over."""

import asyncio
from typing import Literal

from starlette.responses import Response

from services.case.api.asking import Ask, Reply
from services.case.api.bodies import Body
from services.case.api.cases import act_on
from services.case.application import links
from services.case.application.running import Running
from services.case.domain.contacts import Contact, contact_of, is_there
from services.case.domain.errors import NotAParty
from services.case.domain.people import FAMILY, PARTIES
from services.case.domain.permissions import role_for
from services.case.web.case_pages import head_of
from services.case.web.people_pages import RESTRICTED
from services.case.web.visit import Visit

FOR = {
    "see": "See what was tried, what happens next, and ask the school",
    "agree": "Read the plan, and agree or not",
    "feedback": "Say how it went",
}


class SendLink(Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`digest` is the SHA-256 of the link’s token; `factor` and `code` as `application.links` issues it."""

    purpose: Literal["see", "agree", "feedback"]
    digest: str
    factor: Literal["", "letter", "text"] = ""
    code: str = ""


async def ask(visit: Visit) -> Response:
    """For what the link is."""
    return await _page(visit)


async def _page(visit: Visit, missing: str = "") -> Response:
    _, case, shown = await head_of(visit)
    role_for(visit.person, case, "send_link")
    party = visit.part("party")
    if PARTIES.get(party) not in FAMILY or not is_there(case, party):
        raise NotAParty
    now = visit.house.clock.now()
    return visit.page(
        "cases/send_link.html",
        422 if missing else 200,
        **shown,
        party=party,
        purposes=FOR,
        restricted=RESTRICTED.get(contact_of(case, party).restriction, ""),
        code_to=_code_to(contact_of(case, party), _factor(visit, case.authority)),
        good=[one for one in case.links.values() if one.party == party and not one.cancelled and one.until > now],
        errors=[{"text": missing, "href": "#purpose"}] if missing else [],
        back=f"/cases/{case.ref}/people",
    )


async def send(visit: Visit) -> Response:
    """A new link, in the place of an old one for the same; it is shown on this page and never again."""
    ref, party, purpose = visit.part("ref"), visit.part("party"), visit.posted.get("purpose")
    if purpose not in FOR:
        return await _page(visit, "Select what the link is for")
    _, case, shown = await head_of(visit)
    role_for(visit.person, case, "send_link")
    token, digest = await asyncio.to_thread(links.new_token, visit.house.database, ref)
    said, code = {"purpose": purpose, "digest": digest}, ""
    if factor := _factor(visit, case.authority):
        master = visit.house.store.keys.master
        code = links.code_of(master, digest)
        said |= {"factor": factor, "code": links.kept_of(master, digest, code)}
    await visit.act(_issue, SendLink, said)
    case = await visit.house.door.see(ref)
    mine = next((one for one in case.links.values() if one.digest == digest), None)  # none if the form was sent twice
    start = visit.house.settings.public_url or str(visit.request.base_url)
    return visit.page(
        "cases/link_sent.html",
        **shown,
        party=party,
        purpose=FOR[purpose],
        address_of_link=f"{start.rstrip('/')}/link/{token}" if mine else "",
        until=mine.until if mine else None,
        code="" if mine and mine.sends_code else code,
        factor=factor,
        contact_known=contact_of(case, party),
        back=f"/cases/{ref}/people",
    )


def _code_to(contact: Contact, factor: str) -> str:
    """Where the code for the link will go by itself, "" if it will not."""
    if not contact.takes_code(factor):
        return ""
    return contact.phone if factor == "text" else ", ".join(contact.address)


def _factor(visit: Visit, authority: str) -> str:
    """By which other way the council wants a code to go, "" for none."""
    return links.factor_of(visit.house.reference.policy_at(authority, visit.house.clock.today()))


async def _issue(ask: Ask) -> Reply:
    party, body = ask.part("party"), ask.body

    def act(running: Running) -> None:
        links.issue(running, party, body.purpose, body.digest, body.factor, body.code)

    return await act_on(ask, "send_link", act)
