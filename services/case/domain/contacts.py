"""How the people of a case are reached: what the referral says of the parents, and what was recorded since.

Each parent is reached for themselves, so that separated parents each get their own copy. Where contact is limited
nothing is sent by itself: a person decides. An address that must be hidden never leaves the case, not even to be
printed.
"""

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from services.case.domain.case import Case
from services.case.domain.people import FAMILY, SCHOOL_ROLES

Restriction = Literal["none", "hide_address", "no_contact", "court_order", "other"]
Line = Annotated[str, Meta(max_length=200)]
PARENTS = ("parent", "parent2")
NOT_KNOWN = frozenset({"not known", "unknown"})
LIMITED = frozenset({"no_contact", "court_order", "other"})


PART = r"[^@\s\x00-\x1f\x7f-\x9f]+"
ADDRESS = f"^({PART}@{PART})?$"  # of an e-mail, or none


class Contact(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`address` without the name, a line each · `prefers`: of the ways that are open, the one to try first ·
    `electronic`: the person has agreed in writing to get electronically what the law prescribes in writing · `language`
    as the person calls it."""

    name: Line = ""
    email: Annotated[str, Meta(max_length=200, pattern=ADDRESS)] = ""
    phone: Annotated[str, Meta(max_length=30)] = ""
    address: Annotated[tuple[Line, ...], Meta(max_length=6)] = ()
    prefers: Literal["", "email", "sms", "letter"] = ""
    language: Annotated[str, Meta(max_length=60)] = ""
    easy_read: bool = False
    electronic: bool = False
    restriction: Restriction = "none"

    @property
    def is_limited(self) -> bool:
        return self.restriction in LIMITED

    def takes_code(self, factor: str) -> bool:
        """Whether the code of a link may go to the person by itself: by `text`, or by `letter`."""
        if factor == "text":
            return bool(self.phone) and not self.is_limited
        return factor == "letter" and bool(self.address) and self.restriction == "none"


def contact_of(case: Case, party: str) -> Contact:
    """What is known of a party; nothing, if nothing is. What was recorded last counts, whole."""
    if party in case.contacts:
        return msgspec.convert(case.contacts[party], Contact, strict=False)
    if party == "pupil":
        return _pupil(case)
    if party not in PARENTS:
        return Contact()
    found = [one for one in case.personal.get("parents", []) if one.get("parental_responsibility") != "no"]
    place = PARENTS.index(party)
    return _as_told(found[place]) if place < len(found) else Contact()


def organisation_of(case: Case, role: str) -> str:
    """The organisation whose `role` acts in a case; "" for family, and where it is not known yet."""
    if role == "receiving-head":
        return str(case.facts.get("receiving_school") or "")
    if role == "ap-provider":
        return str(case.facts.get("provider") or "")
    if role in SCHOOL_ROLES:
        return case.home_school
    return "" if role in FAMILY else case.authority


def is_there(case: Case, party: str) -> bool:
    """Whether the case has such a person at all; all but the second parent it always has."""
    if party != "parent2":
        return True
    return case.facts.get("second_parent") == "yes" or party in case.parties or party in case.contacts


def _as_told(parent: dict[str, Any]) -> Contact:
    """A parent as the referral names them, where an address may be “not known”."""
    lines = [line.strip() for line in re.split(r"[,\n]", parent.get("address") or "") if line.strip()]
    if " ".join(lines).strip('“”".').casefold() in NOT_KNOWN:
        lines = []
    if len(lines) > 6:
        lines = [*lines[:5], ", ".join(lines[5:])]
    return Contact(
        name=parent.get("name", ""),
        email=parent.get("email", ""),
        phone=parent.get("phone", ""),
        address=tuple(line[:200] for line in lines),
        language=parent.get("language", ""),
        restriction=parent.get("contact_restriction", "none"),
    )


def _pupil(case: Case) -> Contact:
    """A pupil gets letters where the first parent lives, if that may be known."""
    name = " ".join(str(case.personal.get(f"pupil_{part}", "")) for part in ("forename", "surname")).strip()
    first = contact_of(case, PARENTS[0])
    return Contact(name=name, address=first.address if first.restriction == "none" else ())
