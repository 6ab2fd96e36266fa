"""What a case knows of the links that it gave to its family, and to others who have no account; `folding.py` keeps it.

A party without an account acts by link as a person of this case alone, whose id says so.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.case.domain import link_events as k
from services.case.domain.people import FAMILY, PARTIES

if TYPE_CHECKING:
    from services.case.domain.case import Case

BY_LINK = "by-link:"


class Link(msgspec.Struct, omit_defaults=True):
    """`until` the moment from which it is good no more · `digest`: the SHA-256 of its token · `factor`, `code`,
    `sends_code` and `org` as in LinkIssued · `wrong`: how often a wrong code was typed."""

    id: int
    party: str
    purpose: k.Purpose
    until: datetime
    digest: str
    cancelled: bool = False
    factor: k.Factor = ""
    code: str = ""
    sends_code: bool = False
    wrong: int = 0
    org: str = ""


def person_of(case: "Case", party: str) -> str:
    """Who acts for a party by link: its account, else a person of this case alone."""
    return case.parties.get(party) or f"{BY_LINK}{party}:{case.ref}"


def has_account(case: "Case", party: str) -> bool:
    """Whether the party can sign in; whoever acts by link alone cannot."""
    person = case.parties.get(party, "")
    return bool(person) and not person.startswith(BY_LINK)


def _issued(case: "Case", event: k.LinkIssued) -> None:
    case.counts["link"] = event.link
    case.links[event.link] = Link(
        event.link,
        event.party,
        event.purpose,
        event.until,
        event.digest,
        factor=event.factor,
        code=event.code,
        sends_code=event.sends_code,
        org=event.org,
    )
    if PARTIES.get(event.party) in FAMILY and not case.parties.get(event.party):
        case.stand_in(event.party, person_of(case, event.party))


def _cancelled(case: "Case", event: k.LinkCancelled) -> None:
    case.links[event.link].cancelled = True


def _code_wrong(case: "Case", event: k.LinkCodeWrong) -> None:
    case.links[event.link].wrong += 1


def _opened(case: "Case", event: k.LinkOpened) -> None:
    """That it was opened changes nothing."""


APPLY: dict[type, Callable[[Any, Any], None]] = {
    k.LinkIssued: _issued,
    k.LinkCodeWrong: _code_wrong,
    k.LinkCancelled: _cancelled,
    k.LinkOpened: _opened,
}
