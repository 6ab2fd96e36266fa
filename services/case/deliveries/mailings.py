"""E-mails to mailboxes, of which no case is told: to those who are asked in a survey, where it is, and to the data
protection officer, that somebody broke the glass. Who has no mailbox finds it where they sign in, as families do."""

from collections.abc import Sequence
from typing import Any

from services.case.clock.now import LONDON
from services.case.deliveries.contacts import Offer, delivery_id
from services.case.deliveries.house_words import PROMPT, house_words
from services.case.deliveries.offices import mailboxes
from services.case.deliveries.recipients import OfficeOf
from services.case.domain.access_events import GlassBroken
from services.case.domain.directory import long
from services.case.domain.improvement_events import SurveyOpened
from services.case.policy.authority_text import Authority
from services.case.store.database import Database
from services.case.store.mapper import Recorded

INVITATION = "survey_invitation"
SUBJECT = "survey-"  # with its number, where a delivery of a case names the case
OFFICER = "dpo"


def is_invitation(ref: str) -> bool:
    """Whether a delivery with this subject invites to a survey: then no case waits to hear what became of it."""
    return ref.startswith(SUBJECT)


def invitations(
    recorded: Recorded, opened: SurveyOpened, database: Database, authority: Authority, start: str
) -> Sequence[Offer]:
    """One for each mailbox; none where nobody has said at which address people sign in, which is `start`."""
    closes = opened.closes_at.astimezone(LONDON)
    said = {
        "authority_name": authority.name,
        "contact": opened.contact,
        "due_date": f"{closes:%H:%M} on {long(closes.date())}",
        "link": f"{start}/surveys/{opened.survey}",
    }
    asked = mailboxes(database, authority, opened.audience) if start else {}
    subject = f"{SUBJECT}{opened.survey}"
    return [_mail(recorded, subject, authority.code, to, asked[to], INVITATION, said) for to in asked]


def to_officer(recorded: Recorded, event: GlassBroken, office_of: OfficeOf, start: str) -> Sequence[Offer]:
    """A prompt to where it is reported: those who work on the case do not get to know."""
    office = office_of(OFFICER, event.authority) if start else None
    if office is None:
        return []
    said = {"link": f"{start}/break-glass"}
    return [_mail(recorded, event.ref, event.authority, OFFICER, office.email, PROMPT, said)]


def _mail(
    recorded: Recorded, subject: str, authority: str, to: str, address: str, name: str, said: dict[str, str]
) -> Offer:
    """The house's own words of this name, filled with what is said."""
    words = house_words()[name]
    email = {"address": address, "title": words.title, "words": words.render(said)}
    data: dict[str, Any] = {"to": to, "statutory": words.statutory, "ways": ["email"], "email": email}
    return Offer(delivery_id(recorded.stream, recorded.version, to), recorded.stream, subject, authority, data)
