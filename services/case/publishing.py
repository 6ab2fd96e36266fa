"""Pure: a stored event and where it comes from -> its one integration event, a CloudEvent as `contracts/` describes it.

Codes and identifiers only. What is public of each event is listed here; its schema is `contracts/events/<type>.json`.
"""

import re
from typing import Any

import msgspec

from contracts import chain
from services.case.domain import access_events as x
from services.case.domain import authority_events as a
from services.case.domain import delivery_events as n
from services.case.domain import directory_events as d
from services.case.domain import events as e
from services.case.domain import file_events as f
from services.case.domain import improvement_events as i
from services.case.domain import link_events as k
from services.case.domain import process_migration as m
from services.case.domain import pupil_events as p
from services.case.domain.meta import Actor, Event
from services.case.domain.people import CLOCK, SYSTEM
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
    e.PackShared: ("with_", "org"),
    e.PackRevoked: ("with_", "org"),
    e.DeadlineMet: ("deadline", "late"),
    e.DeadlineMissed: ("deadline",),
    e.DeadlineMoved: ("deadline", "was", "due", "because", "provisional", "task"),
    e.DeadlineWithdrawn: ("deadline",),
    e.ProcessEnded: ("instance", "outcome"),
    e.NoteAdded: ("note",),
    e.AnswerCorrected: ("task", "field"),
    e.ConcernRaised: ("concern",),
    e.CaseHeld: (),
    e.CaseResumed: (),
    e.CaseClosed: ("outcome",),
    e.CaseReopened: (),
    e.SubjectKeyDestroyed: ("because",),
    e.Milestone: ("instance", "element", "outcome", "fields"),
    n.ContactRecorded: ("party",),
    n.ReminderDue: ("deadline", "days", "to"),
    n.NoticeSent: ("notice", "to", "channel", "posted_on", "deemed_on"),
    n.NoticeDelivered: ("notice", "to", "channel"),
    n.NoticeFailed: ("notice", "to", "because", "channel", "instance"),
    k.LinkIssued: ("link", "party", "purpose", "until", "factor"),
    k.LinkCodeWrong: ("link",),
    k.LinkCancelled: ("link",),
    k.LinkOpened: ("link",),
    f.FileAdded: ("file", "media_type", "size", "sha256"),
    m.ProcessMigrated: ("instance", "process", "was", "bundle", "because"),
    x.CaseLookedAt: ("person", "what", "file"),
    x.GlassBroken: ("person", "until"),
    p.ExclusionNotified: ("instance", "entry"),
    p.ExclusionEntered: ("entry", "totals"),
    p.EntriesTaken: ("from_", "merged", "entries", "totals"),
    p.EntriesGiven: ("to", "merged", "totals"),
    p.RegisterErased: ("because",),
    a.BundlePutInUse: ("process", "bundle", "because"),
    a.PolicyPutInUse: ("policy", "effective_from"),
    a.CalendarPutInUse: ("calendar", "name", "academic_year", "because"),
    a.SchoolsClosed: ("closure", "schools", "days", "reason"),
    a.ClosureWithdrawn: ("closure", "because"),
    a.CalendarWanted: ("school", "academic_year"),
    a.RoleGiven: ("role", "org", "because"),
    a.RoleTaken: ("role", "org", "because"),
    a.DeadlinesRecounted: ("changes", "upto", "cases", "moved", "kept"),
    d.SchoolsImported: ("register", "links", "schools", "refused"),
    d.SchoolAdditionsRecorded: ("school",),
    d.ProviderListed: ("provider",),
    d.ProviderPlacesUpdated: ("provider",),
    d.ProviderChecked: ("provider", "school", "case"),
    d.StrategyListed: ("strategy",),
    i.TargetSet: ("measure", "period", "value"),
    i.ReportPublished: ("report", "version", "kind", "period", "document"),
    i.ActionAgreed: ("action", "report", "finding", "measure", "due"),
    i.ActionUpdated: ("action", "state", "due"),
    i.SurveyOpened: ("survey", "report", "version", "audience", "closes_at"),
    i.SurveyAnswered: ("survey",),
    i.SurveyClosed: ("survey",),
    i.SurveySummarised: ("survey", "document"),
}
ALWAYS = {  # numbers of which 0 says something
    i.TargetSet: {"value"},
    a.DeadlinesRecounted: {"changes", "upto", "cases"},
}
SCHEMAS = "https://inclusion-casework.example/events"
OUTCOME = re.compile(r"[a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*")
FIELD = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
CORRELATION = re.compile(r"[A-Za-z0-9._-]{1,100}")


def integration_event(recorded: Recorded, authority: str, subject: str) -> dict[str, Any]:
    """The CloudEvents 1.0 attributes and data of one stored event, for a subscriber of the authority, "" where it is of
    none. `subject` is the case reference, or the authority's code; the stream of a register names itself."""
    event, row = recorded.event, recorded.row
    published = {
        "specversion": "1.0",
        "id": f"{recorded.stream}.{recorded.version}",
        "source": _source(recorded, authority),
        "type": recorded.type,
        "subject": str(recorded.stream) if is_of_register(recorded.type) else subject,
        "time": row.recorded_at,
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMAS}/{recorded.type}.json",
        "partitionkey": str(recorded.stream),
        "sequence": recorded.version,
        "position": recorded.position,
        "correlationid": correlation_of(event),
        "causationid": event.meta.cause,
        "prevhash": row.previous.hex(),
        "hash": row.hash.hex(),
        "factshash": chain.digest(row.facts).hex(),
        "sealedhash": chain.digest(row.sealed).hex(),
        "data": data_of(event, authority),
    }
    return {name: value for name, value in published.items() if value != ""}


def is_of_register(type: str) -> bool:
    """Whether events of the type belong to a pupil's register, which is no one council's."""
    return type.startswith("register.")


def _source(recorded: Recorded, authority: str) -> str:
    if is_of_register(recorded.type):
        return "/registers"
    about = "administration" if recorded.type.startswith("authority.") else "cases"
    return f"/authorities/{authority}/{about}" if authority else "/schools"


def correlation_of(event: Event) -> str:
    """What the client called the whole, if that is an identifier and not words; else the request's own id."""
    meta = event.meta
    return meta.correlation if CORRELATION.fullmatch(meta.correlation) else meta.command


def data_of(event: Event, authority: str = "") -> dict[str, Any]:
    """What is public of an event, to a subscriber of the authority. What does not apply is absent; a yes or no is
    always there, and so is a number of which 0 says something. Of what another council entered in a register only the
    half days are told."""
    public: dict[str, Any] = {"effective_on": event.meta.effective_on.isoformat(), "by": _who(event.meta.by)}
    for name in PUBLIC[type(event)]:
        public[name.rstrip("_")] = msgspec.to_builtins(getattr(event, name))
    if isinstance(event, e.Milestone):
        public["outcome"] = event.outcome if OUTCOME.fullmatch(event.outcome) else ""
        public["fields"] = {name: value for name, value in event.fields.items() if _is_code(value)}
    if is_of_register(type(event).TOPIC):
        _tell_own_only(public, authority)
    always = ALWAYS.get(type(event), ())
    return {
        name: value
        for name, value in public.items()
        if value is False or name in always or value not in ("", 0, {}, None)
    }


def _tell_own_only(public: dict[str, Any], authority: str) -> None:
    """Leave out the entries of other councils, and for which organisation somebody else acted."""
    if "entry" in public and public["entry"]["authority"] != authority:
        del public["entry"]
    if "entries" in public:
        public["entries"] = [entry for entry in public["entries"] if entry["authority"] == authority]
    if public["by"].get("org", authority) != authority:
        del public["by"]["org"]


def _who(by: Actor) -> dict[str, str]:
    """Role and organisation, never the person."""
    role = by.person if by in (CLOCK, SYSTEM) else by.role
    return {"role": role, "org": by.org} if by.org else {"role": role}


def _is_code(value: Any) -> bool:
    """What a council's own diagram declares for a milestone may be anything; only codes leave the house."""
    return isinstance(value, int) or (isinstance(value, str) and FIELD.fullmatch(value) is not None)
