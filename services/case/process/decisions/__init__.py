"""Decision tables: DMN 1.1 to 1.3, one table a file, compiled to one function of the variables.

Cells hold the part of S-FEEL that `bpmn/README.md` names. A table is judged when it is read (`DecisionRefused`
lists everything that is wrong with it) and again when it is asked (`DecisionFailed`): rows that overlap are seen
beforehand where that can be decided, and always when two of them match.
"""

from services.case.process.decisions.compiled import Decision, Input, Rule
from services.case.process.decisions.refusals import (
    DecisionFailed,
    DecisionRefused,
    NoRowMatches,
    Problem,
    TwoRowsMatch,
)
from services.case.process.decisions.safe_xml import XmlRefused, read_xml
from services.case.process.decisions.table import parse_decision

__all__ = [
    "Decision",
    "DecisionFailed",
    "DecisionRefused",
    "Input",
    "NoRowMatches",
    "Problem",
    "Rule",
    "TwoRowsMatch",
    "XmlRefused",
    "parse_decision",
    "read_xml",
]
