"""Pure: a stored event and where it comes from -> its one integration event, a CloudEvent as `contracts/` describes it.

Codes and identifiers only. What is public of each event is listed here; its schema is `contracts/events/<type>.json`.
"""

from typing import Any

import msgspec

from contracts import chain
from services.case.domain import events as e
from services.case.domain.meta import Event
from services.case.store.mapper import Recorded

PUBLIC: dict[type[Event], tuple[str, ...]] = {
    e.CaseOpened: ("ref", "process", "authority", "home_school", "policy"),
    e.ProcessStarted: ("instance", "process", "bundle", "starter"),
    e.TaskOffered: ("task", "instance", "element", "role", "org", "party"),
    e.DeadlineSet: ("deadline", "name", "duty", "due", "strength", "provisional", "instance", "task"),
    e.TaskClaimed: ("task",),
    e.TaskReleased: ("task",),
    e.TaskReassigned: ("task",),
    e.TaskCompleted: ("task", "instance", "element", "form", "party", "method"),
    e.TaskCancelled: ("task",),
    e.TimerFired: ("instance", "deadline"),
    e.MessageReceived: ("instance", "message"),
    e.FactSet: ("name",),
    e.TermsIssued: ("version", "hash", "task"),
    e.NoticeDue: ("notice", "instance", "to", "statutory"),
    e.PackShared: ("with", "org"),
    e.PackRevoked: ("with", "org"),
    e.DeadlineMet: ("deadline", "late"),
    e.DeadlineMissed: ("deadline",),
    e.DeadlineMoved: ("deadline", "was", "due", "provisional"),
    e.DeadlineWithdrawn: ("deadline",),
    e.ProcessEnded: ("instance", "outcome"),
    e.NoteAdded: ("note",),
    e.AnswerCorrected: ("task", "field"),
    e.ConcernRaised: ("concern",),
    e.CaseHeld: (),
    e.CaseResumed: (),
    e.CaseClosed: ("outcome",),
    e.CaseReopened: (),
    e.SubjectKeyDestroyed: (),
    e.Milestone: ("instance", "element", "outcome", "fields"),
    e.BundlePutInUse: ("process", "bundle"),
    e.PolicyPutInUse: ("policy", "effective_from"),
    e.CalendarPutInUse: ("calendar", "name", "academic_year"),
}
SCHEMAS = "https://inclusion-casework.example/events"


def integration_event(recorded: Recorded, authority: str, subject: str) -> dict[str, Any]:
    """The CloudEvents 1.0 attributes and data of one stored event. `subject` is the case reference, or the
    authority's code."""
    event, row = recorded.event, recorded.row
    about = "administration" if recorded.type.startswith("authority.") else "cases"
    published = {
        "specversion": "1.0",
        "id": f"{recorded.stream}.{recorded.version}",
        "source": f"/authorities/{authority}/{about}",
        "type": recorded.type,
        "subject": subject,
        "time": row.recorded_at,
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMAS}/{recorded.type}.json",
        "partitionkey": str(recorded.stream),
        "sequence": recorded.version,
        "position": recorded.position,
        "correlationid": event.meta.correlation or event.meta.command or None,
        "causationid": event.meta.cause or None,
        "prevhash": row.previous.hex(),
        "hash": row.hash.hex(),
        "factshash": chain.digest(row.facts).hex(),
        "sealedhash": chain.digest(row.sealed).hex(),
        "data": data_of(event),
    }
    return {name: value for name, value in published.items() if value is not None}


def data_of(event: Event) -> dict[str, Any]:
    """What is public of an event; of who did it, the role and organisation."""
    facts = msgspec.to_builtins(event)
    by = event.meta.by
    public = {name: facts[name] for name in PUBLIC[type(event)] if name in facts}
    return {
        "effective_on": event.meta.effective_on.isoformat(),
        "by": {"role": by.role or by.person if by.person in ("clock", "system") else by.role, "org": by.org},
        **public,
    }
