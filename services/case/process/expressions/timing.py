"""What a timer can say: so long after, on that day, again and again, or by a named deadline."""

import re
from datetime import date, datetime
from typing import Any, Final

import msgspec

_DAYS: Final = r"(?:\d{1,4}Y)?(?:\d{1,4}M)?(?:\d{1,5}D)?"
_HOURS: Final = r"(?:T(?=\d)(?:\d{1,5}H)?(?:\d{1,6}M)?(?:\d{1,7}S)?)?"
_DURATION: Final = rf"P(?=[\dT])(?:\d{{1,4}}W|{_DAYS}{_HOURS})"
_IS_DURATION: Final = re.compile(_DURATION)
_IS_CYCLE: Final = re.compile(rf"R(\d{{0,4}})/({_DURATION})")
_IS_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_IS_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")
_LOOKS_LIKE_A_TIME: Final = re.compile(r"-?(?:R\d*/)?P(?:\d|T\d)[\dA-Z.,]*|\d{4}-\d{2}-\d{2}\S*|R\d*/\S+")


class Duration(msgspec.Struct, frozen=True):
    """So long after the timer is set, as an ISO 8601 duration such as `P5D`."""

    iso: str


class Moment(msgspec.Struct, frozen=True):
    """An ISO date (`2026-11-03`) or a date-time with offset (`2026-11-03T09:00:00+00:00`)."""

    iso: str


class Cycle(msgspec.Struct, frozen=True):
    """Every `every` (an ISO 8601 duration), `times` times; `None` is for as long as the activity lasts."""

    times: int | None
    every: str


class Deadline(msgspec.Struct, frozen=True):
    """A deadline of `process.toml`, counted from `anchor` (an ISO date) or else from the day it is set."""

    name: str
    anchor: str | None = None


Timing = Duration | Moment | Cycle | Deadline


def timing_of(value: Any) -> Duration | Moment | Cycle | str:
    """The time that a text stands for; a plain `str` is the reason why it stands for none."""
    if not isinstance(value, str):
        return "a time is a text, such as “P5D” or “2026-11-03”"
    if _IS_DURATION.fullmatch(value):
        return Duration(value)
    if cycle := _IS_CYCLE.fullmatch(value):
        times = int(cycle[1]) if cycle[1] else None
        if times == 0 or not re.search(r"[1-9]", cycle[2]):
            return "a cycle repeats at least once, after a duration that is not zero"
        return Cycle(times, cycle[2])
    if _IS_DAY.fullmatch(value):
        return Moment(value) if _exists(value) else "there is no such day"
    if instant := _IS_INSTANT.fullmatch(value):
        if not instant[1]:
            return "a date-time needs its offset, such as +00:00"
        return Moment(value) if _exists(value) else "there is no such day or time"
    return "it is no ISO 8601 duration, date, date-time with offset, or cycle"


def unquoted(text: str) -> bool:
    """Whether a text is a duration, date or cycle that somebody forgot to put in quotation marks."""
    return bool(_LOOKS_LIKE_A_TIME.fullmatch(text.strip()))


def is_day(value: Any) -> bool:
    """Whether a value is the ISO date of a day that exists."""
    return isinstance(value, str) and bool(_IS_DAY.fullmatch(value)) and _exists(value)


def _exists(text: str) -> bool:
    try:
        if len(text) == len("2026-11-03"):
            date.fromisoformat(text)
        else:
            datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
