"""A record of `case.contacts.v1` as what is to be sent to whom. Pure."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal

import msgspec

TYPE = "delivery.offered.v1"
SOURCE = re.compile(r"/authorities/([0-9]{3})/cases")
DELIVERY = re.compile(r"[0-9a-f-]{36}\.[0-9]{1,18}:\S{1,200}")  # a stream, a version, to whom
Way = Literal["email", "sms", "letter"]


class Email(msgspec.Struct, frozen=True):
    """Says only that there is something to read."""

    address: str
    title: str
    words: str


class Text(msgspec.Struct, frozen=True):
    """Says only that there is something to read."""

    number: str
    words: str


class Letter(msgspec.Struct, frozen=True):
    """The words themselves; `address` with the name in its first line."""

    address: list[str]
    title: str
    words: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery to one person: `ways` by which it may go, the first to be tried first; until when it may be sent."""

    delivery: str
    expires: datetime
    ways: list[Way]
    to: str = ""
    statutory: bool = False
    language: str = ""
    email: Email | None = None
    sms: Text | None = None
    letter: Letter | None = None


class Whose(msgspec.Struct, frozen=True):
    """The case reference, and the authority's code."""

    ref: str
    authority: str


class NotANotice(ValueError):
    """The record is none that we can send; the message says why, and quotes nothing of it."""


def notice_of(event: dict[str, Any]) -> tuple[Whose, Notice]:
    """Whose it is and the notice of a CloudEvent. Raises NotANotice."""
    if event["type"] != TYPE:
        raise NotANotice("it is of another type")
    try:
        notice = msgspec.convert(event.get("data"), Notice)
    except msgspec.ValidationError:
        raise NotANotice("its data is not that of a delivery") from None
    found = SOURCE.fullmatch(event["source"])
    named = DELIVERY.fullmatch(notice.delivery) is not None and notice.delivery == event["id"]
    if found is None or not named or not event.get("subject") or notice.expires.tzinfo is None:
        raise NotANotice("it does not say whose or of which delivery it is, or until when")
    if any(getattr(notice, way) is None for way in notice.ways):
        raise NotANotice("it names a way and no address for it")
    return Whose(str(event["subject"]), found[1]), notice


def way_of(notice: Notice, possible: Collection[str]) -> Way | None:
    """The way to take: the first that is open and that we can go."""
    return next((way for way in notice.ways if way in possible), None)
