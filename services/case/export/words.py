"""The timeline of a case in words: what each event is called in its published schema, and what it was about."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import contracts
from services.case.application.reference import Reference
from services.case.domain import events as e
from services.case.domain.meta import Actor
from services.case.domain.process_migration import ProcessMigrated
from services.case.projections.timeline import about
from services.case.store.mapper import Recorded

SCHEMAS = Path(contracts.__path__[0]) / "events"


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
    """What people call tasks, processes and dates, as far as events before have named them."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._bundles: dict[int, str] = {}
        self._tasks: dict[int, str] = {}
        self._dates: dict[int, str] = {}

    def of(self, recorded: Recorded) -> str:
        event = recorded.event
        if isinstance(event, e.ProcessStarted | ProcessMigrated):
            self._bundles[event.instance] = event.bundle
            return self._reference.bundle(event.bundle).about.title
        if isinstance(event, e.TaskOffered | e.TaskCompleted):
            self._tasks[event.task] = self._element(event.instance, event.element)
        if isinstance(event, e.DeadlineSet):
            self._dates[event.deadline] = event.title
            return f"“{event.title}”, {event.due}"
        for names, known in (("task", self._tasks), ("deadline", self._dates)):
            found = _quoted(known, getattr(event, names, 0))
            if found:
                return found
        return about(event)

    def _element(self, instance: int, element: str) -> str:
        hash = self._bundles.get(instance)
        known = self._reference.bundle(hash).elements if hash else {}
        return (known[element].name if element in known else "") or element


def _quoted(known: Mapping[int, str], number: int) -> str:
    return f"“{known[number]}”" if number in known else ""


@cache
def _called(type: str) -> str:
    title: str = json.loads((SCHEMAS / f"{type}.json").read_text())["title"]
    return title


def _who(by: Actor) -> str:
    return ", ".join(word for word in (by.role or by.person, by.org) if word)
