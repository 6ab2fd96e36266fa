"""Event logs say in a program for process mining what they say here. `make mining` installs it; it is large."""

import os
import subprocess
from collections import Counter
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from services.case.application.reference import stream_of
from services.case.export.ocel import ocel
from services.case.export.xes import NAMESPACE, directly_follows, xes
from services.case.scenarios import REF
from services.case.store.mapper import Recorded
from services.case.wiring import House
from tests.serving import ROOT
from tests.store.casework import ThroughTheDoor, scenario_of

LIVED = ("exclusion_prevention", "Resolved at internal inclusion")
MINED = Path(__file__).with_name("mined.py")


@pytest.fixture
def lived(house: House) -> list[Recorded]:
    """What is recorded of a case that was lived through."""
    ThroughTheDoor(house, *scenario_of(*LIVED)).through()
    return house.store.load(stream_of(REF))


@pytest.fixture
def exported(house: House, lived: list[Recorded]) -> dict[str, bytes]:
    return {"case.xes": xes(REF, lived, house.reference), "case.jsonocel": ocel(REF, lived)}


def test_process_mining_finds_the_same_graph(exported: dict[str, bytes], lived: list[Recorded], tmp_path: Path) -> None:
    python = os.environ.get("MINING")
    if not python:
        pytest.skip("pm4py is not installed: make mining")
    ours = sorted([a, b, count] for (a, b), count in directly_follows(lived).items())

    assert len(ours) > 5
    for name, body in exported.items():
        (tmp_path / name).write_bytes(body)
        command = [str(ROOT / python), str(MINED), str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert msgspec.json.decode(done.stdout) == ours, name


def test_the_trace_has_every_completed_task_in_order(exported: dict[str, bytes], lived: list[Recorded]) -> None:
    log = ElementTree.fromstring(exported["case.xes"])
    names = [
        value.attrib["value"]
        for event in log.iter(f"{{{NAMESPACE}}}event")
        for value in event
        if value.attrib["key"] == "concept:name"
    ]

    assert Counter(pairwise(names)) == directly_follows(lived)


def test_objects_and_events_of_the_object_centric_log_fit_together(exported: dict[str, bytes]) -> None:
    log = msgspec.json.decode(exported["case.jsonocel"])
    objects = {one["id"]: one["type"] for one in log["objects"]}

    assert {"case", "process instance", "task", "organisation"} == set(objects.values())
    assert {r["objectId"] for event in log["events"] for r in event["relationships"]} <= objects.keys()
    assert {event["type"] for event in log["events"]} == {kind["name"] for kind in log["eventTypes"]}
    assert all(any(r["objectId"] == REF for r in event["relationships"]) for event in log["events"])


def test_nobody_is_named_in_a_log_for_process_mining(exported: dict[str, bytes], lived: list[Recorded]) -> None:
    opened = lived[0].event.personal
    assert opened is not None
    told = [opened["answers"][name] for name in ("surname", "forename", "dob")]

    assert [text for text in told for body in exported.values() if text.encode() in body] == []
