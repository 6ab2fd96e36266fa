"""Whitelisted expressions: Python in form and small in kind, compiled once and called many times.

Conditions, scripts, operator parameters and timers of a diagram, and the inputs of decision tables, are
written in it (`bpmn/README.md`). A text is parsed, every part of it is looked up in a closed list, and what
is left is translated to a function of the variables: a name can only ever be a key of that mapping, so
nothing of Python's own is in reach. Messages name variables and never values: values can be personal.
"""

from services.case.process.expressions.compiled import (
    Expression,
    Script,
    Timer,
    compile_expression,
    compile_script,
    compile_timer,
)
from services.case.process.expressions.refusals import (
    ExpressionFailed,
    ExpressionRefused,
    NotATime,
    TimeUnquoted,
    VariableMissing,
)
from services.case.process.expressions.timing import Cycle, Deadline, Duration, Moment, Timing, timing_of
from services.case.process.expressions.whitelist import is_name

__all__ = [
    "Cycle",
    "Deadline",
    "Duration",
    "Expression",
    "ExpressionFailed",
    "ExpressionRefused",
    "Moment",
    "NotATime",
    "Script",
    "TimeUnquoted",
    "Timer",
    "Timing",
    "VariableMissing",
    "compile_expression",
    "compile_script",
    "compile_timer",
    "is_name",
    "timing_of",
]
