"""Cases lived through the one door, by the scenarios of the processes, with the clock that each scenario says."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from services.case.application.door import Command, Outcome, once
from services.case.application.files import HOUSE
from services.case.application.live import Live
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.clock.now import LONDON
from services.case.process.bundle import process_folders
from services.case.scenarios import REF, Run, scenarios_of
from services.case.wiring import House

FOLDERS = process_folders([HOUSE])


class At:
    """The clock of a scenario under way."""

    def __init__(self, run: "ThroughTheDoor") -> None:
        self._run = run

    def now(self) -> datetime:
        return self._run.now

    def today(self) -> date:
        return self._run.now.astimezone(LONDON).date()


class ThroughTheDoor(Run):
    """A scenario on stored events: every step is a command, and the case is what the store gives back."""

    def __init__(self, house: House, scenario: dict[str, Any], sets: dict[str, dict[str, Any]]) -> None:
        self.house = house
        house.door.clock = At(self)
        super().__init__(house.reference, scenario, sets)

    def do(self, act: Callable[[Running], None]) -> None:
        def decide(running: Running) -> bytes:
            act(running)
            return b""

        self.change(decide)
        stored = self.house.store.load(stream_of(REF))
        self.events = [recorded.event for recorded in stored]
        self.live = Live(stream_of(REF), self.reference)
        for event in self.events:
            self.live.follow(event)

    def change(self, decide: Callable[[Running], bytes], command: Command | None = None) -> Outcome:
        return asyncio.run(self.house.door.change(REF, command or once(), decide))

    def through(self) -> "ThroughTheDoor":
        for step in self.scenario.get("when", []):
            self.step(step)
        return self


def scenario_of(process: str, name: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """One scenario and the answers of its process."""
    scenarios, sets = scenarios_of(FOLDERS[process])
    return next(scenario for scenario in scenarios if scenario["name"] == name), sets
