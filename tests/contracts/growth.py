"""Whether a schema still keeps what subscribers were promised by one that was released."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
# What narrows or widens what a value may be: a subscriber relies on the old of each.
EXACT = ("const", "format", "pattern", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength")


def taken_back(released: Schema, now: Schema, at: str = "data") -> Iterator[str]:
    """What was promised and is no more, each as a sentence. Adding fields and codes takes nothing back."""
    if not _types(now) <= _types(released):
        yield f"{at} may be of another type"
    if any(released.get(keyword) != now.get(keyword) for keyword in EXACT):
        yield f"{at} is written otherwise"
    if "enum" in released:
        gone = set(released["enum"]) - set(now.get("enum", ()))
        if gone:
            yield f"{at} has lost a code"
    elif "enum" in now:
        yield f"{at} is of a few codes now"
    if _codes(released) - _codes(now):
        yield f"{at} has lost a code that was explained"
    for name in sorted(set(released.get("required", ())) - set(now.get("required", ()))):
        yield f"{at}.{name} may be absent"
    for name, field in released.get("properties", {}).items():
        if name in now.get("properties", {}):
            yield from taken_back(field, now["properties"][name], f"{at}.{name}")
        else:
            yield f"{at}.{name} is gone"
    for keyword in ("items", "additionalProperties"):
        if isinstance(released.get(keyword), dict):
            yield from taken_back(released[keyword], now.get(keyword) or {}, f"{at}[]")


def _types(schema: Schema) -> set[str]:
    type = schema.get("type", [])
    return {type} if isinstance(type, str) else set(type) or {"anything"}


def _codes(schema: Schema) -> set[str]:
    return {str(choice["const"]) for choice in schema.get("anyOf", []) if "const" in choice}
