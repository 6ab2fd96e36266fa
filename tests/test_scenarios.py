"""The scenarios of every process, run on the real engine; together they visit every user task."""

from typing import Any

import pytest

from services.case.application.files import HOUSE
from services.case.application.reference import Reference
from services.case.process.bundle import process_folders
from services.case.scenarios import run_scenario, scenarios_of

FOLDERS = process_folders([HOUSE])
ALL = [(name, scenario) for name, folder in FOLDERS.items() for scenario in scenarios_of(folder)[0]]


@pytest.mark.parametrize(("process", "scenario"), ALL, ids=[f"{name}: {s['name']}" for name, s in ALL])
def test_scenario(process: str, scenario: dict[str, Any], reference: Reference) -> None:
    run_scenario(reference, scenario, scenarios_of(FOLDERS[process])[1])


@pytest.mark.parametrize("process", FOLDERS)
def test_the_scenarios_of_a_process_visit_every_user_task(process: str, reference: Reference) -> None:
    scenarios, sets = scenarios_of(FOLDERS[process])
    visited = {task for scenario in scenarios for task in run_scenario(reference, scenario, sets).visited}
    elements = reference.current("937", process).elements.values()
    tasks = {(process, element.id) for element in elements if element.kind in ("userTask", "manualTask")}

    assert len(scenarios) >= 2
    assert tasks <= visited
