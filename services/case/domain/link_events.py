"""Secure links by which a family, a school or a professional reads and answers without signing in. The token is in no
event: only whoever was given the link has it."""

from datetime import datetime
from typing import ClassVar, Literal

from services.case.domain.meta import Event

Purpose = Literal[
    "see",  # what was tried, where the case is, asking the school; of who is not of the family: what they are asked
    "agree",  # the terms of an agreement, and answering
    "feedback",  # how it went
]


Factor = Literal["", "letter", "text"]


class LinkIssued(Event, frozen=True, kw_only=True):
    """A party was given a link, for one purpose, good until a moment. `digest`: the SHA-256 of its token, in hex.
    `factor`: by which other way a code goes to the party, "" where none is asked for; `code` tells nobody what it is
    who lacks the house's key · `sends_code`: it goes by itself, else whoever gives the link sees to it · `org`: the
    organisation for which the party acts by it, and for no other; "" for family."""

    TOPIC: ClassVar = "case.link_issued.v1"

    link: int
    party: str
    purpose: Purpose
    until: datetime
    digest: str
    factor: Factor = ""
    code: str = ""
    sends_code: bool = False
    org: str = ""


class LinkCodeWrong(Event, frozen=True, kw_only=True):
    """Somebody who has the link typed another code than the party's."""

    TOPIC: ClassVar = "case.link_code_wrong.v1"

    link: int


class LinkCancelled(Event, frozen=True, kw_only=True):
    """A link is good no more: the party was given a new one for the same purpose, or wrong codes were typed too
    often."""

    TOPIC: ClassVar = "case.link_cancelled.v1"

    link: int


class LinkOpened(Event, frozen=True, kw_only=True):
    """Whoever has the link pressed “Continue”. Nothing comes of it for the case."""

    TOPIC: ClassVar = "case.link_opened.v1"

    link: int
