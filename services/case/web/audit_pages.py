"""Auditors: find a case with a stated reason, see whether its record is intact, and who else has looked."""

import asyncio
import re
from typing import Any

from msgspec import structs
from starlette.responses import Response

from services.case.api.looks import looked
from services.case.application.looking import access_stream
from services.case.application.reference import stream_of
from services.case.domain.access_events import CaseLookedAt, GlassBroken
from services.case.domain.case import Case
from services.case.domain.errors import CaseUnknown, NotAllowed
from services.case.domain.people import OVERSIGHT
from services.case.domain.permissions import role_for
from services.case.projections.cases import cases_named
from services.case.store.checkpoints import is_countersigned, last_countersigned
from services.case.store.verify import verify
from services.case.web.case_pages import around, head_of
from services.case.web.visit import REASONS, Visit
from services.case.wiring import House

REFERENCE = re.compile(r"[A-Z0-9]{1,8}-\d{4}-\d{1,9}")
REASON = 500  # characters


async def begin(visit: Visit) -> Response:
    ref = visit.query("ref")
    ref = ref if REFERENCE.fullmatch(ref) else ""
    return visit.page("audit/find.html", errors=[], ref=ref, reason="", next=visit.query("next"))


async def find(visit: Visit) -> Response:
    """Go to the case, once it is recorded who looks and why."""
    ref, reason = visit.posted.get("ref").upper(), visit.posted.get("reason")
    errors = []
    if not REFERENCE.fullmatch(ref):
        errors.append({"text": "Enter a case reference, like MM-2026-000042", "href": "#ref"})
    if not reason or len(reason) > REASON:
        errors.append({"text": f"Say why you look, in up to {REASON} characters", "href": "#reason"})
    if not errors:
        try:
            case = await _overseen(visit, ref)
            membership = role_for(visit.person, case, "export")
        except (CaseUnknown, NotAllowed):
            errors.append({"text": "There is no such case that you may look at", "href": "#ref"})
        else:
            by = visit.person.as_actor(membership)
            await asyncio.to_thread(visit.house.looking.record, case, by, "case", reason)
            await _keep(visit, case.ref, reason)
            return visit.to(_onward(visit.posted.get("next"), case.ref))
    return visit.page("audit/find.html", 422, errors=errors, ref=ref, reason=reason, next=visit.posted.get("next"))


async def _keep(visit: Visit, ref: str, reason: str) -> None:
    """The reason, for whatever else of this case is looked at until they sign out."""
    assert visit.session is not None
    visit.session.kept.setdefault(REASONS, {})[ref] = reason
    await asyncio.to_thread(visit.pages.sessions.keep, visit.session)


def _onward(wanted: str, ref: str) -> str:
    """The page of this case on the way to which they were asked, else its replay."""
    inside = wanted == f"/cases/{ref}" or wanted.startswith((f"/cases/{ref}/", f"/cases/{ref}?"))
    return wanted if inside and wanted.isprintable() and "\\" not in wanted else f"/cases/{ref}/replay"


async def verified(visit: Visit) -> Response:
    """The chain of this case, recomputed now from what is stored. Of the case only what lists know of it is needed: it
    is told also when its events cannot be read any more. Raises CaseUnknown, LookUnexplained."""
    case = await _overseen(visit, visit.asking().ref)
    await looked(visit.asking(), case, "export", "case")
    shown = around(visit, case, {"ref": case.ref, "status": case.status, "home_school": case.home_school})
    house = visit.house
    found = await asyncio.to_thread(verify, house.database, case.stream, key=house.checkpointing.public_key)
    version, hash = await asyncio.to_thread(house.store.last_of, case.stream)
    copy = await asyncio.to_thread(_second_copy, house, case, version)
    return visit.page("audit/verify.html", **shown, found=found, hash=hash.hex(), copy=copy, now=house.clock.now())


async def _overseen(visit: Visit, ref: str) -> Case:
    """The case as lists know it, to whoever oversees it; in full where it opened just now. Raises CaseUnknown."""
    person = visit.person
    overseeing = tuple(one for one in person.memberships if one.role in OVERSIGHT)
    only_so = structs.replace(person, memberships=overseeing)
    found = (await asyncio.to_thread(cases_named, visit.house.database, only_so, [ref])).get(ref)
    if found is None:
        return await visit.house.door.see(ref)
    return Case(stream_of(ref), ref=ref, authority=person.authority, status=found.status, home_school=found.home_school)


def _second_copy(house: House, case: Case, version: int) -> dict[str, Any] | None:
    """What the audit service last signed of its own copy, and whether the case's last event is under it; blocks. None
    where it has signed nothing that holds."""
    last = last_countersigned(house.database)
    if last is None or not is_countersigned(last, last.countersigner, last.countersignature):
        return None
    covers = house.store.position_of(case.stream, version) <= last.position
    return {"by": last.countersigner, "at": last.states.at, "position": last.position, "covers": covers}


async def access(visit: Visit) -> Response:
    """Who looked at this case whose work it is not, and who broke the glass, the last first. Raises NotAllowed."""
    _, case, shown = await head_of(visit)
    role_for(visit.person, case, "export")
    looks = await asyncio.to_thread(visit.house.store.load, access_stream(case.ref))
    events = [(one.recorded_at, one.event) for one in looks[::-1] if isinstance(one.event, CaseLookedAt | GlassBroken)]
    names = await asyncio.to_thread(visit.names, *(event.meta.by.person for _, event in events))
    rows = [
        {
            "at": at,
            "who": names.get(event.meta.by.person, event.meta.by.person),
            "role": event.meta.by.role,
            "what": event.what if isinstance(event, CaseLookedAt) else "",
            "until": event.until if isinstance(event, GlassBroken) else None,
            "reason": (event.personal or {}).get("reason", ""),
        }
        for at, event in events
    ]
    return visit.page("audit/access.html", **shown, rows=rows)
