"""Auditors: find a case with a stated reason, see whether its record is intact, and who else has looked."""

import asyncio
import re

from starlette.responses import Response

from services.case.application.looking import access_stream
from services.case.domain.access_events import CaseLookedAt
from services.case.domain.errors import CaseUnknown, NotAllowed
from services.case.domain.permissions import role_for
from services.case.store.verify import verify
from services.case.web.case_pages import head_of
from services.case.web.visit import Visit

REFERENCE = re.compile(r"[A-Z0-9]{1,8}-\d{4}-\d{1,9}")
REASON = 500  # characters


async def begin(visit: Visit) -> Response:
    return visit.page("audit/find.html", errors=[], ref="", reason="")


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
            case = await visit.house.door.see(ref)
            membership = role_for(visit.person, case, "export")
        except (CaseUnknown, NotAllowed):
            errors.append({"text": "There is no such case that you may look at", "href": "#ref"})
        else:
            by = visit.person.as_actor(membership)
            await asyncio.to_thread(visit.house.looking.record, case, by, "case", reason)
            return visit.to(f"/cases/{case.ref}/replay")
    return visit.page("audit/find.html", 422, errors=errors, ref=ref, reason=reason)


async def verified(visit: Visit) -> Response:
    """The chain of this case, recomputed now from what is stored. Raises NotAllowed."""
    _, case, shown = await head_of(visit)
    role_for(visit.person, case, "export")
    house = visit.house
    found = await asyncio.to_thread(verify, house.database, case.stream, key=house.checkpointing.public_key)
    _, hash = await asyncio.to_thread(house.store.last_of, case.stream)
    return visit.page("audit/verify.html", **shown, found=found, hash=hash.hex(), now=house.clock.now())


async def access(visit: Visit) -> Response:
    """Who looked at this case whose work it is not, the last first. Raises NotAllowed."""
    _, case, shown = await head_of(visit)
    role_for(visit.person, case, "export")
    looks = await asyncio.to_thread(visit.house.store.load, access_stream(case.ref))
    events = [(one.recorded_at, one.event) for one in looks[::-1] if isinstance(one.event, CaseLookedAt)]
    names = await asyncio.to_thread(visit.names, *(event.meta.by.person for _, event in events))
    rows = [
        {
            "at": at,
            "who": names.get(event.meta.by.person, event.meta.by.person),
            "role": event.meta.by.role,
            "what": event.what,
            "reason": (event.personal or {}).get("reason", ""),
        }
        for at, event in events
    ]
    return visit.page("audit/access.html", **shown, rows=rows)
