"""Which words an event makes due, and to whom. Pure."""

from collections.abc import Iterator

import msgspec

from services.case.application.reference import Reference
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.process.notices import Notice
from services.case.store.mapper import Recorded

MAKE_WORDS_DUE = (e.NoticeDue,)


class Owed(msgspec.Struct, frozen=True):
    """Words for one recipient; `notice` is the version of the event that makes them due."""

    notice: int
    to: str
    words: Notice


def concerns(recorded: Recorded) -> bool:
    """Whether the event makes any words due."""
    return isinstance(recorded.event, MAKE_WORDS_DUE)


def owed(recorded: Recorded, case: Case, reference: Reference) -> Iterator[Owed]:
    """One for each recipient, from the bundle that the case's process followed then."""
    event = recorded.event
    if isinstance(event, e.NoticeDue):
        bundle = case.instances[event.instance].bundle_at(recorded.version)
        words = reference.bundle(bundle).notices[event.notice]
        for to in dict.fromkeys(event.to):
            yield Owed(recorded.version, to, words)
