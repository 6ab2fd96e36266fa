"""What is wrong with an entry of a directory although its shape is right: each fault with its place and a sentence."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from services.case.domain.directory import Additions, Strategy

Fault = dict[str, str]


def faults_of(entry: msgspec.Struct, place: str) -> Iterator[Fault]:
    """Wherever they are in the entry; `place` is the entry's own JSON Pointer."""
    values = msgspec.structs.asdict(entry)
    if isinstance(free := values.get("free"), int) and free > values["places"]:
        yield {"pointer": f"{place}/free", "detail": "There cannot be more free places than places."}
    first = next((values[name] for name in ("on", "since", "in_use_from") if values.get(name)), None)
    for name in ("until", "in_use_until"):
        if isinstance(first, date) and values.get(name) and values[name] < first:
            yield {"pointer": f"{place}/{name}", "detail": "The last day is before the first."}
    for name, value in values.items():
        parts = enumerate(value) if isinstance(value, tuple) else [(None, value)]
        for number, part in parts:
            if isinstance(part, msgspec.Struct):
                yield from faults_of(part, f"{place}/{name}" if number is None else f"{place}/{name}/{number}")
    if isinstance(entry, Additions):
        yield from _twice([year.year for year in entry.capacity], f"{place}/capacity")


def unknown_rungs(strategy: Strategy, rungs: frozenset[str], place: str) -> Iterator[Fault]:
    """Rungs that are not on the authority's ladder."""
    for number, rung in enumerate(strategy.rungs):
        if rung not in rungs:
            yield {"pointer": f"{place}/rungs/{number}", "detail": "That is not a rung of the authority’s ladder."}


def _twice(given: list[Any], place: str) -> Iterator[Fault]:
    for number, one in enumerate(given):
        if one in given[:number]:
            yield {"pointer": f"{place}/{number}", "detail": f"Year {one} is there twice."}
