"""Who gets words, and by which ways they may be sent. Pure.

E-mails and texts say only that there is something to read, so they reach only those who can: they sign in, or by a
secure link in the message. What the law prescribes in writing goes by letter, unless a parent has agreed in writing to
have it electronically (SI 2012/1033).
"""

from collections.abc import Callable

import msgspec

from services.case.domain.case import Case
from services.case.domain.contacts import Contact, contact_of, is_there, organisation_of
from services.case.domain.directory import Office
from services.case.domain.links import has_account
from services.case.domain.people import FAMILY, NAMED, PARTIES
from services.case.process.notices import Notice

OfficeOf = Callable[[str, str], Office | None]  # role, organisation -> whom to ask there


class Recipient(msgspec.Struct, frozen=True):
    """`to` as the event names them · `reads`: can sign in and read · `by_link`: cannot, and may be sent a link."""

    to: str
    role: str
    reads: bool
    contact: Contact
    by_link: bool = False

    @property
    def is_family(self) -> bool:
        return self.role in FAMILY


def recipient_of(
    case: Case, to: str, office_of: OfficeOf, links_may_go: bool = False, in_person: bool = False
) -> Recipient | None:
    """Who it is; None if the case has no such person. `links_may_go`: to families, by themselves · `in_person`: not to
    the mailbox of an office, such as the code for a link."""
    party, _, org = to.partition("@")
    role = PARTIES.get(party, party)
    if role in FAMILY:
        if not is_there(case, party):
            return None
        reads = has_account(case, party)
        return Recipient(to, role, reads, contact_of(case, party), links_may_go and not reads)
    if (role in NAMED or in_person) and party in case.contacts:
        return Recipient(to, role, True, contact_of(case, party))
    office = office_of(role, org or organisation_of(case, role)) or Office()
    return Recipient(to, role, True, Contact(email=office.email))


def ways(words: Notice, recipient: Recipient) -> list[str]:
    """By which the words may be sent, the first to be tried first; none where a person must decide."""
    contact = recipient.contact
    if recipient.is_family and contact.is_limited:
        return []
    wanted = list(dict.fromkeys([contact.prefers, *words.channels, *(["letter"] if recipient.is_family else [])]))
    return [way for way in wanted if _is_open(way, words, recipient)]


def _is_open(way: str, words: Notice, recipient: Recipient) -> bool:
    contact = recipient.contact
    match way:
        case "email":
            may = not words.statutory or contact.electronic or not recipient.is_family
            return bool(contact.email) and (recipient.reads or recipient.by_link) and may
        case "sms":
            return bool(contact.phone) and (recipient.reads or recipient.by_link) and not words.statutory
        case "letter":
            return bool(contact.address) and recipient.is_family and contact.restriction == "none"
    return False


def finds_it(words: Notice, recipient: Recipient) -> bool:
    """Whether it is enough that the words lie ready where the recipient signs in."""
    if recipient.is_family and (recipient.contact.is_limited or (words.statutory and not recipient.contact.electronic)):
        return False
    return recipient.reads and (not recipient.is_family or "portal" in words.channels)
