"""Two processes on one socket: both see every change at once, the clock and erasures too, and neither is needed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from services.case.application.reference import stream_of
from tests.api.at_once import at_once
from tests.api.conftest import MORNING, assert_nothing_stands_still
from tests.api.desk import Desk
from tests.serving import ROOT, Served, serve
from tests.store.embedding import data_folder, until

CLIENTS = 16


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with data_folder() as data, serve(data, clock=MORNING, environment={"CASE_WORKERS": "2"}) as running:
        yield running


@pytest.fixture(scope="module")
def clients(served: Served) -> Iterator[list[httpx.Client]]:
    """So many connections that either process has some."""
    opened = [served.as_("caseworker") for _ in range(CLIENTS)]
    answered = [int(re.search(COUNTED, told_by(client, served))[1]) for client in opened]  # type: ignore[index]
    assert max(answered) < CLIENTS, "one process got them all"
    yield opened
    for client in opened:
        client.close()


COUNTED = r'case_requests_total{route="/processes",status="200"} (\d+)'


def told_by(client: httpx.Client, served: Served) -> str:
    client.get("/processes")
    return client.get(f"{served.address}/metrics").text


def workers(served: Served) -> list[int]:
    assert served.process is not None
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def test_both_write_one_case(desk: Desk, clients: list[httpx.Client]) -> None:
    ref = desk.open()

    def write(client: httpx.Client, number: int) -> list[int]:
        return [client.post(f"/cases/{ref}/notes", json={"text": f"{number}"}).status_code for _ in range(10)]

    found = at_once([partial(write, client, number) for number, client in enumerate(clients)])

    assert {status for statuses in found for status in statuses} == {200}
    versions = [event["version"] for event in desk.events(ref)]
    assert versions == list(range(1, len(versions) + 1))
    assert len(desk.events(ref, "case.note_added.v1")) == 10 * CLIENTS


def test_each_reads_what_the_other_wrote(desk: Desk, clients: list[httpx.Client]) -> None:
    ref = desk.open()
    for turn, writer in enumerate(clients):
        action, body = (("claim", {}), ("release", {"reason": "Away."}))[turn % 2]
        done = writer.post(f"/tasks/{ref}-1/{action}", json=body, headers={"If-Match": "*"})
        assert done.status_code == 200

        for reader in clients:
            assert reader.get(f"/tasks/{ref}-1").headers["etag"] == done.headers["etag"]
            wait = {"Wait-For": done.headers["position"]}
            listed = reader.get(f"/tasks?case={ref}", headers=wait).json()[0]
            assert listed["assignee"] == (None if turn % 2 else "caseworker")


def test_a_claim_that_another_process_undid_is_made_again(desk: Desk, clients: list[httpx.Client]) -> None:
    ref = desk.open()
    for client in clients * 2:
        claimed = client.post(f"/tasks/{ref}-1/claim")
        assert desk.task(ref)["assignee"] == "caseworker"
        released = desk.as_("caseworker").post(f"/tasks/{ref}-1/release", headers={"If-Match": "*"})
        assert (claimed.status_code, released.status_code) == (200, 200)


def test_the_clock_moves_for_both_and_days_pass_once(desk: Desk, clients: list[httpx.Client]) -> None:
    refs = [desk.open() for _ in range(6)]
    address = f"{desk.served.address}/dev/clock"

    for day, mover in zip(("01", "02", "05"), clients, strict=False):
        moved = mover.put(address, json={"now": f"2026-10-{day}T09:00:00+01:00"})
        assert moved.status_code == 200
        for reader in clients:
            assert reader.get(address).json()["now"] >= moved.json()["now"]

    for ref in refs:
        assert len(desk.events(ref, "case.deadline_missed.v1")) == 1


def test_who_is_erased_is_erased_in_both(desk: Desk, clients: list[httpx.Client]) -> None:
    ref = desk.open(surname="Quillfeather")
    for client in clients:
        assert client.get(f"/cases/{ref}").json()["pupil"]["surname"] == "Quillfeather"

    line = [sys.executable, "-m", "services.case", "destroy-key", str(stream_of(ref)), "--reason", "retention_ended"]
    subprocess.run([*line, "--data", str(desk.served.data)], cwd=ROOT, check=True, capture_output=True)

    for client in clients:
        assert client.get(f"/cases/{ref}").json()["pupil"] == {}
        assert "Quillfeather" not in client.get(f"/cases/{ref}/events").text
        refused = client.post(f"/cases/{ref}/notes", json={"text": "Rang."})
        assert refused.json()["type"] == "/problems/erased"
    until(lambda: desk.as_("caseworker").post("/cases/search", json={"name": "Quillfeather"}).json() == [], "the list")


def test_one_that_dies_is_replaced(desk: Desk) -> None:
    before = workers(desk.served)
    os.kill(before[0], signal.SIGKILL)

    until(lambda: len(workers(desk.served)) == 2 and workers(desk.served) != before, "another worker")

    for _ in range(4):
        assert httpx.get(f"{desk.served.address}/readyz").status_code == 200


def test_told_to_stop_both_stop(served: Served, desk: Desk) -> None:
    both = workers(served)
    assert len(both) == 2

    assert served.stop() == 0

    assert not any(Path(f"/proc/{pid}").exists() for pid in both)
    assert_nothing_stands_still(served)
