"""Variables hold what JSON can say, and a value belongs to one place: what is handed over is handed over as a copy.

Otherwise changing a list in one variable would change the input that brought it, the effect that was journalled, or
another variable: and no longer after a restart, because JSON does not tell of things that are one and the same.
"""

from typing import Any

import msgspec


def own(value: Any) -> Any:
    """A copy of a JSON value that shares no part with it."""
    if isinstance(value, dict):
        return {key: part if type(part) in SIMPLE else own(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [part if type(part) in SIMPLE else own(part) for part in value]
    return value


SIMPLE = frozenset((str, int, bool, float, type(None)))  # most parts: what cannot change need not be copied


def differ(one: Any, other: Any) -> bool:
    """Whether two values are not the same JSON; to Python, `True` and `1` would be."""
    return msgspec.json.encode(one) != msgspec.json.encode(other)
