"""Deciding on a case: who asks, when, and the events that come of it. Pure: given the case, the same asking gives the
same events, or the same refusal."""

from datetime import date, datetime
from typing import Any

from services.case.domain.case import Case
from services.case.domain.errors import Erased
from services.case.domain.folding import apply
from services.case.domain.meta import Actor, Event, Meta
from services.case.domain.people import SYSTEM


class Decision:
    """A command under way. `emit` adds an event and lets the case follow at once, so that what comes next sees it."""

    def __init__(
        self,
        case: Case,
        by: Actor,
        at: datetime,
        today: date,
        command: str = "",
        effective_on: date | None = None,
        correlation: str = "",
    ) -> None:
        self.case = case
        self.by = by
        self.at = at
        self.today = today
        self.command = command
        self.effective_on = effective_on or today
        self.correlation = correlation
        self.events: list[Event] = []
        self._first = ""

    def emit(self, kind: type[Event], personal: dict[str, Any] | None = None, **facts: Any) -> Event:
        """The first event is the person's own doing; those after it come about because of it.

        Raises Erased where something personal would be written for somebody who was erased.
        """
        if self.events:
            meta = Meta(SYSTEM, self.effective_on, self.command, self._first, self.correlation)
        else:
            meta = Meta(self.by, self.effective_on, self.command, "", self.correlation)
            self._first = f"{self.case.stream}.{self.case.version + 1}"
        kept = _filled(personal)
        if kept is not None and self.case.erased:
            raise Erased
        event = kind(meta=meta, personal=kept, **facts)
        apply(self.case, event)
        self.events.append(event)
        return event


def _filled(personal: dict[str, Any] | None) -> dict[str, Any] | None:
    kept = {name: value for name, value in (personal or {}).items() if value not in ("", None, {}, [])}
    return kept or None
