"""What the OpenAPI document says is what the service does: Schemathesis tries to show that it is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from services.case.domain.people import Person
from tests.api.desk import Desk, answers, pupil
from tests.serving import ROOT

SECONDS = {"caseworker": 40, "subscriber": 8}
RUN = "from schemathesis.cli import schemathesis; schemathesis()"
CONFIGURATION = """
[checks]
enabled = true

# 409, 412 and 428 tell of what happened to a thing in between, as 404 does: no document can foresee it.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 412, 428, "5xx"]

[checks.negative_data_rejection]
expected-statuses = ["4xx", "5xx"]

[checks.missing_required_header]
expected-statuses = ["4xx"]

# Parts of an entry limit one another (no more places free than there are), a number has a check letter, a calendar is a
# file of its own: more than a schema can say. What violates the schema is refused all the same.
[[operations]]
include-path-regex = "/(directory|registers|calendars|bundles)"
checks.positive_data_acceptance.enabled = false

# Whatever is sent as a part of a form is text: a number where text is asked for is no violation there.
[[operations]]
include-path-regex = "/files$"
checks.negative_data_rejection.enabled = false

# A NUL is a character for JSON Schema; here it is refused wherever it stands, which test_hostile.py shows.
[generation]
allow-x00 = false
"""


@pytest.mark.parametrize("who", SECONDS)
def test_as_described(desk: Desk, tmp_path: Path, who: str) -> None:
    desk.strangers["subscriber"] = Person("subscriber", "937", (), frozenset({"feed"}))
    token = desk.as_(who).headers["Authorization"]
    refs = [desk.open() for _ in range(40)]
    move = desk.moved_to_terms()
    true = {
        "ref": [*refs[:10], move],
        "id": [f"{ref}-1" for ref in refs],
        "party": ["parent", "pupil"],
        "what": ["1", "d1"],
        "process": ["exclusion_prevention", "managed_move", "send_route"],
        "agree": [{party: answers("managed_move", f"agree_{party}") for party in ("parent", "pupil")}],
        "accept": [answers("exclusion_prevention", "accept")],
        "start": [pupil() for _ in range(400)],
    }
    (tmp_path / "true.json").write_text(json.dumps(true))
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    command = [sys.executable, "-c", RUN, "--config-file", str(tmp_path / "schemathesis.toml"), "run"]
    command += [f"{desk.served.address}/openapi.json", "--max-time", str(SECONDS[who])]
    command += ["-H", f"Authorization: {token}", "--continue-on-failure"]
    # The clock is left alone: moving it makes days pass for all the others.
    command += ["--exclude-path", "/dev/clock", "--suppress-health-check", "all"]
    if who == "subscriber":
        command += ["--include-path-regex", "/feed"]
    environment = {"TRUE_REFERENCES": str(tmp_path / "true.json"), "SCHEMATHESIS_HOOKS": "tests.api.generating"}

    tried = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert tried.returncode == 0, tried.stdout[-20_000:]
    written = len(desk.as_("caseworker").get("/cases?limit=200").json())
    assert written > 41 or who == "subscriber", "nothing was ever accepted"


def test_every_answer_is_described(desk: Desk) -> None:
    described = httpx.get(f"{desk.served.address}/openapi.json").json()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"] and operation["description"], (method, path)
            assert "401" in operation["responses"] or path == "/dev/clock"
    assert described["openapi"].startswith("3.1")


@pytest.mark.parametrize("name", ["", "/swagger-ui-bundle.js", "/swagger-ui.css"])
def test_its_page_asks_no_other_host(desk: Desk, name: str) -> None:
    page = httpx.get(f"{desk.served.address}/docs{name}")
    assert page.status_code == 200
    if not name:
        assert "https://" not in page.text
