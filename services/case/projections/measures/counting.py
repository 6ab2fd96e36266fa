"""Counting a measure in the read models: by day, and by group where it is told apart."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import msgspec

from services.case.projections.measures.measure import COARSER, DIMENSIONS, Measure
from services.case.projections.measures.protection import Counts
from services.case.projections.measures.sources import SOURCES
from services.case.store.database import Database

SchoolDays = Callable[[str, date, date], int]  # at a school, after a day, up to another

ROWS = """
    FROM ({source}) o JOIN measured_cases c USING (stream) LEFT JOIN schools s ON s.urn = {school}
    WHERE c.authority = %(authority)s AND (%(schools)s::text[] IS NULL OR {school} = ANY (%(schools)s))
    AND {where} AND {day} IS NOT NULL AND {day} BETWEEN %(first)s AND %(last)s
"""
COUNT = """
    SELECT {group}, {day}, sum({hit})::float8, sum({of})::float8,
        {counted}
    {rows} GROUP BY 1, 2
"""
SPANS = "SELECT {group}, {day}, c.home_school, {start}, {end}, count(*) {rows} GROUP BY 1, 2, 3, 4, 5"
CASES = """
    SELECT DISTINCT c.ref, c.home_school, c.opened_on, c.closed_on, c.outcome, {start}, {end}
    {rows} AND (%(homes)s::text[] IS NULL OR c.home_school = ANY (%(homes)s)) AND c.ref > %(after)s {filters} {part}
    ORDER BY c.ref LIMIT %(rows)s
"""
HEADS = """
    SELECT urn, phase, coalesce(details->>'trust', ''), (details->>'pupils')::int, (details->>'boys')::int,
        (details->>'girls')::int FROM schools
    WHERE authority = %(authority)s AND status = 'open' AND details ? 'pupils'
    AND (%(schools)s::text[] IS NULL OR urn = ANY (%(schools)s))
"""


class Scope(msgspec.Struct, frozen=True):
    """What somebody may count: one authority; of it these schools, or all."""

    authority: str
    schools: tuple[str, ...] | None = None


class Tally(msgspec.Struct):
    """What was counted; `values` how often each number of school days came."""

    hit: float = 0
    of: float = 0
    counts: Counts = Counts()
    values: Counter[int] = msgspec.field(default_factory=Counter)

    def plus(self, other: "Tally") -> "Tally":
        counts, values = self.counts.plus(other.counts), self.values + other.values
        return Tally(self.hit + other.hit, self.of + other.of, counts, values)


class Counted(msgspec.Struct, frozen=True):
    """What was counted on one day in one group, "" where nothing is told apart; `within` are the coarser groups that it
    belongs to, in the order of `coarser`."""

    group: str
    day: date
    tally: Tally
    within: tuple[str, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """A case behind a number."""

    ref: str
    home_school: str
    opened_on: date | None
    closed_on: date | None
    outcome: str


def group_of(measure: Measure, by: str) -> str:
    """The expression by which the measure is told apart. Raises KeyError where it cannot be."""
    if not by:
        return "''"
    return measure.school if by == "school" else {**DIMENSIONS, **measure.groups}[by]


def coarser(measure: Measure, by: str) -> tuple[str, ...]:
    """By what coarser the measure can be told apart."""
    return tuple(name for name in COARSER.get(by, ()) if name in DIMENSIONS or name in measure.groups)


def _apart(measure: Measure, by: str) -> str:
    """The group and the coarser ones, as one text."""
    return "||chr(31)||".join(f"coalesce({group_of(measure, name)}, '')" for name in (by, *coarser(measure, by)))


def _counted(apart: str, day: date, tally: Tally) -> Counted:
    group, *within = apart.split("\x1f")
    return Counted(group, day, tally, tuple(within))


def _rows(measure: Measure) -> str:
    return ROWS.format(source=SOURCES[measure.source], school=measure.school, where=measure.where, day=measure.day)


def count(
    database: Database, measure: Measure, scope: Scope, by: str, among: dict[str, Any], school_days: SchoolDays
) -> Iterator[Counted]:
    """What there is from `first` to `last`, which are `among` the parameters of the query."""
    given = {"authority": scope.authority, "schools": scope.schools and list(scope.schools), **among}
    named = {"group": _apart(measure, by), "day": measure.day, "rows": _rows(measure)}
    if measure.between is not None:
        start, end = measure.between
        for group, day, school, first, last, times in database.rows(SPANS.format(start=start, end=end, **named), given):
            yield _counted(group, day, _of_days(measure, school_days(school, first, last), times))
        return
    hits, others = ("sum({hit})", "sum(1 - ({hit}))") if measure.has_parts else ("sum({counted})", "0")
    counted = f"({hits})::int, ({others})::int".format(hit=measure.hit, counted=measure.counted)
    statement = COUNT.format(hit=measure.hit, of=measure.of, counted=counted, **named)
    for group, day, hit, of, few, rest in database.rows(statement, given):
        yield _counted(group, day, Tally(hit, of, Counts(few, rest)))


def _of_days(measure: Measure, days: int, times: int) -> Tally:
    if measure.at_most is None:
        return Tally(0, times, Counts(times), Counter({days: times}))
    early = _is_early(measure, days)
    return Tally(times if early else 0, times, Counts(times, 0) if early else Counts(0, times))


def _is_early(measure: Measure, days: int) -> bool:
    """Whether so many days after day 1 is not too late."""
    return measure.at_most is not None and days + 1 <= measure.at_most


def cases_behind(
    database: Database,
    measure: Measure,
    scope: Scope,
    among: dict[str, Any],
    filters: dict[str, str],
    numerator: bool,
    after: str,
    limit: int,
    school_days: SchoolDays,
) -> list[Found]:
    """The cases behind a number, those of one's own schools alone where one may count no others. Behind a median there
    is no numerator."""
    told = "".join(f" AND coalesce({group_of(measure, by)}, '') = %(only_{by})s" for by in filters)
    part = f" AND ({measure.hit}) > 0" if numerator and measure.between is None else ""
    start, end = measure.between or ("NULL::date", "NULL::date")
    schools = scope.schools and list(scope.schools)
    given = {
        "authority": scope.authority,
        "schools": schools,
        "homes": schools,
        "after": after,
        "rows": limit if measure.between is None else None,  # else a case may have several
        **{f"only_{by}": value for by, value in filters.items()},
        **among,
    }
    statement = CASES.format(rows=_rows(measure), filters=told, part=part, start=start, end=end)
    found: dict[str, Found] = {}
    for *case, first, last in database.rows(statement, given):
        late = numerator and measure.at_most is not None and not _is_early(measure, school_days(case[1], first, last))
        if not late:
            found.setdefault(case[0], Found(*case))
        if len(found) == limit:
            break
    return list(found.values())


def heads(database: Database, scope: Scope, by: str) -> dict[str, int]:
    """Pupils on roll, as the last extract of the register has them: of all schools, or by what it tells them apart by.
    Nothing by sex, unless it says that of every school."""
    rows: Sequence[tuple[Any, ...]] = database.rows(
        HEADS, {"authority": scope.authority, "schools": scope.schools and list(scope.schools)}
    )
    found: Counter[str] = Counter()
    if by == "sex":
        known = all(boys is not None and girls is not None for *_, boys, girls in rows)
        return {"M": sum(row[-2] for row in rows), "F": sum(row[-1] for row in rows)} if known else {}
    for urn, phase, trust, pupils, *_ in rows:
        found[{"school": urn, "phase": phase, "trust": trust}.get(by, "")] += pupils
    return dict(found)
