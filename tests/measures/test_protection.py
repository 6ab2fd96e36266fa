"""Nobody gets at a small number by subtracting what is given from what is given."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.case.clock.periods import read_period, span_index, spans_of
from services.case.projections.measures.protection import (
    NONE,
    SMALL,
    Counts,
    blocks,
    hidden_in,
    is_given,
    together,
    wholes_of,
)

counts = st.builds(Counts, st.integers(0, 20), st.sampled_from([0, 0, 1, 4, 7, 30]))
TERMS = ("autumn", "spring", "summer")
Place = tuple[str, str]
ALL = "all groups"
COARSE = {"first": "ABC", "second": "DE", "third": "FG"}
IN = {"autumn": date(2026, 10, 5), "spring": date(2027, 2, 1), "summer": date(2027, 6, 7)}
PERIODS_OF = {term: read_period(f"2026/27 {term}") for term in TERMS} | {"year": read_period("2026/27")}


def row(*hits: int) -> dict[str, Counts]:
    return {term: Counts(some) for term, some in zip(TERMS, hits, strict=True)}


def tables_of(counts: st.SearchStrategy[Counts]) -> st.SearchStrategy[dict[str, dict[str, Counts]]]:
    one = st.fixed_dictionaries(dict.fromkeys(TERMS, counts))
    return st.dictionaries(st.text("ABCDEFG", min_size=1, max_size=1), one, max_size=7)


tables = tables_of(counts)
# Where there is something everywhere: nobody who subtracts knows where there is nothing.
full_tables = tables_of(st.builds(Counts, st.integers(1, 20), st.sampled_from([0, 0, 1, 4, 7, 30])))


@settings(max_examples=300, deadline=None)
@given(tables)
@example({"A": row(20, 2, 8), "B": row(10, 0, 0)})
def test_no_small_group_can_be_had_from_the_others(table: dict[str, dict[str, Counts]]) -> None:
    whole = {span_index(IN[term]): together(row[term] for row in table.values()) for term in TERMS}
    as_a_whole = {term for term, period in PERIODS_OF.items() if is_given(spans_of(period), blocks(whole))}
    rows, cells = hidden_in(table, as_a_whole & set(TERMS)) if "year" in as_a_whole else everything(table)
    unknown: set[Place] = {*cells, *((group, "year") for group in rows)}
    unknown |= {(ALL, term) for term in PERIODS_OF if term not in as_a_whole}

    def of(place: Place) -> Counts:
        groups = table if place[0] == ALL else [place[0]]
        return together(table[group][term] for group in groups for term in TERMS if place[1] in (term, "year"))

    places = [(group, term) for group in (*table, ALL) for term in PERIODS_OF]
    assert all(of(place).safe for place in places if place not in unknown)
    # Parts that add up: the groups of a term, the terms of a group.
    sums = [([(group, term) for group in table], (ALL, term)) for term in PERIODS_OF]
    sums += [([(group, term) for term in TERMS], (group, "year")) for group in (*table, ALL)]
    subtract(sums, unknown, of)


def subtract(sums: list[tuple[list[Place], Place]], unknown: set[Place], of: Callable[[Place], Counts]) -> None:
    """Whoever knows all but `unknown` and that parts add up finds no small number, however long they go on."""
    news = True
    while news:
        news = False
        for parts, total in sums:
            left = [part for part in parts if part in unknown and of(part) != NONE]
            if total not in unknown:
                assert together(map(of, left)).safe
            found = (
                left if total not in unknown and len(left) == 1 else [total] if total in unknown and not left else []
            )
            assert all(of(place).safe for place in found)
            news = news or bool(found)
            unknown -= set(found)


@settings(max_examples=300, deadline=None)
@given(full_tables)
@example({"A": row(3, 3, 3), "B": row(20, 20, 20), "D": row(9, 9, 9), "E": row(10, 10, 10)})
@example({"A": row(1, 1, 1), "D": row(10, 9, 8), "F": row(30, 30, 30), "G": row(31, 31, 31)})
def test_nor_with_what_is_given_for_coarser_groups(table: dict[str, dict[str, Counts]]) -> None:
    """Schools and their phase: a phase less the schools that are given is what is left out."""
    joint = {coarse: {one: table[one] for one in parts if one in table} for coarse, parts in COARSE.items()}
    coarse = {name: {term: together(one[term] for one in parts.values()) for term in TERMS}
              for name, parts in joint.items()}  # fmt: skip
    whole = {span_index(IN[term]): together(one[term] for one in table.values()) for term in TERMS}
    as_a_whole = {term for term, period in PERIODS_OF.items() if is_given(spans_of(period), blocks(whole))}
    if "year" not in as_a_whole:
        return
    terms = as_a_whole & set(TERMS)
    wholes = wholes_of(joint, terms, TERMS)
    unknown: set[Place] = {(ALL, term) for term in PERIODS_OF if term not in as_a_whole}
    for rows, cells in (hidden_in(table, terms, wholes), hidden_in(coarse, terms)):
        unknown |= {*cells, *((group, "year") for group in rows)}

    def of(place: Place) -> Counts:
        groups = table if place[0] == ALL else COARSE.get(place[0], place[0])
        found = (table[one][term] for one in groups if one in table for term in TERMS if place[1] in (term, "year"))
        return together(found)

    sums = [([(group, term) for group in groups], (ALL, term)) for groups in (table, coarse) for term in PERIODS_OF]
    sums += [([(group, term) for term in TERMS], (group, "year")) for group in (*table, *coarse, ALL)]
    sums += [([(one, term) for one in parts], (name, term)) for name, parts in joint.items() for term in PERIODS_OF]
    subtract(sums, unknown, of)


def everything(table: dict[str, dict[str, Counts]]) -> tuple[set[str], set[Place]]:
    return set(table), {(group, term) for group in table for term in TERMS}


days = st.dictionaries(st.dates(date(2025, 9, 1), date(2027, 7, 20)), counts, max_size=40)
PERIODS = [
    read_period(name)
    for name in ("2025/26", "2026/27", "2025/26 spring", "2026/27 autumn", "2026/27 summer", "2026-Q4", "2026-11")
] + [read_period(f"2026-{month:02}") for month in range(1, 13)]


@settings(max_examples=200, deadline=None)
@given(days)
def test_no_stretch_of_time_with_few_can_be_had_from_longer_ones(found: dict[date, Counts]) -> None:
    spans: dict[int, Counts] = {}
    for day, one in found.items():
        spans[span_index(day)] = spans.get(span_index(day), NONE).plus(one)
    parts = blocks(spans)

    shown = [period for period in PERIODS if is_given(spans_of(period), parts)]
    for one, other in combinations(shown, 2):
        inside = [n for n in spans_of(one) if n not in spans_of(other)]
        outside = [n for n in spans_of(other) if n not in spans_of(one)]
        if not outside:
            assert together(spans.get(n, NONE) for n in inside).safe
        if not inside:
            assert together(spans.get(n, NONE) for n in outside).safe
    for period in shown:
        assert together(spans.get(n, NONE) for n in spans_of(period)).safe


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_each_day_is_in_one_term_one_quarter_and_one_month_of_whole_spans(day: date) -> None:
    names = [f"{day.year}-{day.month:02}", f"{day.year}-Q{(day.month + 2) // 3}"]
    year = day.year if day.month >= 8 else day.year - 1
    names += [f"{year}/{(year + 1) % 100:02}{term}" for term in ("", " autumn", " spring", " summer")]

    within = [period for period in map(read_period, names) if period.first <= day <= period.last]

    assert len(within) == 4
    assert all(span_index(day) in spans_of(period) for period in within)
    for period in within:
        before, after = period.first - timedelta(days=1), period.last + timedelta(days=1)
        assert not {span_index(before), span_index(after)} & set(spans_of(period))


def test_a_large_number_stands_as_it_is() -> None:
    table = {"A": {"autumn": Counts(10, 8)}, "B": {"autumn": Counts(6)}, "C": {"autumn": NONE}}

    assert hidden_in(table, ["autumn"]) == (set(), set())
    assert min(SMALL) == 1 and max(SMALL) == 5
