"""What differs between a case at two versions: what was there only before, only after, or otherwise."""

from collections.abc import Mapping

import msgspec

Lines = tuple[str, ...]


class Difference(msgspec.Struct, frozen=True):
    """`was` and `now` in words; empty where it was not there yet, or is not there any more."""

    title: str
    was: Lines
    now: Lines


def differences(was: Mapping[str, Lines], now: Mapping[str, Lines]) -> list[Difference]:
    """Those whose lines differ, in the order in which they came.

    >>> differences({"Town": ("Ripon",), "Age": ("12",)}, {"Town": ("York",), "Age": ("12",)})
    [Difference(title='Town', was=('Ripon',), now=('York',))]
    """
    found = (Difference(title, was.get(title, ()), now.get(title, ())) for title in {**was, **now})
    return [one for one in found if one.was != one.now]
