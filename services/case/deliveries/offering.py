"""Follows the log: for everything that makes words due it renders them for each recipient and offers them with an
address to whoever sends them. What cannot be sent by any way open to the recipient becomes a person's task at once.

Words and position are stored in one transaction, so each delivery is offered once. What is told to the case is found
told already if it comes again after a crash.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from services.case.application.delivering import failed
from services.case.application.door import Door, once
from services.case.application.running import Running
from services.case.deliveries import contacts
from services.case.deliveries.contacts import Offer, delivery_id
from services.case.deliveries.house_words import PROMPT, PROMPT_LINK, PROMPT_LINK_GIVEN, house_words
from services.case.deliveries.linking import BY_HAND, Linking
from services.case.deliveries.mailings import invitations, to_officer
from services.case.deliveries.owed import MAKE_WORDS_DUE, Owed, owed
from services.case.deliveries.recipients import OfficeOf, Recipient, finds_it, recipient_of, ways
from services.case.deliveries.wording import end_of_act, values
from services.case.domain.access_events import GlassBroken
from services.case.domain.case import Case
from services.case.domain.delivery_events import FailedBecause
from services.case.domain.errors import Refusal
from services.case.domain.folding import apply
from services.case.domain.improvement_events import SurveyOpened
from services.case.domain.link_events import LinkIssued
from services.case.domain.meta import Event
from services.case.domain.people import SYSTEM
from services.case.store.mapper import Recorded

READER = "deliveries"
TYPES = [*MAKE_WORDS_DUE, SurveyOpened.TOPIC, GlassBroken.TOPIC]
BATCH = 500
POSITION = "SELECT position FROM reader_positions WHERE reader = %s"
MOVE = """
    INSERT INTO reader_positions (reader, position) VALUES (%s, %s)
    ON CONFLICT (reader) DO UPDATE SET position = excluded.position
"""

Failure = tuple[Owed, FailedBecause]


class Prompt(NamedTuple):
    """The words of an e-mail or text, by their name among the house's own, and the link in them."""

    name: str
    link: str


class Offering:
    """`work` is a follower's. `link` leads to a case where people sign in, `start` to where the pages are."""

    def __init__(
        self, door: Door, office_of: Callable[[str], OfficeOf], link: Callable[[str], str], start: str
    ) -> None:
        self._door = door
        self._office_of = office_of
        self._link = link
        self._start = start.rstrip("/")
        self._linking = Linking(door, start)

    def work(self, connection: psycopg.Connection[Any]) -> bool:
        """The next batch of the log; whether there may be more."""
        row = connection.execute(POSITION, [READER]).fetchone()
        after = int(row[0]) if row else 0
        batch, upto = self._door.store.read_types(TYPES, after, BATCH)
        if upto == after:
            return False
        history_of, office_of = cache(self._door.store.load), cache(self._office_of)
        offers = [offer for recorded in batch for offer in self._of(recorded, history_of(recorded.stream), office_of)]
        with connection.transaction():
            connection.execute("SET LOCAL synchronous_commit = on")
            places = [place for given in offers if (place := self._offer(connection, given)) is not None]
            connection.execute(MOVE, [READER, upto])
            if places:
                connection.execute("SELECT pg_notify('contacts', %s)", [str(places[-1])])
        return len(batch) == BATCH

    def _offer(self, connection: psycopg.Connection[Any], given: Offer) -> int | None:
        key = self._door.store.keys.of(given.stream)
        return None if key is None else contacts.offer(connection, key, given)

    def _of(
        self, recorded: Recorded, history: Sequence[Recorded], office_of: Callable[[str], OfficeOf]
    ) -> Sequence[Offer]:
        """What is offered because of an event; what cannot be is told to the case."""
        event = recorded.event
        if isinstance(event, SurveyOpened):
            authority = self._door.reference.authorities[event.authority]
            return invitations(recorded, event, self._door.store.database, authority, self._start)
        if isinstance(event, GlassBroken):
            return to_officer(recorded, event, office_of(event.authority), self._start)
        history = history[: end_of_act(history, recorded)]
        case = _folded(recorded.stream, history)
        if case.erased:
            return []
        offers: list[Offer] = []
        failures: list[Failure] = []
        for each in owed(recorded, case, self._door.reference):
            may_go = self._linking.may_go(case, each.to)
            for_one = isinstance(recorded.event, LinkIssued)
            recipient = recipient_of(case, each.to, office_of(case.authority), may_go, for_one)
            if recipient is None:
                continue
            one = each.suited_to(recipient.contact)
            filled = values(one.words, case, recorded, history, self._door.reference, self._link(case.ref))
            if recipient.is_family and self._lacks_something(one, filled):
                failures.append((one, "incomplete"))
                continue
            open_ways, prompt = self._prompted(case, recipient, one, recorded.event)
            if isinstance(recorded.event, LinkIssued):
                filled["code"] = self._linking.code(recorded.event)
            if open_ways:
                data = self._data(one, recipient, open_ways, filled, prompt)
                delivery = delivery_id(recorded.stream, one.notice, one.to)
                offers.append(Offer(delivery, recorded.stream, case.ref, case.authority, data))
            elif not finds_it(one.words, recipient):
                failures.append((one, "no_address" if recipient.contact.restriction == "none" else "restricted"))
        self._tell(case.ref, failures)
        return offers

    def _lacks_something(self, one: Owed, filled: dict[str, str]) -> bool:
        """Whether words that the law asks for would have a gap."""
        return one.words.statutory and any(not filled[name] for name in one.words.asks())

    def _prompted(self, case: Case, recipient: Recipient, one: Owed, event: Event) -> tuple[list[str], Prompt]:
        """By which ways, and what an e-mail or text says: where to sign in, a link, or the code for one. A link is made
        only where a message is what is tried first; else there is a letter. Link and code never go the same way."""
        if isinstance(event, LinkIssued):
            return list(one.words.channels), Prompt(one.words.name, "")
        open_ways = ways(one.words, recipient)
        if not recipient.by_link:
            return open_ways, Prompt(PROMPT, self._link(case.ref))
        if self._linking.factor(case) == "text":
            open_ways = [way for way in open_ways if way != "sms"]
        instance = getattr(event, "instance", 0)
        is_message = open_ways[:1] in (["email"], ["sms"])
        address = self._linking.address(case.ref, recipient.to, instance) if is_message else None
        if address is None:
            return [way for way in open_ways if way == "letter"], Prompt(PROMPT, "")
        return open_ways, Prompt(PROMPT_LINK_GIVEN if address == BY_HAND else PROMPT_LINK, address)

    def _data(
        self, one: Owed, recipient: Recipient, open_ways: Sequence[str], filled: dict[str, str], prompt: Prompt
    ) -> dict[str, Any]:
        """Addresses for the ways that are open and no others; words in full for a letter only."""
        contact = recipient.contact
        data: dict[str, Any] = {"to": one.to, "statutory": one.words.statutory, "ways": list(open_ways)}
        data |= {"language": contact.language} if contact.language else {}
        if "letter" in open_ways:
            address = [line for line in (contact.name, *contact.address) if line]
            data["letter"] = {"address": address, "title": one.words.title, "words": one.words.render(filled)}
        short = house_words()[prompt.name].suited_to(contact.language, contact.easy_read)
        said = {"title": short.title, "words": short.render({**filled, "link": prompt.link})}
        data |= {"email": {"address": contact.email, **said}} if "email" in open_ways else {}
        data |= {"sms": {"number": contact.phone, "words": said["words"]}} if "sms" in open_ways else {}
        return data

    def _tell(self, ref: str, failures: Sequence[Failure]) -> None:
        if not failures:
            return

        def act(running: Running) -> bytes:
            running.decision.by = SYSTEM
            for one, because in failures:
                failed(running, one.notice, one.to, one.words, because, None)
            return b""

        with contextlib.suppress(Refusal):
            asyncio.run(self._door.change(ref, once(), act))


def _folded(stream: UUID, history: Iterable[Recorded]) -> Case:
    case = Case(stream)
    for recorded in history:
        apply(case, recorded.event)
    return case
