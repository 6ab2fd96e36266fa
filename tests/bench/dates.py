"""Dates of deadlines against counting day by day; calendars and policies read from their files and put in use."""

import asyncio
import random
import time
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from services.case.application.calendars import put_calendar, read_import
from services.case.application.door import once
from services.case.application.files import HOUSE
from services.case.application.in_use import InUse
from services.case.clock.calendar_files import read_calendar_file
from services.case.clock.calendar_text import read_calendar
from services.case.clock.school_calendar import SchoolCalendar, is_school_day
from services.case.clock.school_days import within
from services.case.domain.meta import Event, Meta
from services.case.domain.people import SYSTEM
from services.case.policy.authority_text import read_authority
from services.case.wiring import House
from tests.bench.place import database, opened
from tests.bench.record import Record, interleaved, median, spread, versus

COUNTED = 20_000
DAY = timedelta(days=1)


def _anchors() -> list[tuple[date, int]]:
    some = random.Random(1)
    return [(date(2026, 9, 2) + some.randrange(280) * DAY, some.choice((2, 5, 15, 50))) for _ in range(COUNTED)]


def _counted(school: SchoolCalendar, anchors: list[tuple[date, int]]) -> float:
    began = time.perf_counter()
    for anchor, count in anchors:
        within(school, count, anchor)
    return len(anchors) / (time.perf_counter() - began)


def _walked(school: SchoolCalendar, anchors: list[tuple[date, int]]) -> float:
    """Day after day, as one does by hand, and without an explanation."""
    began = time.perf_counter()
    for anchor, count in anchors:
        day, left = anchor, count
        while left:
            day += DAY
            left -= is_school_day(school, day)
    return len(anchors) / (time.perf_counter() - began)


def deadlines() -> list[Record]:
    """Dates a second, each with its explanation, against a walk from day to day."""
    calendar = read_calendar_file(HOUSE / "calendars" / "937_2026_27.toml")
    school, anchors = SchoolCalendar([calendar]), _anchors()
    measured = interleaved(
        {"ours": partial(_counted, school, anchors), "walk": partial(_walked, school, anchors[:4_000])}
    )
    return [versus("dates of deadlines", "dates/s", measured["ours"], measured["walk"], 1, True, goal="50,000")]


def _read(paths: list[Path]) -> float:
    """Milliseconds for a file to be read and checked."""
    began = time.perf_counter()
    for path in paths:
        if path.parent.name == "calendars":
            read_calendar(path.read_text(), path.name)
        else:
            read_authority(path.read_text(), path.name)
    return (time.perf_counter() - began) / len(paths) * 1000


def _import(house: House, number: int) -> float:
    """Milliseconds from the text of a calendar until it is in use, stored and heard of."""
    text = (HOUSE / "calendars" / "937_2026_27_three_insets.toml").read_text()
    text = text.replace("published_on = 2025-02-24", f"published_on = 2026-02-{number + 1:02}")  # another file
    began = time.perf_counter()
    calendar = read_import(text)
    house.administration.keep(calendar)

    def decide(state: InUse, meta: Meta) -> tuple[list[Event], bytes]:
        return put_calendar(state, meta, calendar, "days_changed", house.reference), b""

    asyncio.run(house.administration.change("937", SYSTEM, once(), decide))
    return (time.perf_counter() - began) * 1000


def imports() -> list[Record]:
    """Calendars and councils' policies: reading and checking a file, and putting a school's calendar in use."""
    calendars = sorted((HOUSE / "calendars").glob("*.toml"))
    policies = sorted((HOUSE / "authorities").glob("*.toml"))
    measured = interleaved({"calendar": partial(_read, calendars * 10), "policy": partial(_read, policies * 10)})
    with database() as url:
        house = opened(url)
        in_use = [_import(house, number) for number in range(20)]
        house.close()
    return [
        Record(f"{name} file read and checked", median(values), "ms", spread=spread(values))
        for name, values in measured.items()
    ] + [
        Record("calendar put in use", median(in_use), "ms", runs=len(in_use), spread=spread(in_use), must="< 250 ms",
               holds=median(in_use) < 250),
    ]  # fmt: skip
