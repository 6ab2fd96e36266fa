"""A process owner at work over HTTP: a draft checked, tried and put in use, running cases moved to it in bulk."""

import base64
import io
import signal
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.case.domain.people import Membership, Person
from services.case.store.verify import verify
from tests.api.desk import Desk, house_of, problem
from tests.application.visits import (
    COUNCIL,
    FOR_SCHOOLS,
    GOES_ROUND,
    MORE_TIME,
    PROCESS,
    REWORDED,
    STAFF,
    Edits,
    write_draft,
)
from tests.serving import Served, serve
from tests.store.embedding import until

MORNING = "2026-10-05T09:00:00+01:00"
OWNER = Person("owner-999", "999", (Membership("process-owner", "999"),))
FAMILY = {"surname": "Example", "forename": "Robin", "dob": "2014-05-17", "home_school": "900901"}
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service with the third council's folders and two processes that answer, on a Monday."""
    environment = {
        "CASE_BPMN_PATH": str(COUNCIL / "bpmn"),
        "CASE_AUTHORITIES_PATH": str(COUNCIL / "authorities"),
        "CASE_WORKERS": "2",
    }
    with serve(tmp_path_factory.mktemp("thirdshire"), MORNING, environment) as running:
        yield running


@pytest.fixture(scope="module")
def desk(served: Served) -> Iterator[Desk]:
    working = Desk(served)
    working.strangers |= {"owner": OWNER, "staff": STAFF}
    yield working
    working.close()


def packed(folder: Path, **more: bytes) -> str:
    """The folder as a zip archive in base64."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder.parent))
        for name, body in more.items():
            archive.writestr(name, body)
    return base64.b64encode(file.getvalue()).decode()


def checked(desk: Desk, folder: Path, *edits: Edits) -> Answer:
    draft = {"process": "attendance_visit", "archive": packed(write_draft(folder, *edits))}
    answer = desk.as_("owner").post("/bundles/check", json=draft)
    assert answer.status_code == 200, answer.text
    body: Answer = answer.json()
    return body


def tried(desk: Desk, bundle: str) -> Answer:
    answer = desk.as_("owner").post("/bundles/dry-run", json={"bundle": bundle})
    assert answer.status_code == 200, answer.text
    body: Answer = answer.json()
    return body


def put(desk: Desk, bundle: str, because: str = "improved") -> httpx.Response:
    return desk.as_("owner").post(f"/bundles/{bundle}/use", json={"because": because})


def put_in_use(desk: Desk, folder: Path, *edits: Edits) -> str:
    bundle = str(checked(desk, folder, *edits)["bundle"])
    tried(desk, bundle)
    assert put(desk, bundle).json()["changed"]
    return bundle


def move(desk: Desk, bundle: str, *refs: str, key: str = "") -> httpx.Response:
    said = {"cases": list(refs), "because": "improved", "reason": "The trial is over."}
    headers = {"Idempotency-Key": key or str(uuid4())}
    return desk.as_("owner").post(f"/bundles/{bundle}/cases", json=said, headers=headers)


def opened(desk: Desk, surname: str = "") -> str:
    family = {**FAMILY, "surname": surname or f"Example{uuid4().hex[:8]}"}
    answer = desk.as_("caseworker-999").post("/cases", json={"process": "attendance_visit", "answers": family})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ref"])


def in_use(desk: Desk, position: str = "") -> Answer:
    headers = {"Wait-For": position} if position else {}
    listed = desk.as_("owner").get("/bundles", headers=headers).json()
    (found,) = (process for process in listed if process["process"] == "attendance_visit")
    body: Answer = found
    return body


def task_of(desk: Desk, ref: str) -> Answer:
    """The only open task of a case."""
    (task,) = desk.case(ref, "caseworker-999")["open_tasks"]
    body: Answer = task
    return body


def complete(desk: Desk, ref: str, **answers: str) -> None:
    """The only open task is done by whom it is for."""
    task = task_of(desk, ref)
    by = "staff" if task["role"] == "home-staff" else "caseworker-999"
    done = desk.as_(by).post(
        f"/tasks/{task['task']}/complete", json={"answers": answers}, headers={"If-Match": task["etag"]}
    )
    assert done.status_code == 200, done.text


def history(desk: Desk, ref: str) -> list[Answer]:
    found: list[Answer] = desk.as_("caseworker-999").get(f"/cases/{ref}/events?limit=200").json()
    return found


def bundle_of(desk: Desk, ref: str) -> str:
    (instance,) = desk.case(ref, "caseworker-999")["processes"]
    return str(instance["bundle"])


def test_from_a_draft_to_cases_that_follow_it(desk: Desk, tmp_path: Path) -> None:
    first, second = opened(desk), opened(desk)
    old = bundle_of(desk, first)
    draft = checked(desk, tmp_path, FOR_SCHOOLS)
    assert [found["severity"] for found in draft["findings"]] == []
    bundle = draft["bundle"]

    assert problem(put(desk, bundle), 409)["type"] == "/problems/dry-run-missing"
    found = tried(desk, bundle)
    assert found["counts"]["different outcome"] == found["instances"] == len(found["different"])
    line = next(line for line in found["different"] if line["case"] == first)
    assert line["difference"]["sentence"] == "“Arrange the visit” is for home-staff, and was for caseworker."
    assert (line["movable"], line["bundle"]) == (True, old)

    assert problem(move(desk, bundle, first), 409)["type"] == "/problems/bundle-not-in-use"
    answer = put(desk, bundle, "policy_changed")
    assert answer.json() == {"bundle": bundle, "changed": True}
    assert not put(desk, bundle).json()["changed"]
    until(lambda: [bundle_of(desk, opened(desk)) for _ in range(6)] == [bundle] * 6, "every process that answers")
    assert bundle_of(desk, first) == old

    listed = in_use(desk, str(desk.head()))
    assert (listed["bundle"], [one["because"] for one in listed["bundles"][:2]]) == (bundle, ["policy_changed", None])
    assert listed["bundles"][0]["running"] >= 6
    refs = desk.as_("owner").get(f"/bundles/{old}/cases?limit=200").json()
    assert {first, second} <= set(refs)

    moved = move(desk, bundle, first, "AV-2026-999999")
    assert moved.json()["moved"] == 1
    assert [one["type"] for one in moved.json()["cases"]] == [None, "/problems/case-unknown"]
    (task,) = desk.as_("staff").get(f"/tasks?case={first}", headers={"Wait-For": moved.headers["Position"]}).json()
    assert (task["element"], task["role"]) == ("arrange_visit", "home-staff")
    complete(desk, first, visit_on="2026-10-08")
    event = next(one for one in history(desk, first) if one["type"] == "case.process_migrated.v1")
    assert (event["facts"]["was"], event["facts"]["because"]) == (old, "improved")
    assert event["personal"] == {"reason": "The trial is over."}
    assert event["by"] == {"person": "owner-999", "role": "process-owner", "org": "999"}


def test_a_case_with_another_history_is_told_why_and_the_others_move(desk: Desk, tmp_path: Path) -> None:
    waits, visited = opened(desk), opened(desk)
    complete(desk, visited, visit_on="2026-10-05")
    desk.served.clock_to("2026-10-05T10:00:00+01:00")
    complete(desk, visited, family_seen="no", what_was_said="Nobody opened.")
    bundle = put_in_use(desk, tmp_path, GOES_ROUND)

    lines = move(desk, bundle, waits, visited).json()["cases"]

    assert [line["moved"] for line in lines] == [True, False]
    assert lines[1]["type"] == "/problems/migration-refused"
    assert "The draft does here what was not done: send_notice visited." in lines[1]["detail"]


def test_what_is_no_draft_is_refused(desk: Desk, tmp_path: Path) -> None:
    owner = desk.as_("owner")

    def check(archive: str) -> httpx.Response:
        return owner.post("/bundles/check", json={"process": "attendance_visit", "archive": archive})

    for archive in ("not base64!", base64.b64encode(b"no zip").decode(), packed(PROCESS / "forms")):
        assert problem(check(archive), 422)["type"] == "/problems/draft-unreadable"
    many = packed(PROCESS, **{f"attendance_visit/notices/n{n}.md": b"" for n in range(600)})
    assert "more than 500 files" in problem(check(many), 422)["detail"]
    bomb = packed(PROCESS, **{f"attendance_visit/notices/n{n}.md": b"0" * 2_000_000 for n in range(12)})
    assert "more than 10 megabytes" in problem(check(bomb), 422)["detail"]
    broken = checked(desk, tmp_path, {"attendance_visit.bpmn": [('default="flow_seen_tell"', "")]})
    assert broken["bundle"] is None
    assert {found["rule"] for found in broken["findings"]} and all(f["message"] for f in broken["findings"])
    unknown = "0f" * 32
    assert problem(owner.post("/bundles/dry-run", json={"bundle": unknown}), 404)["type"] == "/problems/bundle-unknown"
    assert problem(put(desk, unknown), 404)["type"] == "/problems/bundle-unknown"


def test_it_is_for_process_owners_and_their_own_councils_cases(desk: Desk, tmp_path: Path) -> None:
    ref, bundle = opened(desk), put_in_use(desk, tmp_path, REWORDED)
    asked: list[tuple[str, str, Answer | None]] = [
        ("GET", "/bundles", None),
        ("POST", "/bundles/check", {"process": "attendance_visit", "archive": packed(PROCESS)}),
        ("POST", "/bundles/dry-run", {"bundle": bundle}),
        ("POST", f"/bundles/{bundle}/use", {"because": "other"}),
        ("GET", f"/bundles/{bundle}/cases", None),
        ("POST", f"/bundles/{bundle}/cases", {"cases": [ref], "because": "other", "reason": "Mine."}),
    ]
    for who in ("caseworker-999", "staff", "caseworker"):
        for method, path, body in asked:
            assert problem(desk.as_(who).request(method, path, json=body), 403)["type"] == "/problems/not-allowed"
    assert desk.as_("owner").get(f"/cases/{ref}").status_code == 404, "whose case it is, they do not see"
    other = desk.as_("process-owner")  # of another council, which is not set up here
    assert problem(other.get("/bundles"), 403)
    assert other.get(f"/bundles/{bundle}/cases").json() == []


def test_what_is_sent_again_has_one_effect_and_one_answer(desk: Desk, tmp_path: Path) -> None:
    ref, bundle = opened(desk), put_in_use(desk, tmp_path, MORE_TIME)
    first = move(desk, bundle, ref, key="again")
    again = move(desk, bundle, ref, key="again")
    assert (again.content, again.headers["Position"]) == (first.content, first.headers["Position"])
    assert first.json()["moved"] == 1
    assert problem(move(desk, bundle, opened(desk), key="again"), 422)["type"] == "/problems/key-used-otherwise"
    assert move(desk, bundle, ref).json()["cases"][0]["type"] == "/problems/nothing-to-migrate"


def test_killed_in_the_middle_and_sent_again(desk: Desk, tmp_path: Path) -> None:
    refs = [opened(desk) for _ in range(60)]
    bundle = put_in_use(desk, tmp_path, MORE_TIME, REWORDED)
    before = desk.head()

    def send() -> None:
        with httpx.Client(timeout=60) as client, pytest.raises(httpx.HTTPError):
            client.post(
                f"{desk.served.address}/api/v1/bundles/{bundle}/cases",
                json={"cases": refs, "because": "improved", "reason": "The trial is over."},
                headers={**desk.as_("owner").headers, "Idempotency-Key": "killed"},
            )

    sending = threading.Thread(target=send)
    with house_of(desk.served) as house:
        sending.start()
        until(lambda: house.store.head() >= before + 30, "ten cases that moved")
        desk.served.stop(signal.SIGKILL)
    sending.join()
    desk.served.start()

    said = {"cases": refs, "because": "improved", "reason": "The trial is over."}
    answer = desk.as_("owner").post(f"/bundles/{bundle}/cases", json=said, headers={"Idempotency-Key": "killed"})

    assert answer.json()["moved"] == len(refs)
    for ref in refs:
        types = [event["type"] for event in history(desk, ref)]
        assert types.count("case.process_migrated.v1") == 1
    with house_of(desk.served) as house:
        assert verify(house.database).ok
