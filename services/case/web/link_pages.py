"""Giving a family, or a school or professional without an account, a secure link: shown once, to whoever hands it over.

Whose it is stands in the address: a party, of others than the family with their organisation, as in `provider@AP-1001`.
"""

import asyncio
from typing import Literal

from starlette.responses import Response

from services.case.api.asking import Ask, Reply
from services.case.api.bodies import Body
from services.case.api.cases import act_on
from services.case.application import links
from services.case.application.running import Running
from services.case.domain.case import Case
from services.case.domain.contacts import contact_of, is_there
from services.case.domain.link_errors import NothingByLink
from services.case.domain.link_events import Factor
from services.case.domain.links import Link
from services.case.domain.people import FAMILY, GUESTS, PARTIES, Membership
from services.case.domain.permissions import role_for
from services.case.web.case_pages import head_of
from services.case.web.known_people import where_held
from services.case.web.people_pages import RESTRICTED
from services.case.web.visit import Visit

FOR = {
    "see": "See what was tried, what happens next, and ask the school",
    "agree": "Read the plan, and agree or not",
    "feedback": "Say how it went",
}
FOR_GUESTS = {**FOR, "see": "Answer what they are asked, and read what is shared with them"}


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
    party, org, purposes = _whose(visit, case)
    now = visit.house.clock.now()
    return visit.page(
        "cases/send_link.html",
        422 if missing else 200,
        **shown,
        party=party,
        organisation=place_of(visit, case, party, org) if org else "",
        purposes=purposes,
        restricted=RESTRICTED.get(contact_of(case, party).restriction, ""),
        code_to=_code_to(case, party, org, _factor(visit, case.authority)),
        good=[one for one in case.links.values() if _is_theirs(one, party, org) and one.until > now],
        errors=[{"text": missing, "href": "#purpose"}] if missing else [],
        back=f"/cases/{case.ref}/people",
    )


def _whose(visit: Visit, case: Case) -> tuple[str, str, dict[str, str]]:
    """Party, organisation, and for what the link can be. Raises NotAParty, NothingByLink."""
    party, _, org = visit.part("party").partition("@")
    if PARTIES.get(party) in FAMILY and not org and is_there(case, party):
        return party, org, FOR
    found = links.asked_for(visit.house.reference, case, party, org)
    if not found:
        raise NothingByLink
    return party, org, {purpose: words for purpose, words in FOR_GUESTS.items() if purpose in found}


def place_of(visit: Visit, case: Case, party: str, org: str) -> str:
    """The organisation for which a party acts, in words."""
    return where_held(visit.house, case.authority, Membership(GUESTS[party], org))


def _is_theirs(link: Link, party: str, org: str) -> bool:
    return (link.party, link.org) == (party, org) and not link.cancelled


async def send(visit: Visit) -> Response:
    """A new link, in the place of an old one for the same; it is shown on this page and never again."""
    ref, purpose = visit.part("ref"), visit.posted.get("purpose")
    _, case, shown = await head_of(visit)
    role_for(visit.person, case, "send_link")
    party, org, purposes = _whose(visit, case)
    if purpose not in purposes:
        return await _page(visit, "Select what the link is for")
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
        organisation=place_of(visit, case, party, org) if org else "",
        purpose=purposes[purpose],
        address_of_link=f"{start.rstrip('/')}/link/{token}" if mine else "",
        until=mine.until if mine else None,
        code="" if mine and mine.sends_code else code,
        factor=factor,
        contact_known=contact_of(case, party),
        back=f"/cases/{ref}/people",
    )


def _code_to(case: Case, party: str, org: str, factor: Factor) -> str:
    """Where the code for the link will go by itself, "" if it will not."""
    if not links.sends_code(case, party, org, factor):
        return ""
    contact = contact_of(case, party)
    return contact.phone if factor == "text" else ", ".join(contact.address)


def _factor(visit: Visit, authority: str) -> Factor:
    """By which other way the council wants a code to go, "" for none."""
    return links.factor_of(visit.house.reference.policy_at(authority, visit.house.clock.today()))


async def _issue(ask: Ask) -> Reply:
    (party, _, org), body = ask.part("party").partition("@"), ask.body

    def act(running: Running) -> None:
        links.issue(running, party, body.purpose, body.digest, body.factor, body.code, org)

    return await act_on(ask, "send_link", act)
