"""A third council is a folder: its process, forms, dates and policy run without a line of Python."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import httpx
import pytest

from services.case.application.files import HOUSE, read_reference
from services.case.process.bundle import process_folders
from services.case.samples import sample_directory
from services.case.scenarios import run_scenario, scenarios_of
from tests.serving import Served, serve

COUNCIL = Path(__file__).parent / "third_council"
FAMILY = {"surname": "Example", "forename": "Robin", "dob": "2014-05-17", "home_school": "900901"}


def test_it_adds_no_python() -> None:
    assert not list(COUNCIL.rglob("*.py"))


def test_its_scenarios_hold_and_visit_every_task() -> None:
    reference = read_reference((HOUSE, COUNCIL / "bpmn"), COUNCIL / "authorities", sample_directory())
    scenarios, sets = scenarios_of(process_folders([COUNCIL / "bpmn"])["attendance_visit"])

    visited = {task for scenario in scenarios for task in run_scenario(reference, scenario, sets).visited}

    assert visited >= {("attendance_visit", "arrange_visit"), ("attendance_visit", "record_visit")}


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service with the third council's folders, its clock at 5 October 2026."""
    environment = {"CASE_BPMN_PATH": str(COUNCIL / "bpmn"), "CASE_AUTHORITIES_PATH": str(COUNCIL / "authorities")}
    with serve(tmp_path_factory.mktemp("council"), "2026-10-05T09:00:00+01:00", environment) as served:
        yield served


def complete(client: httpx.Client, case: str, task: str, **answers: str) -> None:
    open_tasks = client.get(f"/cases/{case}").json()["open_tasks"]
    (found,) = (open_task for open_task in open_tasks if open_task["element"] == task)
    seen = {"If-Match": found["etag"]}
    answer = client.post(f"/tasks/{found['task']}/complete", json={"answers": answers}, headers=seen)
    assert answer.status_code == 200, answer.text


def test_a_case_is_worked_to_its_end(council: Served) -> None:
    with council.as_("caseworker-999") as caseworker:
        opened = caseworker.post("/cases", json={"process": "attendance_visit", "answers": FAMILY})
        assert opened.status_code == 201, opened.text
        case = opened.json()["case"]

        complete(caseworker, case, "arrange_visit", visit_on="2026-10-08")
        assert caseworker.get(f"/cases/{case}").json()["open_tasks"] == []
        council.clock_to("2026-10-08T09:00:00+01:00")
        complete(caseworker, case, "record_visit", family_seen="yes", what_was_said="The bus is late.")

        assert caseworker.get(f"/cases/{case}").json()["outcome"] == "VISITED"
    for name in ("caseworker", "home-head"):  # of another council
        with council.as_(name) as stranger:
            assert stranger.get(f"/cases/{case}").status_code == 404


def test_a_diagram_that_cannot_go_on_loses_nothing_and_says_so(tmp_path: Path) -> None:
    faulty = copytree(COUNCIL / "bpmn", tmp_path / "bpmn") / "attendance_visit"
    diagram, about = faulty / "attendance_visit.bpmn", faulty / "process.toml"
    diagram.write_text(diagram.read_text().replace('family_seen == "no"', "visits &gt; 3"))
    about.write_text(about.read_text().replace("[outcomes]", '[variables]\nvisits = { given = "a few" }\n\n[outcomes]'))
    environment = {"CASE_BPMN_PATH": str(tmp_path / "bpmn"), "CASE_AUTHORITIES_PATH": str(COUNCIL / "authorities")}

    with serve(tmp_path / "data", "2026-10-05T09:00:00+01:00", environment) as served:
        with served.as_("caseworker-999") as caseworker:
            opened = caseworker.post("/cases", json={"process": "attendance_visit", "answers": FAMILY})
            case = opened.json()["case"]
            complete(caseworker, case, "arrange_visit", visit_on="2026-10-08")
            served.clock_to("2026-10-08T09:00:00+01:00")
            before = caseworker.get(f"/cases/{case}").json()
            (task,) = before["open_tasks"]
            answers = {"family_seen": "yes", "what_was_said": "The bus is late."}
            refused = caseworker.post(
                f"/tasks/{task['task']}/complete", json={"answers": answers}, headers={"If-Match": task["etag"]}
            )

            assert refused.status_code == 409
            assert refused.json()["type"] == "/problems/process-cannot-go-on"
            assert caseworker.get(f"/cases/{case}").json() == before
        assert "bus" not in "".join(served.said)
        assert f"{case}, instance 1: ExpressionFailed in the diagram" in "".join(served.said)
