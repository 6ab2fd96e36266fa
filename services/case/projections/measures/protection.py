"""Small numbers: no figure is given that stands for 1 to 5 pupils or things, nor one from which, with others that are
given, such a figure could be had by subtraction.

In time, months are put together into blocks that are large enough, and a figure is given for whole blocks only: within
a term if that is possible, then within a school year. Told apart by something, a small group takes others with it, in
every term and in the year.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from itertools import groupby
from typing import Generic, NamedTuple, TypeVar

from services.case.clock.half_days import Term
from services.case.clock.periods import term_of_span

SMALL = range(1, 6)
K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)
T = TypeVar("T", bound=Hashable)


class Counts(NamedTuple):
    """How many are in the numerator, and how many of the denominator are not."""

    hits: int = 0
    others: int = 0

    @property
    def safe(self) -> bool:
        return self.hits not in SMALL and self.others not in SMALL

    def plus(self, other: "Counts") -> "Counts":
        return Counts(self.hits + other.hits, self.others + other.others)


NONE = Counts()
Block = tuple[range, Counts]


def together(counts: Iterable[Counts]) -> Counts:
    found = NONE
    for one in counts:
        found = found.plus(one)
    return found


def blocks(spans: Mapping[int, Counts]) -> list[Block]:
    """The spans of time, from the first to the last, in blocks each of which is large enough, as far as there are so
    many."""
    if not spans:
        return []
    parts = [(range(n, n + 1), spans.get(n, NONE)) for n in range(min(spans), max(spans) + 1)]
    for within in (_term, _school_year):
        parts = [block for _, group in groupby(parts, key=within) for block in _merged(group)]
    return _merged(parts)


def _term(block: Block) -> Term:
    return term_of_span(block[0].start)


def _school_year(block: Block) -> str:
    return _term(block).school_year


def _merged(parts: Iterable[Block]) -> list[Block]:
    """Neighbours put together until each is large enough; what is left at the end goes to those before it."""
    found: list[Block] = []
    under_way: Block | None = None
    for part in parts:
        under_way = part if under_way is None else _joined(under_way, part)
        if under_way[1].safe:
            found.append(under_way)
            under_way = None
    while under_way is not None:
        if under_way[1].safe or not found:
            return [*found, under_way]
        under_way = _joined(found.pop(), under_way)
    return found


def _joined(one: Block, other: Block) -> Block:
    return range(one[0].start, other[0].stop), one[1].plus(other[1])


def is_given(period: range, blocks: Iterable[Block]) -> bool:
    """Whether the period consists of whole blocks, each large enough."""
    return all(
        counts.safe and period.start <= spans.start and spans.stop <= period.stop
        for spans, counts in blocks
        if spans.start < period.stop and period.start < spans.stop
    )


def hidden_among(
    counts: Mapping[K, Counts],
    hidden: Collection[K] = (),
    known: Collection[K] = (),
    wholes: Iterable[Collection[K]] = (),
) -> set[K]:
    """Which parts of a known whole are not given: small ones, those `hidden` for another reason, and so many more that
    none of them can be had by subtraction; the smallest first. To hide what is `known` anyway helps nobody. `wholes`:
    parts of which it is known elsewhere what they have together, as the schools of a phase."""
    found = {key for key in counts if key in hidden or not counts[key].safe}
    shown = (key for key in counts if key not in found and key not in known and counts[key] != NONE)
    spare = sorted(shown, key=lambda key: (sum(counts[key]), str(key)))
    groups = [counts.keys(), *map(set, wholes)]
    while uncovered := [group for group in groups if not _covered(counts, found & group)]:
        more = next((key for group in uncovered for key in spare if key in group), None)
        if more is None:
            break
        spare.remove(more)
        found.add(more)
    return found


def _covered(counts: Mapping[K, Counts], hidden: Collection[K]) -> bool:
    """Whether what is hidden together tells nothing: nothing at all, or several that are large enough together."""
    filled = [counts[key] for key in hidden if counts[key] != NONE]
    return not filled or (len(filled) > 1 and together(filled).safe)


class Wholes(NamedTuple, Generic[V, T]):
    """What is known of groups from coarser ones, as of schools from their phase: which of them have together what is
    given there, in the `year` and in each of the `terms`; and which are not given because the coarser one is not."""

    year: list[set[V]]
    terms: dict[T, list[set[V]]]
    rows: set[V]
    cells: set[tuple[V, T]]


def wholes_of(
    joint: Mapping[V, Mapping[V, Mapping[T, Counts]]], given: Collection[T], terms: Collection[T]
) -> Wholes[V, T]:
    """`joint` has for each coarser group the groups in it. Those that belong to one alone count: of the others nobody
    knows how many are where."""
    table = {
        coarse: {term: together(row.get(term, NONE) for row in parts.values()) for term in terms}
        for coarse, parts in joint.items()
    }
    rows, cells = hidden_in(table, given)
    where: dict[V, set[V]] = {}
    for coarse, parts in joint.items():
        for part in parts:
            where.setdefault(part, set()).add(coarse)
    inside = {coarse: {part for part in parts if len(where[part]) == 1} for coarse, parts in joint.items()}
    return Wholes(
        [inside[coarse] for coarse in joint if coarse not in rows],
        {term: [inside[coarse] for coarse in joint if (coarse, term) not in cells] for term in given},
        {part for coarse in rows for part in inside[coarse]},
        {(part, term) for coarse, term in cells for part in inside[coarse]},
    )


def hidden_in(
    table: Mapping[V, Mapping[T, Counts]], given: Collection[T], wholes: "Wholes[V, T] | None" = None
) -> tuple[set[V], set[tuple[V, T]]]:
    """Which groups are not given for the year, and which not for which of its terms; `table` by group and term. `given`
    are the terms for which it is told how many all groups have together, as it is of the year; of any other term no
    group is given either, else all could be added up."""
    of = wholes or Wholes[V, T]([], {}, set(), set())
    years = {value: together(row.values()) for value, row in table.items()}
    columns = {term: {value: row.get(term, NONE) for value, row in table.items()} for term in given}
    # A group that is alone in a term is what all have together.
    known = {(v, term) for term, column in columns.items() for v in _alone(column)}
    rows = set(of.rows)
    cells = of.cells | {(value, term) for value, row in table.items() for term in row if term not in given}
    while True:
        before = len(rows) + len(cells)
        rows = hidden_among(years, rows, (), of.year)
        cells |= {(value, term) for value in rows for term in table[value]}
        for term, column in columns.items():
            cells |= {
                (v, term) for v in hidden_among(column, {v for v, t in cells if t == term}, (), of.terms.get(term, ()))
            }
        for value, row in table.items():
            if value not in rows:
                hidden = {t for v, t in cells - known if v == value}
                found = hidden_among(row, hidden, {t for v, t in known if v == value})
                cells |= {(value, term) for term in found}
                if not _covered(row, found):
                    rows.add(value)
        if len(rows) + len(cells) == before:
            return rows, cells


def _alone(column: Mapping[V, Counts]) -> list[V]:
    filled = [value for value, counts in column.items() if counts != NONE]
    return filled if len(filled) == 1 else []
