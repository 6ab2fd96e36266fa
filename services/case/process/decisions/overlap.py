"""Do two rows of a UNIQUE table both fit some case? Looked for by trying values, so that a yes is never wrong."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from services.case.process.decisions.cells import Cell, Day, Equal, Span

MOST_TRIES: Final = 2_000_000  # beyond it nothing is decided here, and two rows that match are seen when they do
ANOTHER_TEXT: Final = "\N{WHITE SQUARE}"  # stands for every text that no cell names


def overlapping(rows: Sequence[Sequence[Cell]], columns: Sequence[str], whole: Sequence[bool]) -> list[tuple[int, int]]:
    """The pairs of rows, counted from 0, that a case can fit together.

    `columns` are the input expressions: columns that ask the same are tried with the same value. `whole` says
    which columns hold whole numbers only. Columns that ask different things about the same variable are for the
    caller to exclude: there nothing can be decided by trying.
    """
    groups: dict[str, list[int]] = {}
    for number, column in enumerate(columns):
        groups.setdefault(column.strip(), []).append(number)
    tries = [(numbers, _candidates(rows, numbers, whole[numbers[0]])) for numbers in groups.values()]
    tests = sum(1 + len(cell.tests) for row in rows for cell in row)
    if tests * max(len(values) for _, values in tries) > MOST_TRIES:
        return []
    fitting = [[_fitting(row, numbers, values) for numbers, values in tries] for row in rows]
    return [
        (first, second)
        for first in range(len(rows))
        for second in range(first + 1, len(rows))
        if all(one & other for one, other in zip(fitting[first], fitting[second], strict=True))
    ]


def _fitting(row: Sequence[Cell], numbers: Sequence[int], values: Sequence[Any]) -> int:
    """Which of the values fit a row in the given columns, as the bits of a number."""
    fits = 0
    for place, value in enumerate(values):
        if all(row[number].fits(value) for number in numbers):
            fits |= 1 << place
    return fits


def _candidates(rows: Iterable[Sequence[Cell]], numbers: Sequence[int], whole: bool) -> list[Any]:
    named: list[Any] = []
    for row in rows:
        for number in numbers:
            for test in row[number].tests:
                named += [test.value] if isinstance(test, Equal) else _bounds(test)
    texts = {value for value in named if isinstance(value, str) and not isinstance(value, Day)}
    days = sorted({str(value) for value in named if isinstance(value, Day)})
    figures = sorted({value for value in named if isinstance(value, int | float) and not isinstance(value, bool)})
    return [*sorted(texts), ANOTHER_TEXT, True, False, None, *_around_days(days), *_around(figures, whole)]


def _bounds(span: Span) -> list[Any]:
    return [bound for bound in (span.low, span.high) if bound is not None]


def _around(figures: list[int | float], whole: bool) -> list[int | float]:
    if not figures:
        return [0]
    if whole:
        return sorted({int(figure) + step for figure in figures for step in (-1, 0, 1)})
    between = [(low + high) / 2 for low, high in pairwise(figures)]
    return [figures[0] - 1, *figures, *between, figures[-1] + 1]


def _around_days(days: list[str]) -> list[str]:
    found = set(days)
    for day in map(date.fromisoformat, days):
        for step in (-1, 1):
            if date.min < day < date.max:
                found.add((day + timedelta(days=step)).isoformat())
    return sorted(found)
