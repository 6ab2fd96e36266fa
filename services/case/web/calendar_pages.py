"""The open dates of a case, and a meeting, as a calendar file (iCalendar, RFC 5545).

It says the reference and what it is, and nobody's name, place or time: calendars are shared."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

import msgspec
from starlette.responses import Response

from services.case.api import cases as api
from services.case.domain.errors import NoSuchPage
from services.case.web.case_pages import deadlines_of
from services.case.web.meetings import meetings_of
from services.case.web.visit import Visit

LONGEST = 75  # octets of a line, at most (section 3.1)


class Entry(msgspec.Struct, frozen=True):
    """A whole day in a calendar. `key` is its own in the case, so that it takes the place of what it was before."""

    key: str
    on: date
    title: str


async def dates(visit: Visit) -> Response:
    """All open dates."""
    reply = await visit.read(api.one_case)
    case = await visit.house.door.see(reply.body["ref"])
    found = deadlines_of(visit, case, reply.body.get("deadlines", []))
    return _file(visit, case.ref, case.ref, (Entry(one["deadline"], one["due"], one["title"]) for one in found))


async def meeting(visit: Visit) -> Response:
    """One meeting. Raises NoSuchPage."""
    reply = await visit.read(api.one_case)
    case = await visit.house.door.see(reply.body["ref"])
    wanted = [one for one in await meetings_of(visit, case) if one.task == visit.part("task")]
    if not wanted:
        raise NoSuchPage
    entry = Entry(f"meeting-{wanted[0].key}", wanted[0].on, wanted[0].title)
    return _file(visit, case.ref, f"{case.ref}-meeting-{wanted[0].task}", [entry])


def _file(visit: Visit, ref: str, name: str, entries: Iterable[Entry]) -> Response:
    text = calendar_of(ref, entries, visit.house.clock.now(), visit.house.settings.link(ref))
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    return Response(text, headers=headers, media_type="text/calendar")


def calendar_of(ref: str, entries: Iterable[Entry], made: datetime, link: str) -> str:
    """The text of a calendar file. `made`: in UTC · `link`: to the case."""
    lines = (part for line in _lines(ref, entries, f"{made:%Y%m%dT%H%M%SZ}", link) for part in _folded(line))
    return "\r\n".join([*lines, ""])


def _lines(ref: str, entries: Iterable[Entry], stamp: str, link: str) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Inclusion Casework//EN")
    for entry in entries:
        yield "BEGIN:VEVENT"
        yield f"UID:{ref}-{entry.key}@inclusion-casework"
        yield f"DTSTAMP:{stamp}"
        yield f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.on + timedelta(1):%Y%m%d}"
        yield f"SUMMARY:{_escaped(entry.title)} ({ref})"
        yield f"URL:{link}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _escaped(text: str) -> str:
    """As TEXT is written (section 3.3.11)."""
    plain = " ".join(text.split())  # nothing can begin a line of its own
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """No character is cut in two."""
    part = ""
    for character in line:
        if len((part + character).encode()) > LONGEST:
            yield part
            part = " "
        part += character
    yield part
