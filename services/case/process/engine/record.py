"""Collects what one step brings about, while it happens."""

from typing import Any

from services.case.domain.trace import Effect
from services.case.process.engine.steps import Await, Milestone, Offer, Step, Thrown, Timer


class Record:
    """The step under way."""

    def __init__(self) -> None:
        self.step = Step()
        self._entered: dict[str, None] = {}
        self._open: dict[str, Offer | Timer | list[Await]] = {}

    def entered(self, flow: str, key: str) -> None:
        self.step.path.append((flow, key))
        self._entered[key] = None

    def passed(self, key: str) -> None:
        """A boundary event happened: it is on the path, but no token rests on it."""
        self.step.path.append(("", key))

    def left(self, key: str) -> None:
        fresh = self._open.pop(key, None) is not None
        if key in self._entered:
            del self._entered[key]
        elif not fresh:
            self.step.left.append(key)

    def offered(self, offer: Offer) -> None:
        self._open[offer.key] = offer

    def timed(self, timer: Timer) -> None:
        self._open[timer.key] = timer

    def awaiting(self, awaits: list[Await]) -> None:
        self._open[awaits[0].key] = awaits

    def called(self, element: str, operator: str, parameters: dict[str, Any], result: Any) -> None:
        self.step.effects.append(Effect(element, operator, parameters, result))

    def reached(self, milestone: Milestone) -> None:
        self.step.milestones.append(milestone)

    def threw(self, kind: str, name: str, payload: Any) -> None:
        self.step.thrown.append(Thrown(kind, name, payload))

    def finish(self) -> Step:
        """The step, complete: what was opened and closed within it does not show."""
        step = self.step
        step.active = list(self._entered)
        for opened in self._open.values():
            match opened:
                case Offer():
                    step.offers.append(opened)
                case Timer():
                    step.timers.append(opened)
                case _:
                    step.awaits.extend(opened)
        return step
