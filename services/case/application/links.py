"""Giving a family, a school or a professional a link, and finding out whether one is still good.

A token has 256 bits, and only its SHA-256 is kept; those that messages carry can be made again, but only with the
house's master key. Opening a link is two steps, for mail scanners open links before
people do: looking at it changes nothing. Where the council wants it, a code that went another way is asked for too. It
is kept nowhere either: who has the key makes it again to send it.
"""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal

from services.case.application.reference import Reference
from services.case.application.running import Running
from services.case.domain import link_events as k
from services.case.domain.case import Case
from services.case.domain.contacts import contact_of, is_there, organisation_of
from services.case.domain.errors import Erased, NotAParty
from services.case.domain.link_errors import LinkOver, NothingByLink
from services.case.domain.links import Link, person_of
from services.case.domain.people import FAMILY, GUESTS, PARTIES, SYSTEM, Membership, Person
from services.case.domain.permissions import is_for, may, relation
from services.case.policy.policy import Policy
from services.case.store.cipher import MasterKey
from services.case.store.database import Database

GOOD_FOR = timedelta(days=14)
BYTES = 32
SHARED = {"receiving_school": "receiving_head", "provider": "provider"}  # with whom a pack is -> the party
MOST_WRONG = 5  # codes, after which the link is cancelled

KEEP = "INSERT INTO links (digest, ref) VALUES (%s, %s) ON CONFLICT DO NOTHING"
FIND = "SELECT ref FROM links WHERE digest = %s"


def new_token(database: Database, ref: str) -> tuple[str, str]:
    """A token that leads to the case once its link is issued, and its digest. Asks the database."""
    token = secrets.token_urlsafe(BYTES)
    digest = digest_of(token)
    keep(database, digest, ref)
    return token, digest


def keep(database: Database, digest: str, ref: str) -> None:
    """A token of that digest leads to the case."""
    database.execute(KEEP, [bytes.fromhex(digest), ref])


def token_of(master: MasterKey, ref: str, number: int) -> str:
    """The token of a link that the house gave by itself, the same each time."""
    return base64.urlsafe_b64encode(master.digest("token of a link", ref, str(number))).decode().rstrip("=")


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def code_of(master: MasterKey, digest: str) -> str:
    """Six digits for the link of that digest, the same each time."""
    return f"{int.from_bytes(master.digest('digits for a link', digest)) % 1_000_000:06}"


def kept_of(master: MasterKey, digest: str, code: str) -> str:
    """What a code is compared by: keyed, for all codes could be tried."""
    return master.digest("code of a link", digest, code).hex()


def case_of(database: Database, digest: str) -> str:
    """The reference of the case to which a token leads. Asks the database. Raises LinkOver."""
    row = database.row(FIND, [bytes.fromhex(digest)])
    if row is None:
        raise LinkOver
    return str(row[0])


def factor_of(policy: Policy) -> k.Factor:
    """By which other way the council wants a code to go, "" for none."""
    wanted: Literal["off", "letter", "text"] = policy["links.secondFactor"]
    return "" if wanted == "off" else wanted


def issue(
    running: Running,
    party: str,
    purpose: k.Purpose,
    digest: str,
    factor: k.Factor = "",
    code: str = "",
    org: str = "",
) -> int:
    """Give the party a link; the one that it had for the same purpose is cancelled. Its number. `code`: as `kept_of`;
    it goes by itself where the party is reached by that way. `org`: for which the party acts, "" for family.

    Raises NotAParty, NothingByLink, Erased.
    """
    case, decision = running.case, running.decision
    if PARTIES.get(party) in FAMILY:
        if org or not is_there(case, party):
            raise NotAParty
    elif purpose not in asked_for(running.reference, case, party, org):
        raise NothingByLink
    if case.erased:
        raise Erased
    same = (party, org, purpose)
    old = [one.id for one in case.links.values() if (one.party, one.org, one.purpose) == same and not one.cancelled]
    number = case.next("link")
    decision.emit(
        k.LinkIssued,
        link=number,
        party=party,
        purpose=purpose,
        until=decision.at + GOOD_FOR,
        digest=digest,
        factor=factor,
        code=code,
        sends_code=sends_code(case, party, org, factor),
        org=org,
    )
    for link in old:
        decision.emit(k.LinkCancelled, link=link)
    return number


def sends_code(case: Case, party: str, org: str, factor: k.Factor) -> bool:
    """Whether the code for a link goes to the party by itself: how it is reached is known of one organisation alone."""
    return org == organisation_of(case, _role(party)) and contact_of(case, party).takes_code(factor)


def guests(reference: Reference, case: Case) -> dict[tuple[str, str], set[k.Purpose]]:
    """Those outside the family and the council to whom a link would show something: party and organisation, and for
    what the link can be."""
    party_of = {role: party for party, role in GUESTS.items()}
    places = [(party_of[task.role], task.org) for task in case.tasks.values() if task.role in party_of]
    places += [(SHARED[with_], org) for with_, org in case.shared_with.items()]
    places += [(party, organisation_of(case, GUESTS[party])) for party in case.terms.answers if party in GUESTS]
    found = {(party, org): asked_for(reference, case, party, org) for party, org in dict.fromkeys(places) if org}
    return {place: purposes for place, purposes in found.items() if purposes}


def asked_for(reference: Reference, case: Case, party: str, org: str) -> set[k.Purpose]:
    """For what a link can be of a party outside the family: what the organisation is asked for in that role, the terms
    that it has agreed to, what is shared with it. Raises NotAParty."""
    if party not in GUESTS or not org:
        raise NotAParty
    person = _person(case, party, org)
    tasks = [task for task in case.tasks.values() if is_for(person, case, task)]
    found = {purpose_of(reference, case, task.instance, task.agreement) for task in tasks}
    if "pack" in relation(person, case).values():
        found.add("see")
    if case.terms.version and may(person, case, "read_terms"):
        found.add("agree")
    return found


def standing(running: Running, party: str, purpose: k.Purpose, master: MasterKey) -> str:
    """The token of a link that the party has for the purpose, a new one if it has none; "" where it has one whose token
    we do not know. Whoever uses it sees that it is kept. Raises NotAParty, Erased."""
    case, now = running.case, running.decision.at
    for one in case.links.values():
        if (one.party, one.purpose) == (party, purpose) and not one.cancelled and one.until > now:
            token = token_of(master, case.ref, one.id)
            return token if digest_of(token) == one.digest else ""
    token = token_of(master, case.ref, case.next("link"))
    factor = factor_of(running.reference.policy_at(case.authority, running.decision.today))
    digest = digest_of(token)
    issue(running, party, purpose, digest, factor, kept_of(master, digest, code_of(master, digest)) if factor else "")
    return token


def purpose_of(reference: Reference, case: Case, instance: int, agreement: str) -> k.Purpose:
    """For which kind of link something of a process instance is; `agreement` as its task has it."""
    if reference.bundle(case.instances[instance].bundle).about.start.at == "closing":
        return "feedback"
    return "agree" if agreement == "terms" else "see"


def opened(running: Running, number: int, code: str) -> bool:
    """Whoever has the link went on; whether they may. `code`: as `kept_of`. Raises LinkOver."""
    decision, link = running.decision, good(running.case, number, running.decision.at)
    person = reader(running.case, link)
    decision.by = person.as_actor(person.memberships[0])
    if link.factor and not secrets.compare_digest(link.code, code):
        decision.by = SYSTEM  # who has the link and not the code is nobody whom we know
        decision.emit(k.LinkCodeWrong, link=number)
        if running.case.links[number].wrong >= MOST_WRONG:
            decision.emit(k.LinkCancelled, link=number)
        return False
    decision.emit(k.LinkOpened, link=number)
    return True


def by_digest(case: Case, digest: str, now: datetime) -> Link:
    """The link of a token. Raises LinkOver."""
    found = next((one.id for one in case.links.values() if secrets.compare_digest(one.digest, digest)), 0)
    return good(case, found, now)


def good(case: Case, number: int, now: datetime) -> Link:
    """A link that is still good. Raises LinkOver."""
    link = case.links.get(number)
    if link is None or link.cancelled or link.until <= now or case.erased:
        raise LinkOver
    return link


def reader(case: Case, link: Link) -> Person:
    """Who acts by the link: the party's own person, in this case alone."""
    return _person(case, link.party, link.org)


def _person(case: Case, party: str, org: str) -> Person:
    return Person(person_of(case, party), case.authority, (Membership(_role(party), org),), only=case.ref)


def _role(party: str) -> str:
    return GUESTS.get(party) or PARTIES[party]
