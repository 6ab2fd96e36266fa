"""Suspensions and exclusions as a case has them: how many half days of which term they take, and what the pupil's
register adds up to with one more (SI 2012/1033)."""

from collections import Counter
from datetime import date
from typing import Any, Protocol

import msgspec

from services.case.application.registers import Whose
from services.case.clock.calendar import academic_year_name, academic_year_of
from services.case.clock.due_date import DueDate
from services.case.clock.half_days import (
    HALF_DAYS_IN_A_DAY,
    BoardDuty,
    CapCheck,
    board_duty,
    check_cap,
    lunchtimes,
    spread,
    term_of,
)
from services.case.clock.school_calendar import DayBook
from services.case.clock.school_days import has_day_between, sixth_day, sixth_days
from services.case.domain.case import Case
from services.case.domain.pupil import Entry, Kind, Session
from services.case.domain.pupil_register import Register

NO_NUMBER = ("temporary", "unknown", None, "")
DUTIES: tuple[BoardDuty, ...] = ("none", "on_request", "always")


class RegisterOf(Protocol):
    """Finds a pupil's register."""

    def __call__(self, whose: Whose, /) -> Register: ...


class RegisterWanted(Exception):
    """A decision needs a register that is not at hand: load it and decide again."""

    def __init__(self, whose: Whose) -> None:
        super().__init__("a register")
        self.whose = whose


class AtHand:
    """The registers loaded for one decision. Raises RegisterWanted for any other."""

    def __init__(self) -> None:
        self._loaded: dict[tuple[str, str], Register] = {}

    def keep(self, whose: Whose, register: Register) -> None:
        self._loaded[whose.key] = register

    def __call__(self, whose: Whose, /) -> Register:
        if whose.key not in self._loaded:
            raise RegisterWanted(whose)
        return self._loaded[whose.key]


def whose_of(case: Case) -> Whose:
    """Whose register the case tells of suspensions: by number, or by the case while there is none."""
    personal = case.personal
    named = {part: str(personal.get(f"pupil_{part}") or "") for part in ("surname", "forename", "dob")}
    upn = personal.get("pupil_upn")
    return Whose("" if upn in NO_NUMBER else str(upn), case.ref, **named)


def known(case: Case, register: Register, without: str = "") -> Register:
    """The register with what the case has told of and may not be entered yet, and without the entry of an id."""
    entries = dict(register.entries)
    for entry in case.exclusions.values():
        if register.is_news(entry):
            entries[entry.id] = entry
    entries.pop(without, None)
    return msgspec.structs.replace(register, entries=entries)


class Period(msgspec.Struct, frozen=True):
    """A suspension as it is put: `half_days`, or lunchtimes, from `start` on, its first day from that `session` on."""

    kind: Kind
    start: date
    half_days: int
    session: Session = "morning"

    def taken(self, days: DayBook, each: int = 1) -> list[tuple[date, int]]:
        """The school days taken up, with what each counts. A permanent exclusion is not counted in half days."""
        if self.kind == "PERM":
            return []
        if self.kind == "LNCH":
            return [(day, each) for day in lunchtimes(days, self.start, self.half_days)]
        return list(spread(days, self.start, self.half_days, afternoon=self.session == "afternoon"))


def by_term(taken: list[tuple[date, int]]) -> dict[str, int]:
    """Half days by statutory term, such as `2026/27 autumn`."""
    counted: Counter[str] = Counter()
    for day, half_days in taken:
        term = term_of(day)
        counted[f"{term.school_year} {term.name}"] += half_days
    return dict(sorted(counted.items()))


def first_entry(case: Case, id: str, period: Period, reasons: list[str], days: DayBook, each: int) -> Entry:
    """What a case tells the register when a suspension or exclusion is issued."""
    bare = Entry(
        id=id,
        revision=1,
        kind=period.kind,
        authority=case.authority,
        school=case.home_school,
        start=period.start,
        half_days=period.half_days,
        session="afternoon" if period.session == "afternoon" else "morning",  # the default itself is not written
        terms={},
        cancelled=False,
        each=each if period.kind == "LNCH" else 1,
        reasons=reasons,
        case=case.ref,
    )
    return _counted(bare, days)


def revised(entry: Entry, days: DayBook, **changes: Any) -> Entry:
    """The next revision, with some fields changed and counted anew. After a cancellation it counts what was out."""
    changed = msgspec.convert({**msgspec.to_builtins(entry), **changes, "revision": entry.revision + 1}, Entry)
    return changed if changed.cancelled else _counted(changed, days)


def cancelled(entry: Entry, half_days_out: int, days: DayBook) -> Entry:
    """The next revision after the head cancelled it: only the half days already out count (X22)."""
    out = Period("LNCH" if entry.kind == "LNCH" else "SUSP", entry.start, half_days_out, entry.session)
    taken = out.taken(days, entry.each)
    return msgspec.structs.replace(
        entry, revision=entry.revision + 1, cancelled=True, terms=by_term(taken), end=taken[-1][0] if taken else None
    )


def _counted(entry: Entry, days: DayBook) -> Entry:
    taken = Period(entry.kind, entry.start, entry.half_days, entry.session).taken(days, entry.each)
    return msgspec.structs.replace(entry, terms=by_term(taken), end=taken[-1][0] if taken else None)


def school_year_of(day: date) -> str:
    return academic_year_name(academic_year_of(day))


def cap(register: Register, period: Period, days: DayBook, each: int = 1) -> CapCheck:
    """Whether the period keeps within the days of one school year (X8); where it reaches into two, the worse one."""
    proposed: Counter[str] = Counter()
    for term, counted in by_term(period.taken(days, each)).items():
        proposed[term.partition(" ")[0]] += counted
    checks = [check_cap(register.year_total(year), counted, period.start) for year, counted in proposed.items()]
    none = check_cap(register.year_total(school_year_of(period.start)), 0, period.start)
    return max(checks, key=lambda check: check.total, default=none)


def overlaps(register: Register, school: str, period: Period, days: DayBook) -> bool:
    """Whether the pupil is suspended from this school on one of these days already."""
    taken = period.taken(days)
    first, last = (taken[0][0], taken[-1][0]) if taken else (period.start, period.start)
    return any(start <= last and first <= end for start, end in _spans(register, school))


def follows_on(register: Register, school: str, period: Period, days: DayBook) -> bool:
    """Whether it would start as soon as another suspension from this school ends, as an extension would."""
    ended = [end for _, end in _spans(register, school) if end < period.start]
    return bool(ended) and not has_day_between(days, max(ended), period.start)


def _spans(register: Register, school: str) -> list[tuple[date, date]]:
    """First and last days of the suspensions from one school; lunchtimes are not days out."""
    return [
        (entry.start, entry.end)
        for entry in register.entries.values()
        if entry.kind == "SUSP" and entry.school == school and entry.end is not None and entry.counted
    ]


def outlook(register: Register, school: str, period: Period, days: DayBook, each: int = 1) -> dict[str, Any]:
    """What the register adds up to with the period, as plain values for a process: totals before and after, what the
    governing board owes (X9 to X11), which thresholds are crossed by it, and the sixth day, pooled over suspensions
    that follow one another (X6), where it is reached."""
    taken = period.taken(days, each)
    terms = by_term(taken) or {_term_name(period.start): 0}
    totals = {term: register.term_total(term) + counted for term, counted in terms.items()}
    term = max(totals, key=lambda name: totals[name])
    duty, before = board_duty(totals[term], period.start), board_duty(register.term_total(term), period.start)
    year = cap(register, period, days, each)
    last = taken[-1][0] if taken else period.start
    run = _run(register, school, period, last, days)
    return {
        "term": term,
        "term_half_days_before": register.term_total(term),
        "term_half_days": totals[term],
        "year_half_days": year.total,
        "left_half_days": max(year.limit - year.total, 0),
        "over": not year.allowed,
        "board_duty": duty,
        "crosses": DUTIES.index(duty) > DUTIES.index(before),
        "last_day": last.isoformat(),
        "earlier": sum(1 for e in register.entries.values() if _is_suspension_of(e, school_year_of(period.start))),
        "run_from": run.anchor.isoformat() if run else period.start.isoformat(),
        "sixth_day": run.due.isoformat() if run else None,
    }


def _run(register: Register, school: str, period: Period, last: date, days: DayBook) -> DueDate | None:
    """The days in a row that reach the sixth with the period, or after it goes on for good."""
    if period.kind == "PERM":
        return sixth_day(days, period.start)
    if period.kind == "LNCH":
        return None
    runs = sixth_days(days, [*_spans(register, school), (period.start, last)])
    return next((due for due in reversed(runs) if due.anchor <= period.start), None)


def _term_name(day: date) -> str:
    term = term_of(day)
    return f"{term.school_year} {term.name}"


def _is_suspension_of(entry: Entry, school_year: str) -> bool:
    return entry.kind == "SUSP" and not entry.cancelled and school_year_of(entry.start) == school_year


def days_in_words(half_days: int) -> str:
    """Half days as people say them.

    >>> days_in_words(9), days_in_words(2), days_in_words(1), days_in_words(0)
    ('4.5 days', '1 day', 'half a day', 'no day')
    """
    if half_days in (0, 1, HALF_DAYS_IN_A_DAY):
        return ("no day", "half a day", "1 day")[half_days]
    return f"{half_days / HALF_DAYS_IN_A_DAY:g} days"
