"""A crash at every named place of a command, of projections, timers and erasure: what was acknowledged is there once,
what was not is done when it is asked again, and nothing needs repair."""

import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import msgspec

from services.case.application.reference import stream_of
from services.case.clock.now import SettableClock
from tests.api.desk import house_of
from tests.bench.record import Record
from tests.faults.clients import Crowd
from tests.faults.crashing import COMMAND, CRASH_AT, ERASURE, MODULE, PLACES, PROJECTION, TIMER
from tests.faults.invariants import as_text, findings
from tests.faults.processes import MORNING
from tests.faults.work import (
    SchoolDays,
    Script,
    Steps,
    acceptance,
    claim,
    draft,
    note,
    opening,
    suspension,
)
from tests.serving import ROOT, Served
from tests.store.embedding import data_folder, until

MUST = "every invariant true after each"
PATIENCE = 30.0  # seconds for a process to come by the place
LEFT = "SELECT count(*) FROM {} WHERE stream = %s"
ANSWERS_LEFT = "SELECT count(*) FROM commands WHERE stream = %s AND answer <> ''"
CLOSURES = [name for name in PLACES if "school days" in name or "counted again" in name]


def crash_points(size: int) -> list[Record]:
    """So many of the places, spread over all of them."""
    names, size = list(PLACES), min(size, len(PLACES))
    chosen = [names[n * len(names) // size] for n in range(size)]
    found: list[str] = []
    with data_folder() as data:
        armed = data / "armed"
        environment = {"CASE_CLOCK_START": MORNING, CRASH_AT: str(armed)}
        web = Served(data, environment, MODULE).start()
        try:
            for name in chosen:
                found += [f"{name}: {sentence}" for sentence in at(web, name, armed)]
        finally:
            if web.process is not None and web.process.poll() is None:
                web.stop()
    each = {"command": COMMAND, "projection": PROJECTION, "timer": TIMER, "erasure": ERASURE}
    kinds = ", ".join(f"{sum(name in places for name in chosen)} of {kind}" for kind, places in each.items())
    notes = f"{kinds}; {as_text(found)}"
    return [Record("crash points", len(chosen), "places", runs=1, must=MUST, holds=not found, notes=notes)]


def at(web: Served, name: str, armed: Path) -> list[str]:
    """What does not hold after a crash at a place."""
    steps = Doing(web, name, armed)
    with Crowd(web, [Script(steps.steps())]) as crowd:
        try:
            steps.crash()
        except AssertionError as error:
            armed.unlink(missing_ok=True)
            return [str(error)]
        crowd.through()
    steps.finish()
    return [*findings(web, None if name in ERASURE else crowd), *steps.wrong()]


class Doing:
    """What brings a process by a place, and what is done about it afterwards."""

    def __init__(self, web: Served, name: str, armed: Path) -> None:
        self._web = web
        self._name = name
        self._armed = armed
        self._is_armed = threading.Event()
        self._ref = ""

    def arm(self) -> None:
        self._armed.write_text(self._name)
        self._is_armed.set()

    def crash(self) -> None:
        """Until the process that comes by the place has died there. Raises AssertionError."""
        assert self._is_armed.wait(PATIENCE), "what comes before it did not happen"
        if self._words:
            assert self._run() == -signal.SIGKILL, "the command did not come by"
        else:
            until(lambda: not self._armed.exists(), "a process of web to come by", PATIENCE)

    def finish(self) -> None:
        """A command that broke off is given again."""
        if self._words:
            assert self._run() == 0

    @property
    def _words(self) -> tuple[str, ...]:
        """The command that comes by, if it is not web."""
        if self._name in ERASURE:
            return ("destroy-key", self._ref, "--reason", "retention_ended")
        return ("rebuild", "inbox") if "rebuilt" in self._name else ()

    def _run(self) -> int:
        line = [sys.executable, "-m", MODULE, *self._words, "--data", str(self._web.data)]
        return subprocess.run(line, cwd=ROOT, env=self._web.environment, capture_output=True, check=False).returncode

    def steps(self) -> Steps:
        """Commands, up to the one that comes by the place when it is armed."""
        name = self._name
        if "register" in name:
            yield from suspension(self.arm)
        elif name in CLOSURES:
            yield opening()
            days = SchoolDays("900001", CLOSURES.index(name))
            self.arm()
            yield days.next()
        elif "drawn" in name:
            self.arm()
            yield opening()
        else:
            self._ref = (yield opening())["ref"]
            yield from self._with_a_case()

    def _with_a_case(self) -> Steps:
        name, ref = self._name, self._ref
        if "changes nothing" in name:
            yield claim(ref)
            self.arm()
            yield msgspec.structs.replace(claim(ref), type="", key=f"again-{ref}")
        elif "draft" in name and name in COMMAND:
            self.arm()
            yield draft(ref)
        elif "state of the case" in name:
            for number in range(110):
                if number == 80:
                    self.arm()
                yield note(ref)
        elif name in ERASURE:
            yield draft(ref)
            yield note(ref)
            self.arm()
        elif name in TIMER:
            clock = SettableClock(self._web.data / "clock.json")
            self.arm()
            clock.set(clock.now() + timedelta(weeks=1))
        else:
            self.arm()
            yield acceptance(ref)

    def wrong(self) -> list[str]:
        """What is left of somebody erased."""
        if self._name not in ERASURE:
            return []
        stream = stream_of(self._ref)
        with house_of(self._web) as house:
            tables = ("stream_keys", "drafts", "claims", "snapshots")
            left = {table: house.database.row(LEFT.format(table), [stream]) for table in tables}
            left["commands"] = house.database.row(ANSWERS_LEFT, [stream])
            said = [r.type for r in house.store.load(stream)].count("case.key_destroyed.v1")
        found = [f"{table} has {row} of the erased" for table, row in left.items() if row != (0,)]
        return [*found, *([] if said == 1 else [f"said {said} times"])]
