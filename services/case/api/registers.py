"""The pupils' registers of suspensions and exclusions: what a pupil's adds up to, and putting right whose entries are
whose. A pupil number is in a body, never in an address."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.application.door import answered_before
from services.case.application.exclusions import known, school_year_of, whose_of
from services.case.application.registers import Registers, Whose
from services.case.clock.half_days import check_cap
from services.case.domain.case import Case
from services.case.domain.errors import EntryUnknown, NumberWrong, ReasonMissing
from services.case.domain.meta import Meta
from services.case.domain.permissions import role_anywhere, role_for
from services.case.domain.pupil import Entry
from services.case.domain.pupil_register import Register
from services.case.process.checks import upn_is_right
from services.case.store.recorder import CommandRecord, Repeated

Move = Callable[[Meta, CommandRecord | None], Register]


async def of_case(ask: Ask) -> Reply:
    """The suspensions and exclusions of a case's pupil: totals over all schools, this council's entries, and of other
    councils the half days only."""
    case = await ask.house.door.see(ask.ref)
    role_for(ask.person, case, "register")
    register = known(case, await asyncio.to_thread(ask.house.door.registers.of, whose_of(case)))
    today = ask.house.clock.today()
    year = school_year_of(today)
    cap = check_cap(register.year_total(year), 0, today)
    ours = [entry for entry in register.entries.values() if entry.authority == case.authority]
    return Reply(
        {
            "totals": register.totals,
            "school_year": {"name": year, "half_days": cap.total, "limit": cap.limit, "left": cap.left},
            "entries": [_shown(entry, case) for entry in sorted(ours, key=lambda e: (e.start, e.id))],
            "at_other_councils": _elsewhere(register, case.authority),
        }
    )


def _shown(entry: Entry, case: Case) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "school": entry.school,
        "start": entry.start,
        "end": entry.end,
        "half_days": entry.half_days,
        "counted": entry.terms,
        "cancelled": entry.cancelled,
        "reasons": entry.reasons if entry.school == case.home_school else [],
        "this_case": entry.case == case.ref,
    }


def _elsewhere(register: Register, authority: str) -> list[dict[str, Any]]:
    """Half days at schools of other councils, by term and no more."""
    others = {id: entry for id, entry in register.entries.items() if entry.authority != authority}
    totals = msgspec.structs.replace(register, entries=others).totals
    return [{"school_year": t.school_year, "term": t.term, "half_days": t.half_days} for t in totals]


async def merge(ask: Ask) -> Reply:
    """Two numbers are one pupil's, such as a temporary one and the one that came after: they have one register now."""
    body = ask.body
    kept, former = Whose(body.upn), Whose(body.former_upn)

    def move(meta: Meta, record: CommandRecord | None) -> Register:
        return _registers(ask).merge(former, kept, meta, ask.house.clock.now(), body.reason, record)

    return await _right(ask, (kept, former), move)


async def split(ask: Ask) -> Reply:
    """Entries in one pupil's register are another's: they count there from now on, corrections too."""
    body = ask.body
    whose, other = Whose(body.upn), Whose(body.other_upn)

    def move(meta: Meta, record: CommandRecord | None) -> Register:
        mine = [e.id for e in _registers(ask).of(whose).entries.values() if e.authority == ask.person.authority]
        if not set(body.entries) <= set(mine):
            raise EntryUnknown
        return _registers(ask).split(whose, other, body.entries, meta, ask.house.clock.now(), body.reason, record)

    return await _right(ask, (whose, other), move)


def _registers(ask: Ask) -> Registers:
    return ask.house.door.registers


async def _right(ask: Ask, concerned: tuple[Whose, Whose], move: Move) -> Reply:
    membership = role_anywhere(ask.person, "right_register")
    if not all(upn_is_right(whose.upn) for whose in concerned):
        raise NumberWrong
    if not ask.body.reason.strip():
        raise ReasonMissing
    house, command = ask.house, ask.command
    effective_on = command.effective_on or house.clock.today()
    meta = Meta(ask.person.as_actor(membership), effective_on, str(command.id), "", command.correlation)
    record = CommandRecord(command.id, command.digest, b"") if command.repeatable else None

    def act() -> tuple[Any, int]:
        try:
            answered = answered_before(house.store, command)
            if answered is None:
                if not any(_registers(ask).is_known_to(ask.person.authority, whose) for whose in concerned):
                    raise EntryUnknown
                return move(meta, record).totals, house.store.head()
        except Repeated:
            answered = answered_before(house.store, command)
            assert answered is not None
        return msgspec.json.decode(answered.answer), answered.position

    totals, position = await asyncio.to_thread(act)
    return Reply({"totals": totals}, position=position)
