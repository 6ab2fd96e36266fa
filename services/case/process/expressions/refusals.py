"""The ways an expression can be wrong: when it is written, and when it is worked out."""


class ExpressionRefused(ValueError):
    """The text is not an expression of the small kind that diagrams and tables may hold."""


class TimeUnquoted(ExpressionRefused):
    """A duration, date or cycle stands where an expression is read, without quotation marks."""


class NotATime(ExpressionRefused):
    """A timer holds a text that is no ISO 8601 duration, date, date-time with offset, or cycle."""


class ExpressionFailed(ArithmeticError):
    """An accepted expression could not be worked out with the variables at hand."""


class VariableMissing(ExpressionFailed):
    """An expression reads a variable that nothing has set yet."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"The variable {name} is read by “{short(text)}” but nothing has set it.")
        self.name = name


def short(text: str) -> str:
    """The text on one line, cut where it is long, for a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 80 else flat[:79] + "…"
