"""Secure links by which a family reads and answers without signing in. The token is in no event: only whoever was given
the link has it."""

from datetime import datetime
from typing import ClassVar, Literal

from services.case.domain.meta import Event

Purpose = Literal[
    "see",  # what was tried, where the case is, asking the school
    "agree",  # the terms of an agreement, and answering
    "feedback",  # how it went
]


class LinkIssued(Event, frozen=True, kw_only=True):
    """A party was given a link, for one purpose, good until a moment. `digest`: the SHA-256 of its token, in hex."""

    TOPIC: ClassVar = "case.link_issued.v1"

    link: int
    party: str
    purpose: Purpose
    until: datetime
    digest: str


class LinkCancelled(Event, frozen=True, kw_only=True):
    """A link is good no more: the party was given a new one for the same purpose."""

    TOPIC: ClassVar = "case.link_cancelled.v1"

    link: int


class LinkOpened(Event, frozen=True, kw_only=True):
    """Whoever has the link pressed “Continue”. Nothing comes of it for the case."""

    TOPIC: ClassVar = "case.link_opened.v1"

    link: int
