"""Texts compiled to functions: `Expression`, `Timer` and `Script`."""

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from services.case.process.expressions import guards
from services.case.process.expressions.refusals import (
    ExpressionFailed,
    ExpressionRefused,
    TimeUnquoted,
    VariableMissing,
    short,
)
from services.case.process.expressions.timing import Deadline, Timing, is_day, timing_of, unquoted
from services.case.process.expressions.whitelist import Translator

LONGEST_TEXT: Final = 2_000  # characters of one expression or script
MOST_STATEMENTS: Final = 50

_REACHABLE: Final[dict[str, Any]] = {
    "__builtins__": {},
    "len": len,
    "all": all,
    "any": any,
    "_list": list,
    "_pairs": guards.pairs,
    "_key": guards.key,
    "_kept": guards.kept,
    "_put": guards.put,
    "_plus": guards.plus,
    "_minus": guards.minus,
    "_times": guards.times,
    "_deadline": Deadline,
}


class _Compiled:
    """A text and the function it became."""

    __slots__ = ("_run", "text")

    def __init__(self, text: str, run: Callable[[Any], Any]) -> None:
        self.text = text
        self._run = run

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def _failed(self, variables: Mapping[str, Any], error: Exception, reads: frozenset[str]) -> ExpressionFailed:
        if isinstance(error, KeyError) and error.args[0] in reads and error.args[0] not in variables:
            return VariableMissing(error.args[0], self.text)
        if isinstance(error, LookupError):
            why = "it asks for a part that is not there"
        elif isinstance(error, ExpressionFailed):
            why = str(error)
        else:
            why = "its parts are of kinds that do not go together"
        return ExpressionFailed(f"“{short(self.text)}” cannot be worked out: {why}.")


class Expression(_Compiled):
    """Call it with the variables to get its value. `names` are the variables it can read."""

    __slots__ = ("names",)

    def __init__(self, text: str, run: Callable[[Any], Any], names: frozenset[str]) -> None:
        super().__init__(text, run)
        self.names = names

    def __call__(self, variables: Mapping[str, Any]) -> Any:
        """The value; `VariableMissing` or `ExpressionFailed` where there is none."""
        try:
            return self._run(variables)
        except Exception as error:
            raise self._failed(variables, error, self.names) from None


class Timer(_Compiled):
    """Call it with the variables to learn when: a `Duration`, `Moment`, `Cycle` or `Deadline`.

    `names` are the variables it can read, `deadlines` the names in its `deadline(…)`, and `times` the
    durations, dates and cycles that stand in it word for word.
    """

    __slots__ = ("deadlines", "names", "times")

    def __init__(self, text: str, run: Callable[[Any], Any], found: Translator) -> None:
        super().__init__(text, run)
        self.names = frozenset(found.reads)
        self.deadlines = frozenset(found.deadlines)
        self.times = tuple(found.times)

    def __call__(self, variables: Mapping[str, Any]) -> Timing:
        """When; `ExpressionFailed` if the value is not a time."""
        try:
            value = self._run(variables)
        except Exception as error:
            raise self._failed(variables, error, self.names) from None
        if isinstance(value, Deadline):
            if value.anchor is not None and not is_day(value.anchor):
                raise ExpressionFailed(f"The second argument of “{short(self.text)}” is not an ISO date.")
            return value
        timing = timing_of(value)
        if isinstance(timing, str):
            raise ExpressionFailed(f"“{short(self.text)}” does not say when: {timing}.")
        return timing


class Script(_Compiled):
    """Call it with the variables of a process to change them in place.

    `reads` are the variables it needs beforehand, `assigns` those it sets. After a failure the variables may
    be half changed: the caller works on a copy or throws them away.
    """

    __slots__ = ("assigns", "reads")

    def __init__(self, text: str, run: Callable[[Any], Any], found: Translator) -> None:
        super().__init__(text, run)
        self.reads = frozenset(found.reads)
        self.assigns = frozenset(found.assigns)

    def __call__(self, variables: MutableMapping[str, Any]) -> None:
        """Run the assignments in order; `VariableMissing` or `ExpressionFailed` where one cannot be."""
        try:
            self._run(variables)
        except Exception as error:
            raise self._failed(variables, error, self.reads) from None


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """The expression in `text`; `ExpressionRefused` says in a sentence what is wrong with it."""
    found = Translator(text)
    answer = found.value(_only_expression(text))
    return Expression(text, _function(text, [ast.Return(answer)]), frozenset(found.reads))


@lru_cache(maxsize=4096)
def compile_timer(text: str) -> Timer:
    """The expression of a timer or of `due`: as `compile_expression`, and `deadline("name"[, date])`."""
    if unquoted(text):
        raise TimeUnquoted(f'{short(text)} stands without quotation marks: write "{short(text)}".')
    found = Translator(text)
    answer = found.timing(_only_expression(text))
    return Timer(text, _function(text, [ast.Return(answer)]), found)


@lru_cache(maxsize=4096)
def compile_script(text: str) -> Script:
    """The assignments of a script task: lines of `name = …` or `name[…] = …`, also with `+=` and `-=`."""
    statements = _parsed(text, _dedented(text)).body
    if not statements:
        raise ExpressionRefused("The script is empty.")
    if len(statements) > MOST_STATEMENTS:
        raise ExpressionRefused(f"The script has more than {MOST_STATEMENTS} lines.")
    found = Translator(text)
    return Script(text, _function(text, [found.assignment(statement) for statement in statements]), found)


def _dedented(text: str) -> str:
    """A script is often indented along with the XML around it, its first line apart."""
    lines = [line for line in text.splitlines() if line.strip()]
    margins = [len(line) - len(line.lstrip()) for line in lines]
    rest = min(margins[1:], default=0) if margins and margins[0] == 0 else min(margins, default=0)
    return "\n".join(line[min(margin, rest) :] for line, margin in zip(lines, margins, strict=True))


def _only_expression(text: str) -> ast.expr:
    # Brackets let an expression run over several lines; a text that closes them itself comes out as no list.
    if not text.strip():
        raise ExpressionRefused("The expression is empty.")
    body = _parsed(text, f"[\n{text.strip()}\n]").body
    if len(body) == 1 and isinstance(body[0], ast.Expr):
        listed = body[0].value
        if isinstance(listed, ast.List) and len(listed.elts) == 1:
            return listed.elts[0]
    raise ExpressionRefused(f"“{short(text)}” is not one expression.")


def _parsed(text: str, source: str) -> ast.Module:
    if len(text) > LONGEST_TEXT:
        raise ExpressionRefused(f"It is longer than {LONGEST_TEXT} characters: use a decision table.")
    with _refusing(text):
        return ast.parse(source)


def _function(text: str, body: list[ast.stmt]) -> Callable[[Any], Any]:
    module = ast.parse("def run(v): pass")
    definition = module.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.body = body
    with _refusing(text):
        code = compile(ast.fix_missing_locations(module), "<expression>", "exec")
    reachable = dict(_REACHABLE)
    exec(code, reachable)  # noqa: S102 - holds the whitelisted translation and nothing else
    run: Callable[[Any], Any] = reachable["run"]
    return run


@contextmanager
def _refusing(text: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a doubtful escape or comparison is refused, not printed
            yield
    except (SyntaxError, ValueError, RecursionError, MemoryError, Warning):
        raise ExpressionRefused(f"“{short(text)}” is not written as an expression.") from None
