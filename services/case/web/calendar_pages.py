"""The open dates of a case as a calendar file (iCalendar, RFC 5545).

It says the reference and what is owed, and nobody's name: calendars are shared."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from services.case.api import cases as api
from services.case.web.case_pages import deadlines_of
from services.case.web.visit import Visit

LONGEST = 60  # characters of a line, at most; 75 octets are allowed


async def dates(visit: Visit) -> Response:
    reply = await visit.read(api.one_case)
    case = await visit.house.door.see(reply.body["ref"])
    found = deadlines_of(visit, case, reply.body.get("deadlines", []))
    text = "\r\n".join([*_calendar(case.ref, found, f"{visit.house.clock.now():%Y%m%dT%H%M%SZ}"), ""])
    headers = {"Content-Disposition": f'attachment; filename="{case.ref}.ics"'}
    return Response(text, headers=headers, media_type="text/calendar")


def _calendar(ref: str, deadlines: list[dict[str, Any]], stamp: str) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Inclusion Casework//EN")
    for one in deadlines:
        due: date = one["due"]
        yield "BEGIN:VEVENT"
        yield f"UID:{ref}-{one['deadline']}@inclusion-casework"
        yield f"DTSTAMP:{stamp}"
        yield f"DTSTART;VALUE=DATE:{due:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{due + timedelta(1):%Y%m%d}"
        yield from _folded(f"SUMMARY:{_escaped(one['title'])} ({ref})")
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    yield line[:LONGEST]
    for at in range(LONGEST, len(line), LONGEST):
        yield f" {line[at : at + LONGEST]}"
