"""Records that somebody whose work a case is not looks at it: auditors, the data protection officer, and who came by a
link and is not of the family."""

import asyncio
import re

from services.case.api.asking import Ask
from services.case.domain.access_events import What
from services.case.domain.case import Case
from services.case.domain.errors import BodyInvalid, LookUnexplained
from services.case.domain.permissions import oversees, role_for

REASON = re.compile(r"[ -~]{0,500}")


async def looked(ask: Ask, case: Case, action: str, what: What) -> None:
    """See that the person may, and record it where it is not their work, with the reason that the header `Reason`
    states, or whoever asks on their behalf, who may not leave it out. Raises CaseUnknown, NotAllowed, LookUnexplained;
    TryAgain where it cannot be recorded."""
    membership, reason = role_for(ask.person, case, action), ask.reason
    if reason is None:
        reason = ask.request.headers.get("reason", "")
        if not REASON.fullmatch(reason):
            raise BodyInvalid([{"pointer": "", "detail": "Reason: up to 500 plain characters."}])
    if oversees(ask.person, case):
        if ask.reason == "":
            raise LookUnexplained
    elif not ask.person.is_guest:
        return
    await asyncio.to_thread(ask.house.looking.record, case, ask.person.as_actor(membership), what, reason.strip())
