"""Who acts: people as their tokens tell, the closed list of roles, and the parties of a case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from services.case.domain.meta import Actor

Role = Literal[
    "caseworker",  # the authority's inclusion team
    "home-staff",
    "home-head",
    "receiving-head",
    "senco",
    "ep",  # educational psychologist
    "send-caseworker",
    "gb-clerk",  # clerk to the governing board
    "irp-clerk",  # independent review panel
    "fap-chair",  # fair access panel
    "ap-provider",
    "social-worker",
    "parent",
    "pupil",
    "auditor",
    "dpo",  # data protection officer
    "process-owner",
    "admin",
]

SCHOOL_ROLES = frozenset({"home-staff", "home-head", "receiving-head", "senco", "gb-clerk"})
FAMILY = frozenset({"pupil", "parent"})  # act for themselves, never for an organisation
NAMED = FAMILY | {"social-worker"}  # a case may name the very person
HEADS = frozenset({"home-head", "receiving-head"})  # one office: which it is depends on the case
OVERSIGHT = frozenset({"auditor", "dpo"})  # look after the work of others: of a case they see no content by default

PARTIES: dict[str, str] = {  # party whose agreement or view is asked -> the role in which they answer
    "pupil": "pupil",
    "parent": "parent",
    "parent2": "parent",
    "home_head": "home-head",
    "receiving_head": "receiving-head",
    "inclusion_team": "caseworker",
    "send_caseworker": "send-caseworker",
    "social_worker": "social-worker",
    "home_staff": "home-staff",
    "senco": "senco",
    "educational_psychologist": "ep",
    "provider": "ap-provider",
}
GUESTS: dict[str, str] = {  # who may come by a link beside the family -> the role in which they answer
    **{party: role for party, role in PARTIES.items() if role not in FAMILY | {"caseworker", "send-caseworker"}},
    "governing_board": "gb-clerk",
    "review_panel": "irp-clerk",
    "fair_access_panel": "fap-chair",
}


class Membership(msgspec.Struct, frozen=True):
    """A role held for an organisation: a school's URN, a provider's id or the authority's code; "" for family."""

    role: str
    org: str = ""


class BrokenGlass(msgspec.Struct, frozen=True):
    """That whoever oversees may read what is in a case, until a moment."""

    ref: str
    until: datetime


class Person(msgspec.Struct, frozen=True):
    """Whoever is signed in. `id` is the provider's subject, never an e-mail address · `glass`: what they broke to read
    cases whose work is not theirs, as far as it still holds · `only`: of who came by a link, the case beyond
    which they are nobody."""

    id: str
    authority: str
    memberships: tuple[Membership, ...] = ()
    scopes: frozenset[str] = frozenset()
    glass: tuple[BrokenGlass, ...] = ()
    only: str = ""

    @property
    def is_guest(self) -> bool:
        """Whether they came by a link and are not of the family: they see what they are asked for, and what is shared
        with them, and nothing else of the case."""
        return bool(self.only) and self.roles.isdisjoint(FAMILY)

    def has(self, role: str, org: str) -> bool:
        """Whether the person holds the role for the organisation; a head is a head whichever school's turn it is."""
        return any(m.org == org and (m.role == role or {m.role, role} <= HEADS) for m in self.memberships)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(m.role for m in self.memberships)

    def party(self, membership: Membership, parties: Mapping[str, str]) -> str:
        """What a case calls the person who acts in this membership: a party; of the family that which they are."""
        theirs = [party for party, role in PARTIES.items() if role == membership.role]
        if membership.role in FAMILY:
            theirs = [party for party in theirs if parties.get(party) == self.id]
        return theirs[0] if theirs else membership.role

    def as_actor(self, membership: Membership, on_behalf_of: str = "") -> Actor:
        return Actor(self.id, membership.role, membership.org, on_behalf_of)


CLOCK = Actor("clock")
SYSTEM = Actor("system")
