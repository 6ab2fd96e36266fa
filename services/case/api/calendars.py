"""School days, for an authority's administrator: calendars put in use, unplanned closures, calendars to load.

Open deadlines follow by themselves, a moment after the answer.
"""

import asyncio
from collections.abc import Callable

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.application.calendars import (
    close_schools,
    put_calendar,
    read_import,
    told,
    told_of_one,
    withdraw_closure,
)
from services.case.application.in_use import InUse
from services.case.domain.errors import ClosureUnknown
from services.case.domain.meta import Event, Meta
from services.case.domain.permissions import role_anywhere

Decide = Callable[[InUse, Meta], list[Event]]


async def list_calendars(ask: Ask) -> Reply:
    """Calendars in force, closures reported, calendars to load because dates are provisional without them, and whether
    open deadlines have been counted again since the last change."""
    role_anywhere(ask.person, "administer")
    administration = ask.house.administration
    await asyncio.to_thread(administration.refresh)
    return Reply(told(administration.of(ask.person.authority), ask.house.reference))


async def one_calendar(ask: Ask) -> Reply:
    """A calendar that is or was in use in the authority: its days, what was in use before and after it, and closures
    reported of its schools since."""
    role_anywhere(ask.person, "administer")
    administration = ask.house.administration
    await asyncio.to_thread(administration.refresh)
    return Reply(told_of_one(administration.of(ask.person.authority), ask.part("calendar")))


async def import_calendar(ask: Ask) -> Reply:
    """Put a calendar in use for an academic year, of one school, of several, or the authority's own."""
    role_anywhere(ask.person, "administer")
    calendar, because = read_import(ask.body.calendar), ask.body.because
    await asyncio.to_thread(ask.house.administration.keep, calendar)
    reference = ask.house.reference
    return await _change(ask, lambda state, meta: put_calendar(state, meta, calendar, because, reference))


async def report_closure(ask: Ask) -> Reply:
    """Say that schools were or will be closed on days on which their calendars have them open."""
    body, reference = ask.body, ask.house.reference
    return await _change(
        ask, lambda state, meta: close_schools(state, meta, body.schools, body.days, body.reason, reference)
    )


async def withdraw_report(ask: Ask) -> Reply:
    """Say that a closure was reported by mistake. It stays in the history."""
    number = ask.part("closure")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise ClosureUnknown
    because = ask.body.because
    return await _change(ask, lambda state, meta: withdraw_closure(state, meta, int(number), because))


async def _change(ask: Ask, decide: Decide) -> Reply:
    membership = role_anywhere(ask.person, "administer")
    administration = ask.house.administration

    def act(state: InUse, meta: Meta) -> tuple[list[Event], bytes]:
        events = decide(state, meta)
        closures = [number for event in events if (number := getattr(event, "closure", None))]
        return events, msgspec.json.encode({"changed": bool(events), "closure": closures[0] if closures else None})

    outcome = await administration.change(ask.person.authority, ask.person.as_actor(membership), ask.command, act)
    return Reply(msgspec.json.decode(outcome.answer), position=outcome.position)
