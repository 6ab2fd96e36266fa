"""The cells of a decision table: the accepted part of S-FEEL, read into tests and values."""

import json
import re
from typing import Any, Final

import msgspec

from services.case.process.decisions.refusals import CellRefused
from services.case.process.expressions.timing import is_day

LARGEST_NUMBER: Final = 10**15
LONGEST_CELL: Final = 2_000  # characters

_TOKEN: Final = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<mark>\.\.|<=|>=|!=|[<>=\[\](),-])'
    r"|(?P<word>[A-Za-z]\w*)|(?P<rest>\S.*))",
    re.DOTALL,
)
_HINTS: Final = {"True": "write true", "False": "write false", "None": "write null", "in": "write the values only"}


class Day(str):
    """The ISO date of a `date("…")`; variables hold dates as such texts."""

    __slots__ = ()


Value = str | int | float | bool | None


class Equal(msgspec.Struct, frozen=True):
    """The input is this value."""

    value: Value


class Span(msgspec.Struct, frozen=True):
    """The input is a number, or a day, between two bounds; `None` is no bound."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False

    @property
    def days(self) -> bool:
        """Whether it spans days, not numbers."""
        return isinstance(self.high if self.low is None else self.low, Day)


class Cell(msgspec.Struct, frozen=True):
    """An input cell: one of its tests holds, or with `negated` none; without tests (`-`) everything fits."""

    tests: tuple[Equal | Span, ...]
    negated: bool = False

    def fits(self, value: Any) -> bool:
        """Whether a value fits. What a compiled table does, said plainly; used to look for overlaps."""
        return not self.tests or any(_fits(test, value) for test in self.tests) is not self.negated


def input_cell(text: str) -> Cell:
    """The test in a cell; `CellRefused` says what is wrong."""
    if text.strip() in ("", "-"):
        return Cell(())
    tokens = _Tokens(text)
    if negated := tokens.take("not"):
        tokens.expect("(")
    tests = [_test(tokens)]
    while tokens.take(","):
        tests.append(_test(tokens))
    if negated:
        tokens.expect(")")
    tokens.end()
    return Cell(tuple(tests), negated)


def output_cell(text: str) -> Value | list[Value]:
    """The value in an output cell: a literal, or several as a list."""
    if text.strip() in ("", "-"):
        raise CellRefused("An output cell is empty: write a value, or null.")
    tokens = _Tokens(text)
    listed = tokens.take("[")
    values = [] if listed and tokens.take("]") else [_value(tokens)]
    while values and tokens.take(","):
        values.append(_value(tokens))
    if listed and values:
        tokens.expect("]")
    tokens.end()
    plain: list[Value] = [str(value) if isinstance(value, Day) else value for value in values]
    return plain if listed or len(plain) > 1 else plain[0]


def _fits(test: Equal | Span, value: Any) -> bool:
    if isinstance(test, Equal):
        return isinstance(value, bool) == isinstance(test.value, bool) and bool(value == test.value)
    if not (is_day(value) if test.days else type(value) in (int, float)):
        return False
    low = test.low is None or (test.low < value if test.low_open else test.low <= value)
    high = test.high is None or (value < test.high if test.high_open else value <= test.high)
    return low and high


class _Tokens:
    """The pieces of one cell, taken from the left."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_CELL:
            raise CellRefused(f"A cell has more than {LONGEST_CELL} characters.")
        self.text = " ".join(text.split())
        self._kinds = [(str(found.lastgroup), found[found.lastgroup or 0]) for found in _TOKEN.finditer(text)]
        self._next = 0

    def peek(self) -> tuple[str, str]:
        return self._kinds[self._next] if self._next < len(self._kinds) else ("end", "")

    def pop(self) -> tuple[str, str]:
        token = self.peek()
        self._next += 1
        return token

    def take(self, text: str) -> bool:
        if self.peek()[1] != text or self.peek()[0] == "string":
            return False
        self._next += 1
        return True

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise self.refused(f"it needs {text} where it has {self.peek()[1] or 'nothing more'}")

    def end(self) -> None:
        if self.peek()[0] != "end":
            raise self.refused(f"{self.peek()[1]} is one too many")

    def refused(self, why: str) -> CellRefused:
        return CellRefused(f"The cell “{self.text[:80]}” is not accepted: {why[:80]}.")


def _test(tokens: _Tokens) -> Equal | Span:
    for mark in ("<=", ">=", "<", ">"):
        if tokens.take(mark):
            bound = _bound(tokens)
            return Span(low=bound, low_open=mark == ">") if mark[0] == ">" else Span(None, bound, False, mark == "<")
    for mark in ("[", "]", "("):
        if tokens.take(mark):
            return _range(tokens, low_open=mark != "[")
    return Equal(_value(tokens))


def _range(tokens: _Tokens, low_open: bool) -> Span:
    low = _bound(tokens)
    tokens.expect("..")
    high = _bound(tokens)
    kind, mark = tokens.pop()
    if kind != "mark" or mark not in ("]", "[", ")"):
        raise tokens.refused("its range is not closed by ] or [")
    if isinstance(low, Day) != isinstance(high, Day):
        raise tokens.refused("its range runs from a number to a day")
    span = Span(low, high, low_open, mark != "]")
    if low > high or (low == high and (span.low_open or span.high_open)):
        raise tokens.refused("its range is empty")
    return span


def _bound(tokens: _Tokens) -> Any:
    value = _value(tokens)
    if isinstance(value, Day) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise tokens.refused("only numbers and days have an order")


def _value(tokens: _Tokens) -> Value:
    kind, text = tokens.pop()
    if kind == "string":
        return _string(tokens, text)
    if kind == "number":
        number = float(text) if "." in text else int(text)
        if abs(number) <= LARGEST_NUMBER:
            return number
    if kind == "word" and text in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[text]
    if kind == "word" and text == "date":
        tokens.expect("(")
        kind, text = tokens.pop()
        day = _string(tokens, text) if kind == "string" else ""
        tokens.expect(")")
        if is_day(day):
            return Day(day)
        raise tokens.refused('a day is written as date("2026-11-03"), and must exist')
    raise tokens.refused(_HINTS.get(text, f"{text or 'nothing'} is no text in double quotation marks, number or day"))


def _string(tokens: _Tokens, text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        raise tokens.refused("its quotation is broken") from None
