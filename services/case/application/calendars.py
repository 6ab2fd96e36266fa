"""What an authority's administrator says about school days: a calendar is put in use, schools were closed, or were not
after all. Each decides on what the authority has in use and gives the events."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.case.application.in_use import InUse, schools_of
from services.case.application.reference import Reference
from services.case.clock.calendar import Calendar, academic_year_of
from services.case.clock.calendar_text import CalendarRefused, read_calendar
from services.case.clock.school_calendar import is_school_day
from services.case.domain import authority_events as a
from services.case.domain.errors import (
    CalendarInvalid,
    CalendarUnknown,
    ClosureUnknown,
    NobodyCloses,
    NotAllowed,
    SchoolUnknown,
)
from services.case.domain.meta import Event, Meta


def read_import(text: str) -> Calendar:
    """The calendar in a TOML text. Raises CalendarInvalid, which says where."""
    try:
        return read_calendar(text, "")
    except CalendarRefused as refused:
        raise CalendarInvalid([{"pointer": "/calendar", "detail": f"{refused}."}]) from refused


def authority_of(calendar: Calendar, reference: Reference) -> str:
    """The authority whose calendar it is. Raises SchoolUnknown."""
    return calendar.authority or reference.school(calendar.urn or "").authority


def put_calendar(
    state: InUse, meta: Meta, calendar: Calendar, because: a.CalendarReason, reference: Reference
) -> list[Event]:
    """Put a calendar in use, for the schools that it names or as the authority's own. Nothing happens if it is in use.

    Raises NotAllowed for another authority's calendar, SchoolUnknown for a school that is not the authority's.
    """
    if calendar.authority not in (None, state.code):
        raise NotAllowed("This calendar is another authority's.")
    _own(state, schools_of(calendar), reference)
    if state.hash_of(calendar.holder, calendar.academic_year) == calendar.hash:
        return []
    name, year = calendar.holder, calendar.academic_year
    return [a.CalendarPutInUse(meta=meta, calendar=calendar.hash, name=name, academic_year=year, because=because)]


def close_schools(
    state: InUse, meta: Meta, schools: Iterable[str], days: Iterable[date], reason: a.ClosureReason, ref: Reference
) -> list[Event]:
    """Schools of the authority, all of them if none is named, have no session on these days.

    Raises SchoolUnknown, and NobodyCloses where on one of the days none of them has a session anyway.
    """
    when = sorted(set(days))
    own = sorted(urn for urn, s in ref.schools.items() if s.authority == state.code and s.is_open(when[0]))
    closed = sorted(set(schools)) or own
    _own(state, closed, ref)
    books = [ref.calendars.school(urn, state.code) for urn in closed]
    idle = [place for place, day in enumerate(when) if not any(is_school_day(book, day) for book in books)]
    if idle:
        raise NobodyCloses([{"pointer": f"/days/{place}", "detail": f"{when[place]}: no session."} for place in idle])
    number = len(state.closures) + 1
    return [a.SchoolsClosed(meta=meta, closure=number, schools=closed, days=when, reason=reason)]


def withdraw_closure(state: InUse, meta: Meta, number: int, because: a.WithdrawalReason) -> list[Event]:
    """The schools had their sessions: it was reported by mistake. Raises ClosureUnknown."""
    closure = state.closures.get(number)
    if closure is None:
        raise ClosureUnknown
    return [] if closure.withdrawn else [a.ClosureWithdrawn(meta=meta, closure=number, because=because)]


def _own(state: InUse, schools: Iterable[str], reference: Reference) -> None:
    for urn in schools:
        if reference.school(urn).authority != state.code:
            raise SchoolUnknown


def told(state: InUse, reference: Reference) -> dict[str, Any]:
    """What an administrator sees: calendars in force, closures, calendars to load, how far deadlines have followed."""
    own = sorted(urn for urn, school in reference.schools.items() if school.authority == state.code)
    return {
        "authority": state.code,
        "calendars": [
            {
                "name": name,
                "academic_year": year,
                "calendar": held.calendar.hash,
                "schools": sorted(schools_of(held.calendar)),
                "default": held.calendar.default,
                "in_use_since": held.on,
                "by": held.by,
                "because": held.because or None,
            }
            for (name, year), held in state.calendars.items()
        ],
        "closures": list(state.closures.values()),
        "wanted": [
            {"school": school, "name": reference.schools[school].name if school in own else None,
             "academic_year": year, "since": since}
            for (school, year), since in sorted(state.wanted.items())
        ],
        "recounted": {
            "complete": state.recounted.changes >= state.changed_at,
            "cases": state.recounted.cases,
            "moved": state.recounted.moved,
            "kept": state.recounted.kept,
        },
    }  # fmt: skip


def told_of_one(state: InUse, hash: str) -> dict[str, Any]:
    """A calendar that is or was in use, all that were of its name and year, and closures of its schools in its year.

    Raises CalendarUnknown.
    """
    for (name, year), puts in state.calendars_put.items():
        found = next((put.calendar for put in puts if put.calendar.hash == hash), None)
        if found is not None:
            schools = schools_of(found)
            closures = [one for one in state.closures.values() if found.default or schools & set(one.schools)]
            return {
                "name": name,
                "academic_year": year,
                "in_use": state.hash_of(name, year) == hash,
                "calendar": found,
                "history": [
                    {"calendar": put.calendar.hash, "since": put.on, "by": put.by, "because": put.because or None}
                    for put in reversed(puts)
                ],
                "closures": [one for one in closures if found.start_year in map(academic_year_of, one.days)],
            }
    raise CalendarUnknown
