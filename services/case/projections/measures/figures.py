"""Figures: a measure in a period, as a whole or told apart by one thing, with small numbers left out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

import msgspec

from services.case.clock.half_days import Term, term_of
from services.case.clock.periods import Period, read_period, span_index, spans_of
from services.case.projections.measures.counting import (
    Counted,
    Found,
    SchoolDays,
    Scope,
    Tally,
    cases_behind,
    coarser,
    count,
    group_of,
    heads,
)
from services.case.projections.measures.measure import Measure
from services.case.projections.measures.protection import Block, Counts, Wholes, blocks, hidden_in, is_given, wholes_of
from services.case.store.database import Database

ALWAYS = {"first": date(2000, 1, 1), "last": date(2099, 12, 31)}
SCHOOL_WEEK = 5
ON_ROLL = ("school", "phase", "trust", "sex")  # by which the register of schools tells how many pupils there are
FEW = 10  # schools with fewer are not compared with one another


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """`small`: left out, because it stands for few or others could be had from it. `comparable`: enough to compare."""

    group: str = ""
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    small: bool = False
    comparable: bool = False


class Figures(msgspec.Struct, frozen=True):
    """A measure in a period: as a whole, and group by group in the order of their names, never of their figures."""

    measure: Measure
    period: Period
    by: str
    whole: Figure
    groups: list[Figure]


class Counting:
    """Counts measures of one database; `school_days` counts those of a school of an authority between two days."""

    def __init__(self, database: Database, school_days: SchoolDays, today: date) -> None:
        self._database = database
        self._school_days = cache(school_days)
        self._among = {"today": today, "two_terms_ago": _two_terms_ago(today)}

    def figures(self, measure: Measure, period: Period, scope: Scope, by: str = "", only: str = "") -> Figures:
        """`only` one of the groups, if it is named. Raises KeyError where it cannot be told apart `by` that."""
        group_of(measure, by)
        counted = list(self._count(measure, scope, "", ALWAYS))
        parts = _blocks(counted)
        whole = Figure(small=True)
        if is_given(spans_of(period), parts):
            pupils = heads(self._database, scope, "").get("", 0)
            whole = figure(measure, _together(one for one in counted if period.first <= one.day <= period.last), pupils)
        groups = list(self._groups(measure, period, scope, by, parts)) if by else []
        return Figures(measure, period, by, whole, [one for one in groups if only in ("", one.group)])

    def _groups(self, measure: Measure, period: Period, scope: Scope, by: str, parts: list[Block]) -> Iterator[Figure]:
        year = read_period(period.school_year)
        given = [term for term in year.terms if is_given(spans_of(read_period(f"{year.name} {term.name}")), parts)]
        table: defaultdict[str, dict[Term, Tally]] = defaultdict(lambda: {term: Tally() for term in year.terms})
        found = list(self._count(measure, scope, by, {"first": year.first, "last": year.last}))
        for counted in found:
            row, term = table[counted.group], term_of(counted.day)
            row[term] = row[term].plus(counted.tally)
        rows, cells = hidden_in(
            {group: {term: tally.counts for term, tally in row.items()} for group, row in table.items()},
            given,
            _wholes(found, len(coarser(measure, by)), given, year.terms),
        )
        if not is_given(spans_of(year), parts):
            rows = set(table)
        pupils = heads(self._database, scope, by) if by in ON_ROLL else {}
        everything = sum(row[term].of for row in table.values() for term in period.terms)
        for group, row in sorted(table.items()):
            if group in rows or (len(period.terms) == 1 and (group, period.terms[0]) in cells):
                yield Figure(group=group, small=True)
                continue
            inside = Tally()
            for term in period.terms:
                inside = inside.plus(row[term])
            yield figure(measure, inside, pupils.get(group, 0), group, everything)

    def _count(self, measure: Measure, scope: Scope, by: str, span: dict[str, Any]) -> Iterator[Counted]:
        return count(self._database, measure, scope, by, {**self._among, **span}, self._school_days)

    def cases(
        self,
        measure: Measure,
        period: Period,
        scope: Scope,
        filters: dict[str, str],
        numerator: bool,
        after: str,
        limit: int,
    ) -> list[Found]:
        """The cases behind a number, in the order of their references. Raises KeyError as `figures`."""
        among = {**self._among, "first": period.first, "last": period.last}
        asked = (filters, numerator, after, limit)
        return cases_behind(self._database, measure, scope, among, *asked, self._school_days)


def _wholes(found: Iterable[Counted], kinds: int, given: list[Term], terms: Sequence[Term]) -> Wholes[str, Term]:
    """What is known of groups from the coarser ones of each kind."""
    joints: list[dict[str, dict[str, dict[Term, Counts]]]] = [{} for _ in range(kinds)]
    for one in found:
        for joint, coarse in zip(joints, one.within, strict=True):
            row, term = joint.setdefault(coarse, {}).setdefault(one.group, {}), term_of(one.day)
            row[term] = row.get(term, Counts()).plus(one.tally.counts)
    known = [wholes_of(joint, given, terms) for joint in joints]
    return Wholes(
        [whole for one in known for whole in one.year],
        {term: [whole for one in known for whole in one.terms[term]] for term in given},
        {group for one in known for group in one.rows},
        {cell for one in known for cell in one.cells},
    )


def _blocks(counted: Iterable[Counted]) -> list[Block]:
    spans: defaultdict[int, Counts] = defaultdict(Counts)
    for one in counted:
        index = span_index(one.day)
        spans[index] = spans[index].plus(one.tally.counts)
    return blocks(spans)


def _together(counted: Iterable[Counted]) -> Tally:
    found = Tally()
    for one in counted:
        found = found.plus(one.tally)
    return found


def figure(measure: Measure, tally: Tally, pupils: int, group: str = "", everything: float = 0) -> Figure:
    """What a tally comes to, in the measure's unit; `pupils` on roll, `everything` what all groups have together."""
    hit, of = tally.hit, tally.of
    match measure.unit:
        case "median_school_days":
            return _figure(group, tally, _median(tally), of, _median(tally))
        case "median_school_weeks":
            weeks = round(_median(tally) / SCHOOL_WEEK, 1)
            return _figure(group, tally, weeks, of, weeks)
        case "per_100_pupils":
            return _figure(group, tally, hit, pupils or None, _share(hit * 100, pupils, 2))
        case "per_1000_pupils":
            return _figure(group, tally, hit, of, _share((2 * hit - of) * 1000, pupils, 2))
        case "share_of_all":
            return _figure(group, tally, hit, everything or of, _share(hit * 100, everything or of, 1))
        case "percent":
            return _figure(group, tally, hit, of, _share(hit * 100, of, 1))
    return _figure(group, tally, hit, of, _share(hit, of, 2))


def _figure(group: str, tally: Tally, numerator: float, denominator: float | None, value: float | None) -> Figure:
    return Figure(
        group=group,
        numerator=_plain(numerator),
        denominator=None if denominator is None else _plain(denominator),
        value=None if not sum(tally.counts) or value is None else _plain(value),
        comparable=sum(tally.counts) >= FEW,
    )


def _plain(number: float) -> float:
    """To the second decimal, whole numbers without a point."""
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _share(part: float, whole: float, digits: int) -> float | None:
    return round(part / whole, digits) if whole else None


def _median(tally: Tally) -> float:
    """The middle value, or half-way between the two in the middle."""
    ordered = sorted(tally.values.elements()) or [0]
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _two_terms_ago(today: date) -> date:
    """The day before which something happened two terms ago or longer."""
    term = term_of(today)
    return term_of(_day_before(term)).span[0]


def _day_before(term: Term) -> date:
    return date.fromordinal(term.span[0].toordinal() - 1)
