"""The engine: a step of the review loop against unmodified SpiffWorkflow; replay, snapshots, memory of live cases."""

import gc
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from services.case.application import keeping
from services.case.application.files import HOUSE, read_reference
from services.case.application.reference import Reference
from services.case.domain.trace import Effect
from services.case.process.engine import Complete, Definition, Input, Instance, Start
from services.case.samples import sample_directory
from services.case.scenarios import Run, scenarios_of
from tests.bench.baselines.plain_diagrams import plain_copy
from tests.bench.record import Record, absolute, interleaved, median, spread, versus
from tests.process.engine.stock import Stock

PROCESS = "exclusion_prevention"
BEGIN: dict[str, Any] = {
    "sen_provision": "K", "pex_risk": "medium", "send_instance": 0, "risk_told": False,
}  # fmt: skip
RESULTS = {"read_ladder": {"ladder": {"rungs": ["restorative"], "kinds": {}, "days": {}, "ready": False}}}
UNTIL_LOOP: list[tuple[str, dict[str, Any]]] = [
    ("triage", {"triage_decision": "accept"}),
    ("verify_flags", {"flags_verified": True}),
    ("assess_risk", {"pex_risk": "medium"}),
    ("assess_needs", {}),
    ("plan_meeting", {"plan_agreed": "yes"}),
    ("choose_step", {"step": "support"}),
    ("start_targeted", {"taken_up": "yes", "review_on": "2026-10-05"}),
]
UNTIL_REVIEW = [
    ("triage", "accept"),
    ("verify_flags", "flags_n"),
    ("assess_risk", "risk_medium"),
    ("assess_needs", "needs"),
    ("plan_meeting", "plan"),
    ("choose_step", "take_targeted"),
    ("start_targeted", "targeted_support"),
]
SETS = scenarios_of(HOUSE / PROCESS)[1]
GOES_ON = SETS["targeted_goes_on"]
ROUND = ("review_targeted", {"review_decision": "continue", "review_on": "2026-10-19"})
WINDOW = 5


def answers() -> Iterator[tuple[str, dict[str, Any]]]:
    """Elements and what is answered there, for ever."""
    yield from UNTIL_LOOP
    while True:
        yield ROUND


class Ours:
    """The engine on the same inputs; keeps them."""

    def __init__(self, definition: Definition) -> None:
        self.instance = Instance.new(definition)
        self.inputs: list[tuple[Input, list[Effect]]] = []
        self.offered: dict[str, str] = {}
        self._take(Start(BEGIN))

    def _take(self, given: Input) -> None:
        step = self.instance.apply(given, lambda operator, parameters: None)
        self.inputs.append((given, step.effects))
        self.offered.update({offer.element: offer.key for offer in step.offers})

    def complete(self, element: str, variables: dict[str, Any]) -> None:
        self._take(Complete(self.offered.pop(element), variables))


class Theirs:
    """Unmodified SpiffWorkflow on the same inputs."""

    def __init__(self, diagrams: dict[str, bytes]) -> None:
        self.stock = Stock(diagrams, PROCESS, BEGIN)

    def complete(self, element: str, variables: dict[str, Any]) -> None:
        self.stock.complete(element, 0, variables)


def at(new: Callable[[], Ours | Theirs], completed: tuple[int, ...], instances: int) -> dict[int, float]:
    """CPU milliseconds of one step of the loop, as the mean of the steps that lead up to each number of rounds, over
    several instances."""
    found, done = {}, 0
    lives = [(new(), answers()) for _ in range(instances)]
    for instance, given in lives:
        for _ in UNTIL_LOOP:
            instance.complete(*next(given))
    for number in completed:
        for instance, given in lives:
            for _ in range(number - WINDOW - done):
                instance.complete(*next(given))
        began = time.process_time()
        for instance, given in lives:
            for _ in range(WINDOW):
                instance.complete(*next(given))
        found[number] = (time.process_time() - began) / WINDOW / instances * 1000
        done = number
    return found


def copies_of_diagrams() -> dict[str, bytes]:
    """The process and those it calls."""
    return {diagram.name: plain_copy(diagram, RESULTS) for diagram in sorted((HOUSE / PROCESS).glob("*.bpmn"))}


def step() -> list[Record]:
    diagrams = copies_of_diagrams()
    definition = Definition(PROCESS, diagrams)
    measured = interleaved(
        {
            "ours": lambda: at(lambda: Ours(definition), (60,), 8)[60],
            "stock": lambda: at(lambda: Theirs(diagrams), (60,), 2)[60],
        }
    )
    sizes = [at(lambda: Ours(definition), (5, 20, 60, 1000, 5000), 8) for _ in range(5)]
    each = {number: median([size[number] for size in sizes]) for number in sizes[0]}
    growth = max(each.values()) / min(each.values())
    return [
        versus(
            "engine step at 60 completed tasks", "ms CPU", measured["ours"], measured["stock"], 5, False, goal="0.1 ms"
        ),
        Record(
            "engine step, dearest over cheapest of 5 to 5,000 completed tasks", growth, "times",
            spread=spread([max(size.values()) / min(size.values()) for size in sizes]),
            must="<= 1.5", holds=growth <= 1.5, notes=", ".join(f"{n:,}: {ms:.3f} ms" for n, ms in each.items()),
        ),
    ]  # fmt: skip


def replay() -> list[Record]:
    definition = Definition(PROCESS, copies_of_diagrams())

    def lived() -> tuple[Ours, float]:
        began = time.process_time()
        ours = Ours(definition)
        at_sixty(ours)
        return ours, (time.process_time() - began) * 1000

    journal = lived()[0].inputs

    def again() -> float:
        began = time.process_time()
        instance = Instance.new(definition)
        for given, effects in journal:
            instance.replay(given, effects)
        return (time.process_time() - began) * 1000

    measured = interleaved({"replay": again, "live": lambda: lived()[1]}, 9)
    value, live = median(measured["replay"]), median(measured["live"])
    return [
        Record(
            "replay of 60 inputs", value, "ms CPU", live, round(live / value, 3), 9, spread(measured["replay"]),
            must="at most 2 live steps per input", holds=value <= 2 * live, goal="5 ms",
        )
    ]  # fmt: skip


def at_sixty(ours: Ours) -> Ours:
    given = answers()
    for _ in range(60):
        ours.complete(*next(given))
    return ours


def reviewed_case(reference: Reference, reviews: int) -> Run:
    """A whole case in exclusion prevention, its facts and deadlines too, in which a strategy was reviewed so often."""
    run = Run(reference, {"given": {"process": PROCESS, "on": date(2026, 9, 7), "start": "pupil_n"}}, SETS)
    for element, answers in UNTIL_REVIEW:
        if element == "plan_meeting":
            run.step({"on": date(2026, 9, 14)})
        run.step({"task": element, "answers": answers})
    run.step({"on": date(2026, 10, 9)})
    for _ in range(reviews):
        run.step({"task": ROUND[0], "answers": GOES_ON})
    return run


def size() -> list[Record]:
    """What is kept of a case at 60 completed tasks, engine and all; and what 5,000 live cases take in memory."""
    kept = keeping.as_bytes(reviewed_case(read_reference(directory=sample_directory()), 60 - len(UNTIL_REVIEW)).live)
    assert kept is not None
    command = [sys.executable, "-c", "from tests.bench.engine import hold; hold(5_000, 20)"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    megabytes = float(said.stdout)
    return [
        absolute("snapshot of a case at 60 completed tasks", len(kept), "bytes", 4096),
        absolute("5,000 live cases, 20 tasks completed in each", megabytes, "MB", 250),
    ]


def hold(cases: int, tasks: int) -> None:
    """Print by how many megabytes this process grows with so many live cases."""
    reference = read_reference(directory=sample_directory())
    reviewed_case(reference, 1)
    before = resident()
    held = [reviewed_case(reference, tasks - len(UNTIL_REVIEW)).live for _ in range(cases)]
    print(round(resident() - before, 1))
    assert len(held) == cases


def resident() -> float:
    """Megabytes of this process in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
