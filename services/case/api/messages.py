"""Words to people: what a case has sent to whom and what became of it, how they are reached, and the results that come
back from whoever sends."""

import asyncio
from typing import Any

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.api.cases import act_on
from services.case.api.looks import looked
from services.case.application import delivering
from services.case.application.running import Running
from services.case.deliveries.messages import Message, messages_of
from services.case.domain.case import Case
from services.case.domain.contacts import contact_of, is_there
from services.case.domain.errors import NotAllowed, NotAParty
from services.case.domain.people import FAMILY, GUESTS, PARTIES
from services.case.domain.permissions import role_for, sees
from services.case.inbound import ResultRefused, take

SCOPE = "results"


async def take_results(ask: Ask) -> Reply:
    """Results of deliveries, as on the topic `notify.results.v1`. Each takes effect once, however often and in whatever
    order they come; what cannot be read or is of no delivery of the authority is named and passed over."""
    if SCOPE not in ask.person.scopes:
        raise NotAllowed("This token has no scope for results.")
    refused = []
    for place, record in enumerate(ask.body):
        try:
            await take(ask.house, msgspec.to_builtins(record), ask.person.authority)
        except ResultRefused as why:
            refused.append({"pointer": f"/{place}", "detail": f"This is not taken: {why}."})
    return Reply({"taken": len(ask.body) - len(refused), "errors": refused})


async def list_messages(ask: Ask) -> Reply:
    """What was to be said to whom, newest first, with the words as they were then and what became of them. A party sees
    what is for them; who works on the case sees all; auditors see it without the words."""
    case = await ask.house.door.see(ask.ref)
    await looked(ask, case, "read", "messages")
    history = await asyncio.to_thread(ask.house.store.load, case.stream)
    found = await asyncio.to_thread(messages_of, case, history, ask.house.reference, ask.house.settings.link(case.ref))
    level = sees(ask.person, case)
    mine = [message for message in found if level in ("full", "meta") or _is_for(ask, case, message)]
    return Reply([_shown(message, words=level != "meta", work=level in ("full", "meta")) for message in mine])


def _is_for(ask: Ask, case: Case, message: Message) -> bool:
    """Whether it is for one of the parties that the person is, or for a role that they hold for its organisation."""
    party, _, org = message.to.partition("@")
    role = PARTIES.get(party, party)
    if role in FAMILY:
        return case.parties.get(party) == ask.person.id
    return ask.person.has(role, org or message.org)


def _shown(message: Message, words: bool, work: bool) -> dict[str, Any]:
    """`work`: also why it failed, and the task in which somebody sees to it; with both, what would suit better."""
    hidden = {"org"} | (set() if words else {"words", "language"}) | (set() if work else {"because", "task"})
    hidden |= set() if words and work else {"wanted"}
    return {name: value for name, value in msgspec.to_builtins(message).items() if name not in hidden}


async def list_contacts(ask: Ask) -> Reply:
    """How the parties of the case are reached. A party sees their own."""
    case = await ask.house.door.see(ask.ref)
    role_for(ask.person, case, "contacts")
    everything = sees(ask.person, case) == "full"
    parties = dict.fromkeys(["pupil", "parent", *(["parent2"] if is_there(case, "parent2") else []), *case.contacts])
    shown = [party for party in parties if everything or case.parties.get(party) == ask.person.id]
    return Reply({party: msgspec.to_builtins(contact_of(case, party)) for party in shown})


async def put_contact(ask: Ask) -> Reply:
    """Record how a party is reached, whole. A party may record their own, and lift no restriction."""
    party, contact = ask.part("party"), ask.body.contact

    def act(running: Running) -> None:
        case = running.case
        if party not in {**PARTIES, **GUESTS} or not is_there(case, party):
            raise NotAParty
        if sees(ask.person, case) != "full":
            if case.parties.get(party) != ask.person.id:
                raise NotAParty
            if contact.restriction != contact_of(case, party).restriction:
                raise NotAllowed("Ask the school or the inclusion team to limit contact, or to lift a limit.")
        delivering.record_contact(running, party, contact)

    return await act_on(ask, "contacts", act)
