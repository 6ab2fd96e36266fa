"""The ways a decision table can be wrong: when it is read, and when it is asked."""

import msgspec

from services.case.domain.wrong_file import WrongFile


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong with a table: the gate's rule, the line, the nearest id, and a sentence."""

    rule: str
    line: int
    element: str
    message: str


class DecisionRefused(WrongFile):
    """The file is not one decision table of the kind that is accepted."""

    def __init__(self, filename: str, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(f"{filename}:{first.line}: {first.message}")
        self.problems = tuple(problems)


class DecisionFailed(ArithmeticError):
    """A table could not answer."""


class NoRowMatches(DecisionFailed):
    """No row of the table fits the case, and no row of `-` says what then."""

    def __init__(self, decision: str) -> None:
        super().__init__(f"No row of the table {decision} fits.")


class TwoRowsMatch(DecisionFailed):
    """Two rows of a UNIQUE table fit the case."""

    def __init__(self, decision: str, first: int, second: int) -> None:
        super().__init__(f"Rows {first} and {second} of the table {decision} both fit, but only one may.")


class CellRefused(ValueError):
    """The text of a cell is outside the part of S-FEEL that is accepted."""
