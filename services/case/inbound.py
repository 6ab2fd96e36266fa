"""Results that come back from whoever sends words, as events of the case they belong to: each once, in whatever order
they come. They are records as on `notify.results.v1`, whichever way they came."""

import logging
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal, cast

import msgspec

from services.case.application import delivering
from services.case.application.door import once
from services.case.application.improving import improvement_stream
from services.case.application.looking import access_stream
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.deliveries import contacts
from services.case.deliveries.mailings import is_invitation
from services.case.deliveries.owed import concerns, owed
from services.case.domain.case import Case
from services.case.domain.delivery_events import Channel, FailedBecause
from services.case.domain.errors import CaseUnknown
from services.case.domain.people import SYSTEM
from services.case.process.notices import Notice
from services.case.wiring import House

TYPE = "delivery.result.v1"

log = logging.getLogger(__name__)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The data of a record: how a delivery stands. What was accepted by a channel is not sent yet, but cannot be
    lost."""

    delivery: str
    state: Literal["accepted", "sent", "delivered", "failed"]
    channel: Channel | None = None
    because: FailedBecause | None = None
    posted_on: date | None = None


class ResultRefused(ValueError):
    """This is no result of a delivery that we know of; the message says why, and quotes nothing of it."""


def result_of(event: dict[str, Any]) -> tuple[str, Result]:
    """The case and what a CloudEvent says. Raises ResultRefused."""
    if event.get("type") != TYPE:
        raise ResultRefused("it is of another type")
    try:
        result = msgspec.convert(event.get("data"), Result)
    except msgspec.ValidationError as error:
        raise ResultRefused("its data is not that of a result") from error
    if result.state != "failed" and result.channel is None:
        raise ResultRefused("it does not say by which channel")
    return str(event.get("subject", "")), result


async def take(house: House, event: dict[str, Any], authority: str) -> None:
    """Record a result; nothing, if it was known. `authority` is that of whoever tells, "" if that may be any.

    Raises ResultRefused, TryAgain.
    """
    ref, result = result_of(event)
    if is_invitation(ref):
        _invited(house, result, [authority] if authority else house.reference.authorities.codes)
        return
    try:
        case = await house.door.see(ref)
    except CaseUnknown:
        raise ResultRefused("there is no such case") from None
    if authority not in ("", case.authority):
        raise ResultRefused("there is no such case")
    if result.delivery.startswith(f"{access_stream(ref)}."):  # told to who oversees, and no part of the case
        if result.state == "failed":
            log.warning("a prompt that the glass was broken did not arrive: %s", result.because)
        contacts.over(house.database, [result.delivery])
        return
    notice, to, words = _owed(house, case, result.delivery)

    def act(running: Running) -> bytes:
        running.decision.by = SYSTEM
        channel = cast(Channel, result.channel)
        match result.state:
            case "sent":
                delivering.sent(running, notice, to, words, channel, result.posted_on)
            case "delivered":
                delivering.delivered(running, notice, to, channel)
            case "failed":
                delivering.failed(running, notice, to, words, result.because or "unknown", result.channel)
        return b""

    if result.state != "accepted":
        await house.door.change(ref, once(), act)
    contacts.over(house.database, [result.delivery])


def _invited(house: House, result: Result, codes: Iterable[str]) -> None:
    """What became of an invitation to a survey is recorded nowhere. Raises ResultRefused."""
    if result.delivery.partition(".")[0] not in {str(improvement_stream(code)) for code in codes}:
        raise ResultRefused("there is no such delivery")
    if result.state != "accepted":
        contacts.over(house.database, [result.delivery])


def _owed(house: House, case: Case, delivery: str) -> tuple[int, str, Notice]:
    """What the delivery is of. Raises ResultRefused."""
    stream, _, rest = delivery.partition(".")
    version, _, to = rest.partition(":")
    if (
        stream != str(stream_of(case.ref))
        or not (version.isascii() and version.isdigit())
        or not 0 < int(version) <= case.version
    ):
        raise ResultRefused("there is no such delivery")
    recorded = house.store.load(case.stream, int(version) - 1)[0]
    found = [one for one in owed(recorded, case, house.reference) if one.to == to] if concerns(recorded) else []
    if not found:
        raise ResultRefused("there is no such delivery")
    return int(version), to, found[0].words


async def let_expire(house: House) -> int:
    """What was offered and nobody has told of in time becomes a person's task. How many that were."""
    found = contacts.expired(house.database)
    for ref, delivery in found:
        data = {"delivery": delivery, "state": "failed", "because": "expired"}
        try:
            await take(house, {"type": TYPE, "subject": ref, "data": data}, "")
        except ResultRefused as why:
            log.error("what was offered has expired, and nobody is told: %s", why)
            contacts.over(house.database, [delivery])
    return len(found)
