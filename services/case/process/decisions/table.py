"""Reads a DMN file into a `Decision`, collecting everything that is wrong with it."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from services.case.process.decisions.cells import Cell, input_cell, output_cell
from services.case.process.decisions.compiled import Decision, HitPolicy, Input, Rule
from services.case.process.decisions.overlap import overlapping
from services.case.process.decisions.refusals import CellRefused, DecisionRefused, Problem
from services.case.process.decisions.safe_xml import XmlRefused, local_name, namespace, plain_text, read_xml
from services.case.process.expressions import ExpressionRefused, compile_expression, is_name

_T = TypeVar("_T")

VERSIONS: Final = (
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
)
MOST_ROWS: Final = 500
MOST_COLUMNS: Final = 50

_HIT_POLICIES: Final[dict[str, HitPolicy]] = {"UNIQUE": "UNIQUE", "FIRST": "FIRST", "COLLECT": "COLLECT"}
_WHOLE: Final = ("integer", "long")
_WORDS_ONLY: Final = frozenset({"description", "extensionElements", "DMNDI", "annotation", "annotationEntry"})
_INSIDE: Final = {  # element -> what it may hold, besides words
    "definitions": {"decision"},
    "decision": {"decisionTable", "variable"},
    "decisionTable": {"input", "output", "rule"},
    "input": {"inputExpression"},
    "inputExpression": {"text"},
    "output": set[str](),
    "rule": {"inputEntry", "outputEntry"},
    "inputEntry": {"text"},
    "outputEntry": {"text"},
}


def parse_decision(xml: bytes, filename: str) -> Decision:
    """The one table of a `.dmn` file; `DecisionRefused` lists what is wrong with line, id and sentence."""
    try:
        root = read_xml(xml)
    except XmlRefused as refused:
        raise DecisionRefused(filename, [Problem(refused.rule, refused.line, "", str(refused))]) from None
    reader = _Reader(root)
    decision = reader.decision()
    if decision is None or reader.problems:
        raise DecisionRefused(filename, reader.problems)
    return decision


class _Reader:
    def __init__(self, root: Any) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def decision(self) -> Decision | None:
        if local_name(self.root) != "definitions" or namespace(self.root) not in VERSIONS:
            self._problem("dmn-version", self.root, "The file is not DMN 1.1, 1.2 or 1.3.")
            return None
        decisions = [part for part in self.root.iter() if local_name(part) == "decision"]
        tables = [part for part in self.root.iter() if local_name(part) == "decisionTable"]
        if len(decisions) > 1 or len(tables) > 1:
            second = (decisions if len(decisions) > 1 else tables)[1]
            self._problem("two-tables", second, "A file holds one decision table: make a file for each.")
            return None
        self._only_known(self.root)
        self._ids()
        if not tables or not decisions:
            self._problem("no-decision-table", self.root, "The file holds no decision table.")
            return None
        if not decisions[0].get("id"):
            self._problem("element-without-id", decisions[0], "The decision has no id, so no task can ask it.")
        return self._table(decisions[0], tables[0])

    def _ids(self) -> None:
        taken = set()
        for element in self.root.iter("{*}*"):
            id = element.get("id")
            if id is not None and id in taken:
                self._problem("duplicate-id", element, f"The id {id[:80]} is used twice.")
            taken.add(id)

    def _only_known(self, element: Any) -> None:
        inside = _INSIDE.get(local_name(element), set())
        for part in element:
            name = local_name(part)
            if not name or name in _WORDS_ONLY or namespace(part) != namespace(self.root):
                continue
            if name in inside:
                self._only_known(part)
            else:
                self._beyond(part, f"{name} is not accepted in a decision table of ours.")

    def _table(self, decision: Any, table: Any) -> Decision | None:
        policy = _HIT_POLICIES.get(table.get("hitPolicy", "UNIQUE"))
        if policy is None:
            self._problem("hit-policy", table, "The hit policy is not one of UNIQUE, FIRST and COLLECT.")
        if table.get("aggregation"):
            self._problem("hit-policy", table, "COLLECT with an aggregation is not accepted: collect the list.")
        inputs = [self._input(part) for part in _children(table, "input")]
        outputs = [self._output(part) for part in _children(table, "output")]
        if not inputs or not outputs or max(len(inputs), len(outputs)) > MOST_COLUMNS:
            self._beyond(table, f"A table has from one to {MOST_COLUMNS} inputs and outputs.")
        if len(set(outputs)) < len(outputs):
            self._problem("dmn-output", table, "Two outputs have the same name.")
        found = _children(table, "rule")
        if not found or len(found) > MOST_ROWS:
            self._problem("dmn-row", table, f"A table has from one to {MOST_ROWS} rows.")
            return None
        rules = [self._rule(row, len(inputs), len(outputs), number) for number, row in enumerate(found, start=1)]
        if self.problems or policy is None:
            return None
        columns = [column for column in inputs if column is not None]
        accepted = [rule for rule in rules if rule is not None]
        if policy == "UNIQUE":
            self._overlaps(table, found, columns, accepted)
        return Decision(decision.get("id"), decision.get("name", ""), policy, columns, outputs, accepted)

    def _input(self, element: Any) -> Input | None:
        texts = [text for part in _children(element, "inputExpression") for text in _children(part, "text")]
        if len(texts) != 1:
            self._problem("dmn-input", element, "An input has no expression.")
            return None
        try:
            expression = compile_expression(self._text(texts[0]))
        except ExpressionRefused as refused:
            self._problem("expression-refused", element, str(refused))
            return None
        return Input(element.get("label", ""), expression)

    def _output(self, element: Any) -> str:
        name = str(element.get("name", ""))
        if not is_name(name):
            self._problem("dmn-output", element, "An output has no name that a variable may have.")
        return name

    def _rule(self, row: Any, inputs: int, outputs: int, number: int) -> Rule | None:
        asked, answers = _children(row, "inputEntry"), _children(row, "outputEntry")
        if len(asked) != inputs or len(answers) != outputs:
            self._problem("dmn-row", row, f"Row {number} has not one cell for each column.")
            return None
        cells = [self._cell(cell, input_cell, Cell(())) for cell in asked]
        values = [self._cell(cell, output_cell, None) for cell in answers]
        return Rule(row.get("id") or str(number), tuple(cells), tuple(values))

    def _cell(self, entry: Any, read: Callable[[str], _T], otherwise: _T) -> _T:
        texts = _children(entry, "text")
        try:
            return read(self._text(texts[0]) if texts else "")
        except CellRefused as refused:
            self._problem("dmn-cell", entry, str(refused))
            return otherwise

    def _text(self, element: Any) -> str:
        text = plain_text(element)
        if text is None:
            self._problem("mixed-text", element, "Something stands inside the text, such as a comment: remove it.")
        return text or ""

    def _overlaps(self, table: Any, rows: Sequence[Any], columns: Sequence[Input], rules: Sequence[Rule]) -> None:
        by_text = {column.expression.text.strip(): column.expression.names for column in columns}
        if sum(map(len, by_text.values())) > len(frozenset[str]().union(*by_text.values())):
            return  # two columns look at the same variable in different ways: only the case itself can tell
        kinds = [_children(part, "inputExpression")[0].get("typeRef") for part in _children(table, "input")]
        asked = [column.expression.text for column in columns]
        for first, second in overlapping([rule.cells for rule in rules], asked, [kind in _WHOLE for kind in kinds]):
            self._problem(
                "overlapping-rows",
                rows[second],
                f"Rows {first + 1} and {second + 1} can both fit, but the hit policy is UNIQUE.",
            )

    def _beyond(self, element: Any, message: str) -> None:
        self._problem("dmn-beyond-subset", element, message)

    def _problem(self, rule: str, element: Any, message: str) -> None:
        owner = element
        while owner is not None and not owner.get("id"):
            owner = owner.getparent()
        self.problems.append(Problem(rule, element.sourceline or 1, "" if owner is None else owner.get("id"), message))


def _children(element: Any, name: str) -> list[Any]:
    return [part for part in element if local_name(part) == name]
