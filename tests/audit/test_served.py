"""`make run` with all that it starts: what happens is in the ledger, countersigned, and every later change found."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from services.case.application.reference import stream_of
from services.case.store import embedded
from tests.api.desk import Desk
from tests.serving import ROOT, Served, serve
from tests.store.embedding import data_folder, until

MORNING = "2026-09-28T09:00:00+01:00"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with data_folder() as data, serve(data, clock=MORNING, alone=False) as running:
        yield running


@pytest.fixture(scope="module")
def ref(served: Served) -> str:
    """A case at which an auditor has looked."""
    desk = Desk(served)
    ref = desk.open()
    desk.close()
    with served.as_("auditor") as auditor:
        assert auditor.get(f"/cases/{ref}", headers={"Reason": "The yearly check."}).status_code == 200
    until(lambda: said(served, "services.audit", "looks", ref)[1] != "", "the auditor's look to be in the ledger", 30)
    return ref


def said(served: Served, module: str, *arguments: str) -> tuple[int, str]:
    """What a command says, and its exit code."""
    command = [sys.executable, "-m", module, *arguments, "--data", str(served.data)]
    done = subprocess.run(command, cwd=ROOT, env=served.environment, capture_output=True, text=True)
    return done.returncode, done.stdout


def verified(served: Served) -> tuple[int, dict[str, Any]]:
    code, printed = said(served, "services.audit", "verify", "--json")
    return code, msgspec.json.decode(printed)


def test_started_again_on_its_data_all_of_it_is_there(served: Served, ref: str) -> None:
    assert served.stop() == 0

    served.start()

    until(lambda: said(served, "services.audit", "looks", ref)[1] != "", "the ledger to be as it was", 30)
    with served.as_("caseworker") as caseworker:
        assert caseworker.get(f"/cases/{ref}").status_code == 200


def test_the_ledger_is_equal_to_the_log(served: Served, ref: str) -> None:
    code, found = verified(served)

    assert (code, found["ok"], found["first_difference"]) == (0, True, None)
    assert found["entries"] > 100
    assert found["checkpoints"] >= 1


def test_who_looked_is_in_the_ledger_without_why(served: Served, ref: str) -> None:
    _, printed = said(served, "services.audit", "looks", ref, "--json")
    (look,) = [msgspec.json.decode(line) for line in printed.splitlines()]

    assert (look["person"], look["role"], look["org"], look["what"]) == ("auditor", "auditor", "937", "case")
    assert "yearly" not in printed


def test_only_those_whose_work_it_is_not_are_recorded(served: Served, ref: str) -> None:
    with served.as_("caseworker") as client:
        assert client.get(f"/cases/{ref}").status_code == 200
        assert client.post(f"/cases/{ref}/exports", json={"reason": "To have it."}).status_code == 403
    assert len(said(served, "services.audit", "looks", ref)[1].splitlines()) == 1


def test_a_case_file_is_countersigned_and_proves_itself(served: Served, ref: str, tmp_path: Path) -> None:
    with served.as_("auditor") as auditor:
        assert auditor.post(f"/cases/{ref}/exports", json={"reason": " "}).status_code == 422
        body = auditor.post(f"/cases/{ref}/exports", json={"reason": "The yearly check."}).content
    archive, verifier = tmp_path / "case.zip", tmp_path / "verify.py"
    archive.write_bytes(body)
    verifier.write_bytes((ROOT / "services/case/export/standalone_verifier.py").read_bytes())

    done = subprocess.run([sys.executable, "-I", verifier, archive, "--json"], capture_output=True, text=True)

    found = msgspec.json.decode(done.stdout)
    assert (done.returncode, found["ok"], found["case"]) == (0, True, ref)
    assert len(found["countersigned_by"]) == 64
    assert b"Example" not in body


def test_an_event_that_vanished_is_named_by_the_ledger_and_by_the_log(served: Served, ref: str) -> None:
    """Last: from here on the log is not what it was."""
    stream = stream_of(ref)
    until(lambda: verified(served)[1]["behind"] == 0, "the ledger to have all of the log", 60)
    with psycopg.connect(embedded.start(served.data), autocommit=True) as owner:
        owner.execute("ALTER TABLE events DISABLE TRIGGER USER")
        query = "DELETE FROM events WHERE originator_id = %s AND originator_version > 4"
        owner.execute(query, [stream])
        owner.execute("ALTER TABLE events ENABLE TRIGGER USER")

    code, found = verified(served)
    assert (code, found["ok"]) == (1, False)
    assert (found["first_difference"]["stream"], found["first_difference"]["sequence"]) == (str(stream), 5)

    code, printed = said(served, "services.case", "verify")
    first = msgspec.json.decode(printed)["first_bad"]
    assert (code, first["stream"], first["version"]) == (1, str(stream), 5)
