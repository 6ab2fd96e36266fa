"""Lets deadlines follow the calendars: after a change of school days every open deadline that it concerns is counted
again, and a calendar that is missing is asked for.

Idempotent: counting again changes nothing where the day is right. That everything was counted is recorded at the end
only, so that what a crash cuts short is done anew. A process that had not yet heard of a change may go on to count
with the old calendars for a moment; what it counted says so, and is found with the next look.
"""

import asyncio
import logging

from services.case.application.administration import Administration
from services.case.application.door import Door, once
from services.case.application.in_use import Change, InUse
from services.case.application.moving import count_again, missing_calendars
from services.case.application.running import Running
from services.case.domain import authority_events as a
from services.case.domain.errors import CaseUnknown, TryAgain
from services.case.domain.meta import Event, Meta
from services.case.domain.people import SYSTEM
from services.case.projections.deadlines import concerned, provisional
from services.case.projections.projected import Projected

CATCH_UP = 10.0  # seconds for the list of deadlines to hear of what was decided

log = logging.getLogger(__name__)


class Recounting:
    """What of it this process remembers: how far it has looked where there was nothing to record."""

    def __init__(self, door: Door, administration: Administration, projected: Projected) -> None:
        self._door = door
        self._administration = administration
        self._projected = projected
        self._seen: dict[str, tuple[int, int]] = {}  # authority -> changes counted in, deadlines looked at
        self._asked_upto = 0

    async def catch_up(self) -> int:
        """Everything that changes of school days concern by now. The number of deadlines that moved."""
        await asyncio.to_thread(self._administration.refresh)
        upto = await asyncio.to_thread(self._door.store.head)
        if not await self._projected.wait(upto, CATCH_UP):
            return 0
        moved = 0
        for state in self._administration.in_use.values():
            moved += await self._recount(state, upto)
        await self._ask_for_calendars(upto)
        return moved

    async def _recount(self, state: InUse, upto: int) -> int:
        changes, (done, before) = list(state.changes), self._so_far(state)
        latest = state.changed_at
        refs = await asyncio.to_thread(
            concerned, self._door.store.database, state.code, _latest(changes, done), done, before
        )
        moved = kept = 0
        for ref in refs:
            counts = await self._count(ref)
            if counts is None:
                return moved  # the case could not be had: all of it again, with the next look
            moved, kept = moved + counts[0], kept + counts[1]
        if refs and latest > state.recounted.changes:
            await self._record(state.code, latest, upto, len(refs), moved, kept)
        self._seen[state.code] = (latest, upto)
        return moved

    def _so_far(self, state: InUse) -> tuple[int, int]:
        recorded = (state.recounted.changes, state.recounted.upto)
        return max(recorded, self._seen.get(state.code, (0, 0)))

    async def _count(self, ref: str) -> tuple[int, int] | None:
        changes = [change for state in self._administration.in_use.values() for change in state.changes]
        counts = (0, 0)

        def act(running: Running) -> bytes:
            nonlocal counts
            counts = count_again(running, changes)
            return b""

        try:
            await self._door.change(ref, once(), act)
        except TryAgain:
            return None
        except Exception:
            log.exception("deadlines of %s could not be counted again", ref)
        return counts

    async def _record(self, code: str, latest: int, upto: int, cases: int, moved: int, kept: int) -> None:
        def decide(state: InUse, meta: Meta) -> tuple[list[Event], bytes]:
            if state.recounted.changes >= latest:
                return [], b""  # another worker has said so
            said = a.DeadlinesRecounted(meta=meta, changes=latest, upto=upto, cases=cases, moved=moved, kept=kept)
            return [said], b""

        await self._administration.change(code, SYSTEM, once(), decide)

    async def _ask_for_calendars(self, upto: int) -> None:
        """Calendars for want of which dates are provisional, asked of the authority that the school lies in."""
        found = await asyncio.to_thread(provisional, self._door.store.database, self._asked_upto)
        for ref, number, _ in found:
            try:
                case = await self._door.see(ref)
            except (TryAgain, CaseUnknown):
                return
            deadline = case.deadlines.get(number)
            shelf = self._door.reference.calendars
            for school, year in sorted(missing_calendars(case, deadline, shelf.has)) if deadline else ():
                await self._ask(case.authority, school, year)
        self._asked_upto = upto

    async def _ask(self, authority: str, school: str, year: str) -> None:
        known = self._door.reference.schools.get(school)
        code = known.authority if known and known.authority in self._administration.in_use else authority

        def decide(state: InUse, meta: Meta) -> tuple[list[Event], bytes]:
            wanted = (school, year) in state.wanted
            return ([] if wanted else [a.CalendarWanted(meta=meta, school=school, academic_year=year)]), b""

        await self._administration.change(code, SYSTEM, once(), decide)


def _latest(changes: list[Change], done: int) -> dict[str, int]:
    """School -> place in the log of its last change since `done`; "" stands for every school in the authority."""
    latest: dict[str, int] = {}
    for change in changes:
        if change.position > done:
            latest |= dict.fromkeys(change.schools, change.position)
            if change.default:
                latest[""] = change.position
    return latest
