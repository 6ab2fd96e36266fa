"""`import-calendar FILE`: puts a school's or an authority's calendar in use; open deadlines follow in the service."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any, get_args

from services.case.application.calendars import authority_of, put_calendar
from services.case.application.door import once
from services.case.application.in_use import InUse
from services.case.clock.calendar_files import read_calendar_file
from services.case.clock.calendar_text import CalendarRefused
from services.case.commands.administration import add
from services.case.domain.authority_events import CalendarReason
from services.case.domain.errors import Refusal
from services.case.domain.meta import Actor, Event, Meta
from services.case.wiring import House

GOOD, FINDINGS = 0, 1


def register(commands: Any) -> None:
    parser = add(commands, "import-calendar", "put a calendar in use", run)
    parser.add_argument("--because", required=True, choices=get_args(CalendarReason), help="why")
    parser.add_argument("file", type=Path, metavar="FILE", help="a calendar (TOML, as in bpmn/calendars)")


def run(house: House, given: argparse.Namespace) -> int:
    try:
        calendar = read_calendar_file(given.file)
        code = authority_of(calendar, house.reference)
        house.administration.keep(calendar)

        def decide(state: InUse, meta: Meta) -> tuple[list[Event], bytes]:
            events = put_calendar(state, meta, calendar, given.because, house.reference)
            return events, b"changed" if events else b""

        operator = Actor("operator", "admin", code)
        outcome = asyncio.run(house.administration.change(code, operator, once(), decide))
    except (CalendarRefused, Refusal) as refused:
        print(f"import-calendar: {refused}", file=sys.stderr)
        return FINDINGS
    news = "is in use now" if outcome.answer else "was in use already"
    print(f"the calendar of {calendar.holder} for {calendar.academic_year} {news}")
    return GOOD
