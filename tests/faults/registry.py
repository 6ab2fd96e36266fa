"""Every fault by name. To add one: a function that takes a size and gives records, in a file of its own; a line here."""

from collections.abc import Callable

import msgspec

from tests.bench.record import Record
from tests.faults import kills


class Fault(msgspec.Struct, frozen=True):
    """`size` is what must hold, `short` the form that the tests run; of what, the function's docstring says."""

    run: Callable[[int], list[Record]]
    size: int
    short: int


FAULTS: dict[str, Fault] = {
    "kills": Fault(kills.kills, size=100, short=3),
}
