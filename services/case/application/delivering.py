"""What channels tell of words on their way to people becomes events, each once, in whatever order it comes; and where
words did not reach somebody, a process begins in which a person sees to it."""

from datetime import date
from typing import Any

import msgspec

from services.case.application.running import Running
from services.case.clock.other_days import deemed_service
from services.case.domain import delivery_events as n
from services.case.domain.contacts import Contact
from services.case.domain.deliveries import Delivery, key_of
from services.case.domain.errors import Erased
from services.case.domain.people import FAMILY, PARTIES
from services.case.process.notices import Notice

STILL_REACHED = "notice_delivered"  # the message to an instance that sees to words that arrived after all


def record_contact(running: Running, party: str, contact: Contact) -> None:
    """How a party is reached from now on. Raises Erased."""
    if running.case.erased:
        raise Erased
    running.decision.emit(n.ContactRecorded, {"contact": msgspec.to_builtins(contact)}, party=party)


def sent(running: Running, notice: int, to: str, words: Notice, channel: n.Channel, posted_on: date | None) -> bool:
    """Words have left; whether that is news. A letter without a day of posting was posted today."""
    known = running.case.deliveries.get(key_of(notice, to))
    if known is not None and not _is_better("sent", channel, known):
        return False
    posted = (posted_on or running.decision.today) if channel == "letter" else None
    deemed = deemed_service(posted).due if posted and words.deemed_after_posting else None
    running.decision.emit(n.NoticeSent, notice=notice, to=to, channel=channel, posted_on=posted, deemed_on=deemed)
    return True


def delivered(running: Running, notice: int, to: str, channel: n.Channel) -> bool:
    """Words have arrived; whether that is news. If somebody sees to it that they do, it is no longer needed."""
    known = running.case.deliveries.get(key_of(notice, to))
    if known is not None and not _is_better("delivered", channel, known):
        return False
    running.decision.emit(n.NoticeDelivered, notice=notice, to=to, channel=channel)
    if known is not None and known.instance and not running.case.instances[known.instance].ended:
        running.tell_if_awaited(known.instance, STILL_REACHED, {"instance": known.instance})
    return True


def failed(
    running: Running, notice: int, to: str, words: Notice, because: n.FailedBecause, channel: n.Channel | None
) -> bool:
    """Words did not arrive, or nobody can tell; whether that is news. A person sees to it where they were for the
    family: those who work for schools and councils find them where they work."""
    case = running.case
    known = case.deliveries.get(key_of(notice, to))
    if known is not None and not _is_better("failed", channel or "", known):
        return False
    process = _seeing_to_it(running) if PARTIES.get(to) in FAMILY else None
    number = running.next_instance() if process else 0
    running.decision.emit(n.NoticeFailed, notice=notice, to=to, because=because, channel=channel or "", instance=number)
    if process:
        given: dict[str, Any] = {
            "undelivered_notice": words.name,
            "undelivered_event": notice,
            "undelivered_to": to,
            "undelivered_because": because,
            "undelivered_channel": channel or "",
            "undelivered_statutory": words.statutory,
            "undelivered_deemed": words.deemed_after_posting,
        }
        running.start(process, given, number=number, aside=True)
    return True


def _is_better(state: str, channel: str, known: Delivery) -> bool:
    """Whether a state says more than what is known: by another way than the one that failed, everything does."""
    if known.state == "delivered":
        return False
    if known.state == "failed":
        return state == "delivered" or (state == "sent" and (known.because == "expired" or channel != known.channel))
    return state != "sent" or channel != known.channel


def _seeing_to_it(running: Running) -> str | None:
    """The process that the authority has in use for words that did not reach somebody."""
    for bundle in running.reference.processes(running.case.authority):
        if bundle.about.start.at == "undelivered":
            return bundle.process
    return None
