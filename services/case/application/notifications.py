"""Notifications of suspensions and exclusions as schools' systems send them: one JSON object a line, in any order, more
than once, corrected or cancelled by a higher revision of the same id."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated

import msgspec

from services.case.application.exclusions import Period, by_term
from services.case.clock.half_days import term_of
from services.case.clock.school_calendar import DayBook
from services.case.domain.pupil import Entry, Kind, rank

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Count = Annotated[int, msgspec.Meta(ge=0)]
DaysOf = Callable[[str], DayBook | None]  # the school days of a school, where its calendar is known


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """A suspension (`SUSP`), lunchtime suspension (`LNCH`) or permanent exclusion (`PERM`), as notified.

    `half_days`: of a lunchtime suspension its lunchtimes · `cancelled`: it counts nothing but the `half_days_out`, for
    which the pupil was out before the cancellation (SI 2012/1033 as amended by SI 2023/571).
    """

    id: Text
    revision: Count
    upn: Text
    school_urn: Text
    type: Kind
    start: date
    half_days: Count = 0
    cancelled: bool = False
    half_days_out: Count = 0
    reasons: list[Text] = []


class NotificationRefused(ValueError):
    """This line is not a notification; the message says which line and why."""


def read_notifications(lines: Iterable[str | bytes]) -> Iterable[Notification]:
    """The notifications of lines of JSON; empty lines are passed over. Raises NotificationRefused."""
    decoder = msgspec.json.Decoder(Notification)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise NotificationRefused(f"line {number}: {error}") from None


def entry_of(told: Notification, authority: str, days: DayBook | None) -> Entry:
    """The entry of a notification. Half days fall on the school's days; where these are not known, all fall in the
    statutory term of the first."""
    half_days = told.half_days_out if told.cancelled else told.half_days
    kind: Kind = "SUSP" if told.cancelled and told.type == "PERM" else told.type  # days out before it was cancelled
    terms, end = _counted(Period(kind, told.start, half_days), days)
    return Entry(
        id=told.id,
        revision=told.revision,
        kind=told.type,
        authority=authority,
        school=told.school_urn,
        start=told.start,
        half_days=told.half_days,
        terms=terms,
        cancelled=told.cancelled,
        end=end,
        reasons=told.reasons,
    )


def _counted(period: Period, days: DayBook | None) -> tuple[dict[str, int], date | None]:
    if period.kind == "PERM" or not period.half_days:
        return {}, None
    if days is None:
        term = term_of(period.start)
        return {f"{term.school_year} {term.name}": period.half_days}, None
    taken = period.taken(days)
    return by_term(taken), taken[-1][0]


def counting(notifications: Iterable[Notification], days_of: DaysOf) -> dict[str, list[Entry]]:
    """By pupil number, the entries that count: of each id the highest revision, whoever it names."""
    latest: dict[str, tuple[str, Entry]] = {}
    for told in notifications:
        entry = entry_of(told, "", days_of(told.school_urn))
        known = latest.get(told.id)
        if known is None or (rank(entry), told.upn) > (rank(known[1]), known[0]):
            latest[told.id] = told.upn, entry
    pupils: dict[str, list[Entry]] = {}
    for upn, entry in latest.values():
        pupils.setdefault(upn, []).append(entry)
    return pupils
