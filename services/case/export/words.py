"""The timeline of a case in words: what each event is called in its published schema, and what it was about."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import contracts
from services.case.application.reference import Reference
from services.case.domain import delivery_events as n
from services.case.domain import events as e
from services.case.domain.file_events import FileAdded
from services.case.domain.files import about as kind_of
from services.case.domain.lifecycle import OUTCOMES
from services.case.domain.meta import Actor
from services.case.domain.process_migration import ProcessMigrated
from services.case.projections.timeline import about
from services.case.store.mapper import Recorded

SCHEMAS = Path(contracts.__path__[0]) / "events"
WAYS = {"portal": "to be read on the pages", "email": "by e-mail", "sms": "by text", "letter": "by letter",
        "hand": "by hand", "call": "by phone"}  # fmt: skip
Told = n.NoticeSent | n.NoticeDelivered | n.NoticeFailed


def timeline(ref: str, events: Iterable[Recorded], reference: Reference) -> str:
    """A line for each event: the day on which it was true, what it was, about what, and whose act."""
    titles = _Titles(reference)
    lines = [f"# Timeline of case {ref}", ""]
    for recorded in events:
        event = recorded.event
        words = [_called(recorded.type), titles.of(recorded)]
        said = ": ".join(word for word in words if word)
        lines.append(f"- {event.meta.effective_on}, version {recorded.version}: {said} ({_who(event.meta.by)})")
    return "\n".join(lines) + "\n"


class _Titles:
    """What people call tasks, processes, dates and notices, as far as events before have named them."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._bundles: dict[int, str] = {}
        self._tasks: dict[int, str] = {}
        self._dates: dict[int, str] = {}
        self._notices: dict[int, str] = {}  # by the version of what made them due

    def of(self, recorded: Recorded) -> str:
        event = recorded.event
        match event:
            case e.ProcessStarted() | ProcessMigrated():
                self._bundles[event.instance] = event.bundle
                return self._reference.bundle(event.bundle).about.title
            case e.CaseOpened() | e.Milestone():
                return getattr(event, "outcome", "")  # its name is said already
            case e.TaskOffered() | e.TaskCompleted():
                self._tasks[event.task] = self._element(event.instance, event.element)
            case e.DeadlineSet():
                self._dates[event.deadline] = event.title
                return f"“{event.title}”, {event.due}"
            case e.DeadlineMoved():
                return f"{_quoted(self._dates, event.deadline)}, from {event.was} to {event.due}"
            case e.NoticeDue():
                self._notices[recorded.version] = self._notice(event.instance, event.notice)
                return f"“{self._notices[recorded.version]}”, to {', '.join(map(_plain, event.to))}"
            case n.ReminderDue():
                self._notices[recorded.version] = self._dates.get(event.deadline, "")
                return f"“{self._notices[recorded.version]}”, to {', '.join(map(_plain, event.to))}"
            case n.NoticeSent() | n.NoticeDelivered() | n.NoticeFailed():
                return self._told(event)
            case e.ProcessEnded():
                hash = self._bundles.get(event.instance)
                outcomes = self._reference.bundle(hash).about.outcomes if hash else {}
                return outcomes.get(event.outcome, _plain(event.outcome))
            case e.CaseClosed():
                return OUTCOMES.get(event.outcome, _plain(event.outcome))
            case FileAdded():
                return f"{kind_of(event.media_type, event.size)}, files/{event.file}"
        for names, known in (("task", self._tasks), ("deadline", self._dates)):
            found = _quoted(known, getattr(event, names, 0))
            if found:
                return found
        return _plain(about(event))

    def _told(self, event: Told) -> str:
        words = [_quoted(self._notices, event.notice), f"to {_plain(event.to)}", WAYS.get(event.channel, "")]
        if isinstance(event, n.NoticeFailed):
            words.append(f"because: {_plain(event.because)}")
        if isinstance(event, n.NoticeSent):
            words.append(f"posted on {event.posted_on}" if event.posted_on else "")
            words.append(f"counts as given on {event.deemed_on}" if event.deemed_on else "")
        return ", ".join(word for word in words if word)

    def _notice(self, instance: int, name: str) -> str:
        hash = self._bundles.get(instance)
        known = self._reference.bundle(hash).notices if hash else {}
        return known[name].title if name in known else _plain(name)

    def _element(self, instance: int, element: str) -> str:
        hash = self._bundles.get(instance)
        known = self._reference.bundle(hash).elements if hash else {}
        return (known[element].name if element in known else "") or element


def _quoted(known: Mapping[int, str], number: int) -> str:
    return f"“{known[number]}”" if number in known else ""


def _plain(code: str) -> str:
    return code.replace("_", " ")


@cache
def _called(type: str) -> str:
    title: str = json.loads((SCHEMAS / f"{type}.json").read_text())["title"]
    return title


def _who(by: Actor) -> str:
    return ", ".join(word for word in (by.role or by.person, by.org) if word)
