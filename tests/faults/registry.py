"""Every fault by name. To add one: a function from a size to records, in a file of its own, and a line here."""

from collections.abc import Callable

import msgspec

from tests.bench.record import Record
from tests.faults import (
    broker,
    crash_points,
    kills,
    malformed,
    postgres,
    races,
    relay,
    services,
    soak,
    starts,
    tampering,
)
from tests.faults.crashing import PLACES


class Fault(msgspec.Struct, frozen=True):
    """`size` is what must hold, `short` the form that the tests run; of what, the function's docstring says."""

    run: Callable[[int], list[Record]]
    size: int
    short: int


FAULTS: dict[str, Fault] = {
    "kills": Fault(kills.kills, size=100, short=3),
    "postgres": Fault(postgres.stopped, size=20, short=1),
    "races": Fault(races.races, size=1_000, short=20),
    "starts": Fault(starts.starts, size=100, short=1),
    "soak": Fault(soak.soak, size=900, short=4),
    "services": Fault(services.services, size=200, short=4),
    "relay_kills": Fault(relay.kills, size=30, short=2),
    "broker": Fault(broker.broker, size=60, short=2),
    "malformed": Fault(malformed.malformed, size=5_000, short=300),
    "tampering": Fault(tampering.tampering, size=10_000, short=300),
    "crash_points": Fault(crash_points.crash_points, size=len(PLACES), short=4),
}
