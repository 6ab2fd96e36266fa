"""Records that somebody whose work a case is not looks at it: auditors and the data protection officer."""

import asyncio

from services.case.api.asking import Ask
from services.case.domain.access_events import What
from services.case.domain.case import Case
from services.case.domain.errors import BodyInvalid
from services.case.domain.permissions import role_for, sees

LONGEST = 500  # characters of a reason


async def looked(ask: Ask, case: Case, action: str, what: What) -> None:
    """See that the person may, and record it where it is not their work, with the reason that the header `Reason`
    states. Raises CaseUnknown, NotAllowed; TryAgain where it cannot be recorded."""
    membership = role_for(ask.person, case, action)
    if sees(ask.person, case) == "meta":
        by, reason = ask.person.as_actor(membership), ask.request.headers.get("reason", "").strip()
        if len(reason) > LONGEST:
            raise BodyInvalid([{"pointer": "", "detail": f"Reason: up to {LONGEST} characters."}])
        await asyncio.to_thread(ask.house.looking.record, case, by, what, reason)
