"""Invitations to surveys, to the mailboxes of those whom a survey asks: the council's team, schools, providers. Whoever
has none, and every family, finds it where they sign in or come by their link."""

from collections.abc import Iterator
from uuid import UUID

from services.case.clock.now import LONDON
from services.case.deliveries.contacts import Offer, delivery_id
from services.case.deliveries.house_words import house_words
from services.case.deliveries.offices import mailboxes
from services.case.domain.directory import long
from services.case.domain.improvement_events import SurveyOpened
from services.case.policy.authority_text import Authority
from services.case.store.database import Database

INVITATION = "survey_invitation"
SUBJECT = "survey-"  # with its number, where a delivery of a case names the case


def is_invitation(ref: str) -> bool:
    """Whether a delivery with this subject invites to a survey: then no case waits to hear what became of it."""
    return ref.startswith(SUBJECT)


def invitations(
    stream: UUID, version: int, opened: SurveyOpened, database: Database, authority: Authority, start: str
) -> Iterator[Offer]:
    """One for each mailbox; none where nobody has said at which address people sign in, which is `start`."""
    if not start:
        return
    words, closes = house_words()[INVITATION], opened.closes_at.astimezone(LONDON)
    said = words.render(
        {
            "authority_name": authority.name,
            "contact": opened.contact,
            "due_date": f"{closes:%H:%M} on {long(closes.date())}",
            "link": f"{start}/surveys/{opened.survey}",
        }
    )
    for to, address in mailboxes(database, authority, opened.audience).items():
        email = {"address": address, "title": words.title, "words": said}
        data = {"to": to, "statutory": words.statutory, "ways": ["email"], "email": email}
        yield Offer(delivery_id(stream, version, to), stream, f"{SUBJECT}{opened.survey}", authority.code, data)
