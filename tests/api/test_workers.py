"""Two processes on one socket: both see every change at once, the clock and erasures too, and neither is needed."""

import os
import re
import signal
import subprocess
import sys
import time
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
    for client in opened:
        assert client.get("/processes").status_code == 200
    assert sum(bool(connections(pid, served)) for pid in processes(served)) == 2, "one process got them all"
    yield opened
    for client in opened:
        client.close()


def processes(served: Served) -> list[int]:
    """Two that answer requests, and the one beside them."""
    assert served.process is not None
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def connections(pid: int, served: Served) -> set[str]:
    """The connections of clients that a process holds, by inode."""
    port = f":{int(served.address.rpartition(':')[2]):04X}"
    table = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    established = {line[9] for line in table if line[1].endswith(port) and line[3] == "01"}
    held = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    return {inode for inode in established if f"socket:[{inode}]" in held}


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


def test_they_count_together(desk: Desk, clients: list[httpx.Client]) -> None:
    figures = [client.get(f"{desk.served.address}/metrics").text for client in clients]

    counted = {re.search(r'case_requests_total{route="/processes",status="200"} (\d+)', text)[1] for text in figures}  # type: ignore[index]
    assert counted == {str(CLIENTS)}


def test_each_that_dies_is_replaced(desk: Desk) -> None:
    for before in processes(desk.served):
        os.kill(before, signal.SIGKILL)
        until(lambda died=before: len(now := processes(desk.served)) == 3 and died not in now, "another")  # type: ignore[misc]

    ref = desk.open()

    until(lambda: ref in desk.as_("caseworker").get("/cases").text, "the list of cases to follow")


def test_told_to_stop_all_stop(served: Served, desk: Desk) -> None:
    three = processes(served)
    assert len(three) == 3

    assert served.stop() == 0

    assert not any(Path(f"/proc/{pid}").exists() for pid in three)
    assert_nothing_stands_still(served)


def test_one_that_hangs_does_not_hold_up_the_stop(served: Served) -> None:
    # Given three processes, of which one cannot hear
    served.start()
    three = processes(served)
    os.kill(three[0], signal.SIGSTOP)

    # When they are told to stop
    began = time.monotonic()
    served.stop()

    # Then all are gone within ten seconds
    assert time.monotonic() - began < 10
    assert not any(Path(f"/proc/{pid}").exists() for pid in three)
