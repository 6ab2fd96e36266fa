"""Which words an event makes due, and to whom. Pure."""

from collections.abc import Iterator

import msgspec

from services.case.application.reference import Reference
from services.case.application.reminding import MANAGER, MISSED, named
from services.case.deliveries.house_words import house_words
from services.case.domain import delivery_events as n
from services.case.domain import events as e
from services.case.domain import link_events as k
from services.case.domain.case import Case
from services.case.domain.contacts import Contact
from services.case.domain.meta import Event
from services.case.domain.people import FAMILY
from services.case.process.notices import Notice
from services.case.store.mapper import Recorded

MAKE_WORDS_DUE = [kind.TOPIC for kind in (e.NoticeDue, n.ReminderDue, e.DeadlineMoved, e.ConcernRaised, k.LinkIssued)]


class Owed(msgspec.Struct, frozen=True):
    """Words for one recipient; `notice` is the version of the event that makes them due."""

    notice: int
    to: str
    words: Notice

    def suited_to(self, contact: Contact) -> "Owed":
        """In the words that the person likes best."""
        return msgspec.structs.replace(self, words=self.words.suited_to(contact.language, contact.easy_read))


def concerns(recorded: Recorded) -> bool:
    """Whether the event makes any words due."""
    return recorded.type in MAKE_WORDS_DUE


def owed(recorded: Recorded, case: Case, reference: Reference) -> Iterator[Owed]:
    """One for each recipient: from the bundle that the case's process followed then, and from the house's own words
    where a deadline comes near, is missed or has moved, where somebody was put under pressure, and where a link needs a
    code."""
    event = recorded.event
    if isinstance(event, e.NoticeDue):
        bundle = case.instances[event.instance].bundle_at(recorded.version)
        words = reference.bundle(bundle).notices[event.notice]
        for to in dict.fromkeys(event.to):
            yield Owed(recorded.version, to, words)
        return
    name, whom = _by_the_house(event, case)
    for to in whom:
        yield Owed(recorded.version, to, house_words()[name])


def _by_the_house(event: Event, case: Case) -> tuple[str, list[str]]:
    """The house's own words for an event, and for whom they are."""
    match event:
        case n.ReminderDue():
            return "deadline_missed" if event.days == MISSED else "deadline_near", event.to
        case e.DeadlineMoved():
            over = case.done.get(event.task)
            task = case.tasks.get(event.task) or (over.task if over else None)
            is_news = task is not None and task.role not in FAMILY and event.was != event.due
            return "deadline_moved", [named(task)] if task is not None and is_news else []
        case k.LinkIssued():
            return f"link_code_{event.factor}", [event.party] if event.sends_code else []
    return "pressure_concern", [MANAGER]
