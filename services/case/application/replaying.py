"""A case as it was at a version, with the way that each process instance took: for who replays it, from facts alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from services.case.domain.case import Case
from services.case.domain.folding import apply
from services.case.domain.trace import Trace, element_of
from services.case.store.mapper import Recorded


class Step(msgspec.Struct, frozen=True):
    """An element entered, by which flow ("" where none led there), because of the event of that version."""

    version: int
    at: datetime
    instance: int
    flow: str
    key: str

    @property
    def element(self) -> str:
        return element_of(self.key)


class Replay(msgspec.Struct, frozen=True):
    """`then`: the case as it was · `steps`: in order."""

    then: Case
    steps: list[Step]

    def tokens(self, instance: int) -> Mapping[str, int]:
        """How many tokens rest at each element. Of a multi-instance task its instances are counted."""
        at = self.then.instances[instance]
        groups = {key.rpartition("[")[0] for key in at.tokens if key.endswith("]")}
        return Counter() if at.ended else Counter(element_of(key) for key in at.tokens if key not in groups)


def replay(stream: Case, history: Iterable[Recorded]) -> Replay:
    """What these events add up to; `stream`: the case that they are of."""
    then, steps = Case(stream.stream), list[Step]()
    for recorded in history:
        event = recorded.event
        apply(then, event)
        trace, instance = getattr(event, "trace", None), getattr(event, "instance", 0)
        if isinstance(trace, Trace):
            steps += [Step(recorded.version, recorded.recorded_at, instance, flow, key) for flow, key in trace.path]
    return Replay(then, steps)
