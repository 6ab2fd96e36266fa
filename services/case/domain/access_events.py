"""Who looked at a case whose work is not theirs, or by a link and is not of the family; who broke the glass to read
what is in it; whoever took a copy away or fetched a file. Each case has a stream of its own for it, so that to look
never stands in the way of a change."""

from datetime import datetime
from typing import ClassVar, Literal

from services.case.domain.meta import Event

What = Literal[
    "case", "history", "state", "why", "messages", "agreement", "files", "file", "case-file", "xes", "ocel", "letter",
    "task",
]  # fmt: skip


class CaseLookedAt(Event, frozen=True, kw_only=True):
    """Somebody looked at a case, or took a copy of it or of one `file`. `person`: an id without words. Personal:
    `reason`."""

    TOPIC: ClassVar = "access.case_looked_at.v1"

    ref: str
    authority: str
    person: str
    what: What
    file: str = ""


class GlassBroken(Event, frozen=True, kw_only=True):
    """Somebody who sees only that a case is there and what state it is in may read what is in it, until a moment.
    `person`: an id without words. Personal: `reason`."""

    TOPIC: ClassVar = "access.glass_broken.v1"

    ref: str
    authority: str
    person: str
    until: datetime
