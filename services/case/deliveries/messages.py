"""What a case was to say to whom, with the words as they were then, and what became of it. Read from the events
alone."""

from collections.abc import Sequence
from datetime import date

import msgspec

from services.case.application.reference import Reference
from services.case.deliveries.owed import concerns, owed
from services.case.deliveries.wording import end_of_act, values
from services.case.domain.case import Case
from services.case.domain.contacts import Contact, contact_of, is_there, organisation_of
from services.case.domain.deliveries import Delivery, key_of
from services.case.domain.folding import apply
from services.case.domain.people import PARTIES
from services.case.process.notices import Notice
from services.case.store.mapper import Recorded

READY = Delivery("ready")  # it lies where people sign in, and nothing else was told of it


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """`notice`: version of the event that made the words due · `state`: ready, sent, delivered or failed · `task`: in
    which a person sees to it · `language`: BCP 47 tag of the words, "" for English · `wanted`: a language in which the
    person likes to be written to, as they call it, or “easy read”, where there are no words in it."""

    notice: int
    to: str
    title: str
    due_on: date
    state: str
    words: str
    org: str
    statutory: bool = False
    channel: str = ""
    because: str = ""
    posted_on: str = ""
    deemed_on: str = ""
    task: str = ""
    language: str = ""
    wanted: str = ""


def messages_of(case: Case, history: Sequence[Recorded], reference: Reference, link: str) -> list[Message]:
    """All of them, newest first. `case` is as it is now, `history` all its events."""
    found: list[Message] = []
    then = Case(case.stream)
    for recorded in history:
        if then.version < recorded.version:
            apply(then, recorded.event)
        if concerns(recorded):
            last = end_of_act(history, recorded)
            for later in history[then.version : last]:
                apply(then, later.event)
            found += _of(recorded, then, case, history[:last], reference, link)
    return found[::-1]


def _of(
    recorded: Recorded, then: Case, case: Case, history: Sequence[Recorded], reference: Reference, link: str
) -> list[Message]:
    messages = []
    for each in owed(recorded, then, reference):
        party = each.to.partition("@")[0]
        if not is_there(then, party):
            continue
        contact = contact_of(then, party)
        one = each.suited_to(contact)
        how = case.deliveries.get(key_of(one.notice, one.to), READY)
        task = next((t.id for t in case.tasks.values() if how.instance and t.instance == how.instance), 0)
        messages.append(
            Message(
                one.notice,
                one.to,
                one.words.title,
                recorded.event.meta.effective_on,
                how.state,
                one.words.render(values(one.words, then, recorded, history, reference, link)),
                organisation_of(then, PARTIES.get(party, party)),
                one.words.statutory,
                how.channel,
                how.because,
                how.posted_on,
                how.deemed_on,
                case.task_id(task) if task else "",
                one.words.language,
                _wanted(contact, one.words),
            )
        )
    return messages


def _wanted(contact: Contact, words: Notice) -> str:
    if contact.language and not words.language and "english" not in contact.language.casefold():
        return contact.language
    return "easy read" if contact.easy_read and not words.easy_read else ""
