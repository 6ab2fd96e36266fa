"""What is done to a case as a whole: notes, concerns, hold and resume, closing."""

import re

from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.decision import Decision
from services.case.domain.errors import (
    CaseEdited,
    CaseNotOnHold,
    CaseNotOpen,
    CaseOnHold,
    ConcernUnresolved,
    Erased,
    OutcomeUnknown,
    ReasonMissing,
)
from services.case.domain.seen import is_as_seen

# Domain section 2.5, and what a person may add to it when closing by hand.
OUTCOMES = {
    "RESOLVED_STABLE": "Resolved, and stable",
    "STEPPED_DOWN": "Stepped down to ordinary support",
    "OSD_RETURNED": "Returned from an off-site direction",
    "MANAGED_MOVE_COMPLETED": "Managed move completed",
    "EHCP_PLACEMENT_CHANGED": "Placement changed through the education, health and care plan",
    "AP_LONG_TERM": "Long-term alternative provision",
    "PEX": "Permanently excluded",
    "MOVED_AREA": "Moved to another area",
    "EHE": "Elective home education",
    "SCHOOL_TRANSFER_BY_PARENT": "Transferred to another school by the parents",
    "POST16": "Left at the end of compulsory school age",
    "OPENED_IN_ERROR": "Opened in error",
}


def etag_of(case: Case) -> str:
    """Changes with the case's status and corrected facts only."""
    return f'"{case.ref}.{len(case.changes)}"'


def refuse_if_edited(case: Case, seen: str) -> None:
    """Raises PreconditionMissing without `seen`, CaseEdited if the case is not as it was seen (`seen` its ETag)."""
    if not is_as_seen(seen, etag_of(case)):
        raise CaseEdited(etag=etag_of(case), now=case.status, changed=_changed_since(case, seen))


def _changed_since(case: Case, seen: str) -> list[str]:
    """What changed since the ETag that somebody has seen: `status`, or the names of corrected facts."""
    found = re.fullmatch(rf'"{case.ref}\.(\d{{1,9}})"', seen)
    return sorted(set(case.changes[int(found[1]) :])) if found else []


def note(decision: Decision, text: str) -> None:
    """Notes are taken also on a case that is paused or closed."""
    _refuse_if_erased(decision.case)
    decision.emit(e.NoteAdded, {"text": text}, note=decision.case.next("note"))


def raise_concern(decision: Decision, about: str) -> None:
    """Somebody is, or feels, put under pressure: the case pauses until the authority has looked (domain 3.3)."""
    case = decision.case
    _refuse_if_erased(case)
    if not case.is_open:
        raise CaseNotOpen
    decision.emit(e.ConcernRaised, {"about": about}, concern=case.next("concern"))


def hold(decision: Decision, seen: str, reason: str) -> None:
    case = decision.case
    if case.status == "held":
        raise CaseOnHold
    if not case.is_open:
        raise CaseNotOpen
    refuse_if_edited(case, seen)
    _say_why(reason)
    decision.emit(e.CaseHeld, {"reason": reason})


def resume(decision: Decision, seen: str, reason: str) -> None:
    """After a concern of pressure only the authority's own caseworker resumes."""
    case = decision.case
    if case.status != "held":
        raise CaseNotOnHold
    if case.concerned and decision.by.role != "caseworker":
        raise ConcernUnresolved
    refuse_if_edited(case, seen)
    _say_why(reason)
    decision.emit(e.CaseResumed, {"reason": reason})


def close(decision: Decision, seen: str, outcome: str, reason: str) -> None:
    """Close by hand: open tasks and deadlines go, but for what goes on after closing; the processes stay as they are,
    to go on if it is reopened."""
    case = decision.case
    if not case.is_open:
        raise CaseNotOpen
    refuse_if_edited(case, seen)
    if outcome not in OUTCOMES:
        raise OutcomeUnknown
    _say_why(reason)
    decision.emit(e.CaseClosed, {"reason": reason}, outcome=outcome)
    for task in [t.id for t in case.tasks.values() if not case.goes_on(t.instance)]:
        decision.emit(e.TaskCancelled, task=task)
    for deadline in [d.id for d in case.deadlines.values() if not case.goes_on(d.instance)]:
        decision.emit(e.DeadlineWithdrawn, deadline=deadline)


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _refuse_if_erased(case: Case) -> None:
    if case.erased:
        raise Erased
