"""What stands behind `+`, `*` and assignment while an expression runs: bounds on what it may build."""

from typing import Any, Final

from services.case.process.expressions.refusals import ExpressionFailed

LARGEST_NUMBER: Final = 10**15  # beyond it neither JSON nor people read a number the same way
LARGEST_VALUE: Final = 10_000  # characters of a text, or parts of a list, that an expression may build

_NUMBERS: Final = frozenset({int, float})


def plus(left: Any, right: Any) -> Any:
    """The sum of two numbers; two texts or two lists are joined."""
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        return _within(left + right)
    if type(left) is type(right) and type(left) in (str, list):
        if len(left) + len(right) > LARGEST_VALUE:
            raise ExpressionFailed(f"it builds something longer than {LARGEST_VALUE}")
        return left + right
    raise ExpressionFailed("only numbers are added")


def minus(left: Any, right: Any) -> Any:
    """The difference of two numbers."""
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        return _within(left - right)
    raise ExpressionFailed("only numbers are subtracted")


def times(left: Any, right: Any) -> Any:
    """The product of two numbers: a list or a text times a number would fill the memory."""
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        return _within(left * right)
    raise ExpressionFailed("only numbers are multiplied")


def pairs(dictionary: Any) -> list[list[Any]]:
    """Key and value of every entry, as lists, because variables hold what JSON can say."""
    return [[key, value] for key, value in dictionary.items()]


def key(value: Any) -> str:
    """A key of a dictionary: always a text, as in JSON."""
    if type(value) is not str:
        raise ExpressionFailed("a key of a dictionary is a text")
    return value


def kept(value: Any) -> Any:
    """A value that is about to become a variable: JSON in kind and bounded in size."""
    room = LARGEST_VALUE
    waiting = [value]
    while waiting:
        room -= 1
        part = waiting.pop()
        kind = type(part)
        if kind is str:
            room -= len(part) // 8
        elif kind is list:
            waiting += part
        elif kind is dict:
            waiting += part.values()
            if not all(type(name) is str for name in part):
                raise ExpressionFailed("a key of a dictionary is a text")
        elif kind is not bool and kind is not int and kind is not float and part is not None:
            raise ExpressionFailed("a variable holds texts, numbers, true or false, lists and dictionaries")
        if room < 0 or len(waiting) > LARGEST_VALUE:
            raise ExpressionFailed("it builds something too large for a variable")
    return value


def put(container: Any, place: Any, value: Any) -> None:
    """`container[place] = value`, in a list or a dictionary."""
    if type(container) is dict:
        container[key(place)] = kept(value)
    elif type(container) is list and type(place) is int:
        container[place] = kept(value)
    else:
        raise ExpressionFailed("only a list or a dictionary has parts that can be set")


def _within(number: int | float) -> int | float:
    if -LARGEST_NUMBER <= number <= LARGEST_NUMBER:
        return number
    raise ExpressionFailed("a number grows beyond bounds")
