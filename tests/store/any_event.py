"""Any event at all, made from what the event types say of themselves."""

import types
import typing
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import strategies as st

from services.case.domain import events as e
from services.case.domain.meta import Event
from services.case.domain.milestones import MILESTONES
from services.case.store.mapper import EVENTS

NUMBERS = st.integers(-(2**63), 2**63 - 1)
PLAIN = st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    Any: VALUES,
    str: st.text(max_size=20),
    int: NUMBERS,
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)),
    UUID: st.uuids(),
    type(None): st.none(),
}


def of(annotation: Any) -> st.SearchStrategy[Any]:
    """Values of a type as a struct annotates it."""
    if annotation in SIMPLE:
        return SIMPLE[annotation]
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if hasattr(annotation, "__metadata__"):
        return limited(annotation.__origin__, *annotation.__metadata__)
    if origin is typing.Literal:
        return st.sampled_from(inside)
    if origin is dict:
        return st.dictionaries(of(inside[0]), of(inside[1]), max_size=4)
    if origin is list:
        return st.lists(of(inside[0]), max_size=3)
    if origin is tuple and inside[-1] is ...:
        return st.lists(of(inside[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(of, inside))
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(of, inside))
    return struct(annotation)


def limited(annotation: Any, limits: msgspec.Meta) -> st.SearchStrategy[Any]:
    """Values of a type within what is said of it."""
    if limits.pattern:
        return st.from_regex(limits.pattern, fullmatch=True)
    sizes: Any = {"min_size": limits.min_length or 0, "max_size": min(limits.max_length or 20, 20)}
    if annotation is str:
        return st.text(**sizes)
    if typing.get_origin(annotation) is tuple:
        return st.lists(of(typing.get_args(annotation)[0]), **sizes).map(tuple)
    if annotation in (int, float):
        numbers: Any = st.integers if annotation is int else partial(st.floats, allow_nan=False, allow_infinity=False)
        return numbers(min_value=limits.ge, max_value=limits.le)  # type: ignore[no-any-return]
    return of(annotation)


def struct(kind: type[msgspec.Struct], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = {f.name: given[f.name] if f.name in given else of(f.type) for f in msgspec.structs.fields(kind)}
    return st.builds(kind, **fields)


def any_event() -> st.SearchStrategy[Event]:
    milestone = struct(e.Milestone, name=st.sampled_from(sorted(MILESTONES)))
    return st.one_of(*(milestone if kind is e.Milestone else struct(kind) for kind in EVENTS))
