"""The people of a case: who is asked to agree and has answered, how they are reached, recording an answer for them,
taking an agreement back; and the messages that were sent to them."""

from functools import partial
from typing import Any

from starlette.responses import Response

from services.case.api import agreements, messages
from services.case.api.bodies import Because
from services.case.application import links
from services.case.domain import errors
from services.case.domain.case import Case
from services.case.domain.people import FAMILY, GUESTS, PARTIES, Membership
from services.case.domain.permissions import is_for, may
from services.case.web.case_pages import head_of
from services.case.web.known_people import where_held
from services.case.web.visit import Visit

ELECTRONIC = {"email": "By e-mail", "sms": "By text", "letter": "By letter", "portal": "On these pages", "": ""}
RESTRICTED = {
    "none": "",
    "hide_address": "The address must not be told to anybody",
    "no_contact": "No contact: a person decides how, each time",
    "court_order": "A court order limits contact: a person decides how, each time",
    "other": "Contact is limited: a person decides how, each time",
}


async def people(visit: Visit) -> Response:
    """Everybody asked, with what they answered, and how the family is reached."""
    _, case, shown = await head_of(visit)
    try:
        terms = (await visit.read(agreements.list_agreements)).body
    except (errors.NoTerms, errors.NotAllowed):
        terms = None
    contacts = (await visit.read(messages.list_contacts)).body if may(visit.person, case, "contacts") else {}
    return visit.page(
        "cases/people.html",
        **shown,
        parties=_parties(visit, case, terms["parties"] if terms else {}),
        version=terms["version"] if terms else 0,
        contacts=contacts,
        may_send=may(visit.person, case, "send_link"),
        guests=_guests(visit, case),
        restricted=RESTRICTED,
        ways=ELECTRONIC,
    )


def _guests(visit: Visit, case: Case) -> list[dict[str, str]]:
    """Schools and professionals who are asked for something, to whom whoever sees the page may give a link."""
    if not may(visit.person, case, "send_link"):
        return []
    where = partial(where_held, visit.house, case.authority)
    found = links.guests(visit.house.reference, case)
    return [{"party": party, "org": org, "name": where(Membership(GUESTS[party], org))} for party, org in found]


def _parties(visit: Visit, case: Case, answers: dict[str, str]) -> list[dict[str, Any]]:
    """Each party with its answer, and the task in which it is given or recorded."""
    asked = {task.party: task for task in case.tasks.values() if task.agreement == "terms"}
    found = []
    for party, answer in answers.items():
        task = asked.get(party)
        family = PARTIES.get(party) in FAMILY
        mine = task is not None and task.person == visit.person.id
        may_record = task is not None and (
            is_for(visit.person, case, task) or (family and may(visit.person, case, "agree_for"))
        )
        own = family and case.parties.get(party) == visit.person.id
        found.append(
            {
                "party": party,
                "answer": answer,
                "task": case.task_id(task.id) if task and may_record else "",
                "family": family and not mine,
                "may_withdraw": answer == "agreed" and case.is_open and (own or may(visit.person, case, "agree_for")),
            }
        )
    return found


async def ask_withdraw(visit: Visit) -> Response:
    """Taking a party's agreement back."""
    _, _, shown = await head_of(visit)
    back = f"/cases/{visit.part('ref')}/people"
    return visit.page("cases/withdraw.html", **shown, party=visit.part("party"), back=back)


async def withdraw(visit: Visit) -> Response:
    await visit.act(
        agreements.withdraw, Because, {"reason": visit.posted.get("reason")}, party=visit.part("party")
    )  # fmt: skip
    return visit.to(f"/cases/{visit.part('ref')}/people")


async def sent(visit: Visit) -> Response:
    """What was to be said to whom, and what became of it."""
    _, _, shown = await head_of(visit)
    found = (await visit.read(messages.list_messages)).body
    return visit.page("cases/messages.html", **shown, messages=found, ways=ELECTRONIC)
