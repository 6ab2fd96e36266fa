"""What a step of a process opened: whom each task asks, and the days that go with tasks and timers."""

from collections.abc import Iterator

import msgspec

from services.case.domain.people import PARTIES
from services.case.domain.trace import scope_of
from services.case.process.bundle import Bundle
from services.case.process.engine import Offer, Step
from services.case.process.expressions import Timing


class Asked(msgspec.Struct, frozen=True):
    """Whom a task asks: the role, the organisation where the diagram names it, the party if one is meant."""

    role: str
    org: str
    party: str


class Dated(msgspec.Struct, frozen=True):
    """A day to be set, for the task or the timer of these keys, or for both at once; "" for none."""

    task: str
    timer: str
    timing: Timing
    element: str


def asked_of(offer: Offer, bundle: Bundle) -> Asked:
    """Whom the task asks, by its party or else by its lane."""
    party, _, org = (offer.party or "").partition("@")
    role = PARTIES.get(party, party) if party else bundle.about.lanes[offer.lane or ""]
    return Asked(role, org, party)


def days_of(step: Step) -> Iterator[Dated]:
    """The days to set, those of tasks first. A timer that means the same day as its task's due date is one with it."""
    timers = list(step.timers)
    for offer in step.offers:
        if offer.due is not None:
            here = scope_of(offer.key)
            timer = next((t for t in timers if t.when == offer.due and scope_of(t.key) == here), None)
            if timer is not None:
                timers.remove(timer)
            yield Dated(offer.key, timer.key if timer else "", offer.due, offer.element)
    for timer in timers:
        yield Dated("", timer.key, timer.when, timer.element)
