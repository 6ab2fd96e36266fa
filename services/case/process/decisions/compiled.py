"""A decision table as one function: inputs worked out once each, rows as plain comparisons."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from services.case.process.decisions.cells import Cell, Day, Equal, Span, Value
from services.case.process.decisions.refusals import NoRowMatches, TwoRowsMatch
from services.case.process.expressions import Expression
from services.case.process.expressions.timing import is_day

HitPolicy = Literal["UNIQUE", "FIRST", "COLLECT"]

_NUMBERS: Final = (int, float)


class Input(msgspec.Struct, frozen=True):
    """A column of the table that is asked: its heading and its expression."""

    label: str
    expression: Expression


class Rule(msgspec.Struct, frozen=True):
    """A row: its id (or number), its input cells and the values of its output cells."""

    id: str
    cells: tuple[Cell, ...]
    outputs: tuple[Value | list[Value], ...]


class Decision:
    """A decision table. `reads` are the variables it asks, `outputs` the variables it answers with."""

    __slots__ = ("_answer", "hit_policy", "id", "inputs", "name", "outputs", "reads", "rules")

    def __init__(
        self,
        id: str,
        name: str,
        hit_policy: HitPolicy,
        inputs: Sequence[Input],
        outputs: Sequence[str],
        rules: Sequence[Rule],
    ) -> None:
        self.id = id
        self.name = name
        self.hit_policy: HitPolicy = hit_policy
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        self.rules = tuple(rules)
        self.reads = frozenset[str]().union(*(column.expression.names for column in inputs))
        self._answer = _compiled(self)

    def __repr__(self) -> str:
        return f"Decision({self.id!r}, {self.hit_policy}, {len(self.rules)} rows)"

    def decide(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """A value per output, or with COLLECT a list of the values of every row that fits, in order.

        `NoRowMatches`, `TwoRowsMatch` (UNIQUE), or an error of the expressions, such as `VariableMissing`.
        """
        return self._answer(variables)


class _Source:
    """The text of the function. Whatever comes from the file enters it as a named constant, never as text."""

    def __init__(self) -> None:
        self.lines = ["def answer(v):"]
        self.constants: dict[str, Any] = {"__builtins__": {}, "type": type, "is_day": is_day, "NUMBERS": _NUMBERS}

    def constant(self, value: Any) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def add(self, line: str) -> None:
        self.lines.append(line)

    def function(self) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        code = compile("\n".join(self.lines), "<decision>", "exec")
        exec(code, self.constants)  # noqa: S102 - names, comparisons and constants only
        answer: Callable[[Mapping[str, Any]], dict[str, Any]] = self.constants["answer"]
        return answer


def _compiled(decision: Decision) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    source = _Source()
    for number, column in enumerate(decision.inputs):
        source.add(f"    a{number} = {source.constant(column.expression)}(v)")
        tests = [test for rule in decision.rules for test in rule.cells[number].tests if isinstance(test, Span)]
        if any(not test.days for test in tests):
            source.add(f"    n{number} = type(a{number}) in NUMBERS")
        if any(test.days for test in tests):
            source.add(f"    d{number} = is_day(a{number})")
    conditions = [_condition(source, rule) for rule in decision.rules]
    {"UNIQUE": _unique, "FIRST": _first, "COLLECT": _collect}[decision.hit_policy](source, decision, conditions)
    return source.function()


def _first(source: _Source, decision: Decision, conditions: list[str]) -> None:
    for rule, condition in zip(decision.rules, conditions, strict=True):
        source.add(f"    if {condition}: return {_row(source, decision, rule)}")
    source.add(f"    raise {source.constant(NoRowMatches)}({source.constant(decision.id)})")


def _unique(source: _Source, decision: Decision, conditions: list[str]) -> None:
    name = source.constant(decision.id)
    source.add("    row = 0")
    for number, condition in enumerate(conditions, start=1):
        source.add(f"    if {condition}:")
        if number > 1:
            source.add(f"        if row: raise {source.constant(TwoRowsMatch)}({name}, row, {number})")
        source.add(f"        row = {number}")
    for number, rule in enumerate(decision.rules, start=1):
        source.add(f"    if row == {number}: return {_row(source, decision, rule)}")
    source.add(f"    raise {source.constant(NoRowMatches)}({name})")


def _collect(source: _Source, decision: Decision, conditions: list[str]) -> None:
    for number in range(len(decision.outputs)):
        source.add(f"    o{number} = []")
    for rule, condition in zip(decision.rules, conditions, strict=True):
        source.add(f"    if {condition}:")
        for number, value in enumerate(rule.outputs):
            source.add(f"        o{number}.append({_value(source, value)})")
    source.add(f"    if not o0: raise {source.constant(NoRowMatches)}({source.constant(decision.id)})")
    parts = [f"{source.constant(name)}: o{number}" for number, name in enumerate(decision.outputs)]
    source.add(f"    return {{{', '.join(parts)}}}")


def _row(source: _Source, decision: Decision, rule: Rule) -> str:
    parts = [
        f"{source.constant(name)}: {_value(source, value)}"
        for name, value in zip(decision.outputs, rule.outputs, strict=True)
    ]
    return f"{{{', '.join(parts)}}}"


def _value(source: _Source, value: Value | list[Value]) -> str:
    # A list is made anew for every answer: the process that gets it may change it.
    return f"[*{source.constant(tuple(value))}]" if isinstance(value, list) else source.constant(value)


def _condition(source: _Source, rule: Rule) -> str:
    cells = [_fits(source, number, cell) for number, cell in enumerate(rule.cells) if cell.tests]
    return " and ".join(cells) or "True"


def _fits(source: _Source, number: int, cell: Cell) -> str:
    tests = " or ".join(_holds(source, number, test) for test in cell.tests)
    return f"not ({tests})" if cell.negated else f"({tests})"


def _holds(source: _Source, number: int, test: Equal | Span) -> str:
    asked = f"a{number}"
    if isinstance(test, Span):
        kind = f"d{number}" if test.days else f"n{number}"
        low = "" if test.low is None else f"{source.constant(_plain(test.low))} {'<' if test.low_open else '<='} "
        high = "" if test.high is None else f" {'<' if test.high_open else '<='} {source.constant(_plain(test.high))}"
        return f"({kind} and {low}{asked}{high})"
    if test.value is None or isinstance(test.value, bool):
        return f"{asked} is {test.value}"
    if isinstance(test.value, str):
        return f"{asked} == {source.constant(_plain(test.value))}"
    return f"({asked} == {source.constant(test.value)} and {asked} is not True and {asked} is not False)"


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Day) else value
