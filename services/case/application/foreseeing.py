"""What a command would bring about now: decided as if, on a case of its own from the store, and nothing is kept."""

from collections.abc import Callable
from typing import Any

from services.case.application.door import Door
from services.case.application.live import Live
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.domain.decision import Decision
from services.case.domain.meta import Event
from services.case.domain.people import SYSTEM


def foresee(door: Door, ref: str, act: Callable[[Running], Any]) -> list[Event]:
    """The events that would be stored, in order. This blocks; call from a thread. Raises what `act` refuses."""
    live = Live(stream_of(ref), door.reference)
    for recorded in door.store.load(live.case.stream):
        live.follow(recorded.event)
    decision = Decision(live.case, SYSTEM, door.clock.now(), door.clock.today())
    act(Running(decision, live, door.registers.of))
    return decision.events
