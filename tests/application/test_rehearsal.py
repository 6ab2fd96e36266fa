"""Every scenario of every process: rehearsed on its own bundle it is the same; moved after every decision to a bundle
that says the same, it goes on as if nothing had been."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC
from typing import Any

import pytest

from contracts.chain import stamp
from services.case.application.files import HOUSE, read_reference
from services.case.application.live import Live
from services.case.application.migrating import migrate
from services.case.application.reference import Reference, stream_of
from services.case.application.rehearsal import rehearse
from services.case.application.running import Running
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.errors import CaseNotOpen, NothingToMigrate
from services.case.domain.process_migration import ProcessMigrated
from services.case.process.bundle import Bundle, process_folders
from services.case.samples import sample_directory
from services.case.scenarios import REF, Run, scenarios_of
from services.case.store.mapper import Recorded, Row, type_of
from tests.application.visits import OWNER

SCENARIOS = {name: scenarios_of(folder) for name, folder in process_folders([HOUSE]).items()}


@pytest.fixture(scope="module")
def twins() -> Reference:
    """The processes of the repository, each with a second bundle that says the same."""
    reference = read_reference(directory=sample_directory())
    for bundle in list(reference.bundles.values()):
        twin = Bundle(bundle.process, {**bundle.files, "notices/unused.md": b"---\ntitle: Unused\n---\nWords.\n"})
        reference.bundles[twin.hash] = twin
    return reference


class Told(Run):
    """A scenario with its history as it would be stored."""

    def do(self, act: Callable[[Running], object]) -> None:
        before = len(self.events)
        super().do(act)
        self.history = getattr(self, "history", [])
        row = Row(stamp(self.now.astimezone(UTC)), b"", b"", b"")
        for version, event in enumerate(self.events[before:], before + 1):
            self.history.append(Recorded(stream_of(REF), version, type_of(event), version, row, event))


class Moved(Told):
    """The same, and after every decision each running instance is moved to its bundle's twin, or back."""

    def do(self, act: Callable[[Running], object]) -> None:
        super().do(act)
        for process in {i.process for i in self.live.case.instances.values() if not i.ended}:
            self._move(process)

    def _move(self, process: str) -> None:
        bundles = [bundle for bundle in self.reference.bundles.values() if bundle.process == process]
        here = {i.bundle for i in self.live.case.instances.values() if i.process == process and not i.ended}
        bundle = next(bundle for bundle in bundles if {bundle.hash} != here)

        def act(running: Running) -> None:
            running.decision.by = OWNER
            migrate(running, self.history, bundle, "improved", "The twin says the same.")

        before = len(self.events)
        with suppress(NothingToMigrate, CaseNotOpen):
            super().do(act)
        assert {type(event) for event in self.events[before:]} <= {ProcessMigrated}


def lived(kind: type[Told], reference: Reference, scenario: dict[str, Any], sets: Any) -> Told:
    run = kind(reference, scenario, sets)
    for step in scenario.get("when", []):
        run.step(step)
    run.check(scenario.get("then", {}))
    return run


@pytest.mark.parametrize("process", SCENARIOS)
def test_on_its_own_bundle_it_is_the_same(process: str, reference: Reference) -> None:
    scenarios, sets = SCENARIOS[process]
    for scenario in scenarios:
        run = lived(Told, reference, scenario, sets)
        for started in {event.process for event in run.events if isinstance(event, e.ProcessStarted)}:
            bundle = reference.current(run.authority, started)
            for rehearsal in rehearse(run.history, bundle, reference, Case(stream_of(REF))):
                assert (rehearsal.verdict, rehearsal.first) == ("same", None), scenario["name"]


@pytest.mark.parametrize("process", SCENARIOS)
def test_moved_to_a_bundle_that_says_the_same_it_goes_on(process: str, twins: Reference) -> None:
    scenarios, sets = SCENARIOS[process]
    for scenario in scenarios:
        run = lived(Moved, twins, scenario, sets)
        assert any(isinstance(event, ProcessMigrated) for event in run.events), scenario["name"]
        anew = Live(stream_of(REF), twins)
        for event in run.events:
            anew.follow(event)
        assert anew.case == run.live.case
        for number in (i.id for i in anew.case.instances.values() if not i.ended):
            assert anew.engine(number).snapshot() == run.live.engine(number).snapshot(), scenario["name"]
