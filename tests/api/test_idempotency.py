"""A request sent again with its Idempotency-Key takes effect once and gets the same answer, also after a restart."""

from functools import partial
from typing import Any
from uuid import uuid4

import httpx

from tests.api.at_once import at_once
from tests.api.desk import Desk, answers, problem, pupil
from tests.serving import Served

SAME = ("etag", "location", "position", "content-type")


def send(desk: Desk, path: str, body: Any, key: str, by: str = "caseworker", seen: str = "*") -> httpx.Response:
    return desk.as_(by).post(path, json=body, headers={"Idempotency-Key": key, "If-Match": seen})


def said(answer: httpx.Response) -> tuple[Any, ...]:
    return answer.status_code, answer.content, *(answer.headers.get(name) for name in SAME)


def test_five_times_and_after_a_restart(served: Served, desk: Desk) -> None:
    move = desk.moved_to_terms()
    closed, ref, paused = desk.open(), desk.open(), desk.open()
    send(desk, f"/cases/{closed}/close", {"outcome": "MOVED_AREA", "reason": "Moved."}, str(uuid4()))
    accept = {"answers": answers("exclusion_prevention", "accept")}
    agree = {"answers": answers("managed_move", "agree_parent"), "method": "phone"}
    commands: list[tuple[str, dict[str, Any]]] = [
        ("/cases", {"process": "exclusion_prevention", "answers": pupil()}),
        (f"/tasks/{paused}-1/claim", {}),
        (f"/tasks/{paused}-1/reassign", {"to": "caseworker", "reason": "Mine again."}),
        (f"/tasks/{paused}-1/release", {"reason": "Away."}),
        (f"/tasks/{ref}-1/complete", accept),
        (f"/cases/{ref}/notes", {"text": "Rang."}),
        (f"/cases/{ref}/corrections", {"field": "forename", "value": "Sam", "reason": "Wrong."}),
        (f"/cases/{ref}/processes", {"process": "send_route"}),
        (f"/cases/{move}/agreements/parent", agree),
        (f"/cases/{move}/agreements/parent/withdraw", {"reason": "No longer."}),
        (f"/cases/{paused}/hold", {"reason": "Ill."}),
        (f"/cases/{paused}/resume", {"reason": "Well."}),
        (f"/cases/{paused}/concerns", {"about": "Pressed."}),
        (f"/cases/{closed}/reopen", {"reason": "Back."}),
        (f"/cases/{closed}/close", {"outcome": "MOVED_AREA", "reason": "Moved again."}),
    ]
    first = {}
    for path, body in commands:
        found = at_once([partial(send, desk, path, body, f"key {path}".replace(" ", "-"))] * 5)
        assert {answer.status_code for answer in found} <= {200, 201}, (path, found[0].text)
        assert len({said(answer) for answer in found}) == 1, (path, [said(answer) for answer in found])
        first[path] = said(found[0])
    length = desk.head()
    cases = desk.as_("caseworker").get("/cases?limit=200", headers={"Wait-For": str(length)}).json()

    assert served.stop() == 0
    served.start()

    for path, body in commands:
        key = f"key {path}".replace(" ", "-")
        assert said(send(desk, path, body, key)) == first[path], path
        changed = {**body, "effective_on": "2026-09-01"}
        assert problem(send(desk, path, changed, key), 422)["type"] == "/problems/key-used-otherwise", path
    assert desk.head() == length
    assert desk.as_("caseworker").get("/cases?limit=200").json() == cases


def test_what_changed_nothing_changes_nothing_later(desk: Desk) -> None:
    ref = desk.open()
    send(desk, f"/tasks/{ref}-1/claim", {}, "first")
    kept = send(desk, f"/tasks/{ref}-1/claim", {}, "second")
    send(desk, f"/tasks/{ref}-1/release", {}, "third")

    again = send(desk, f"/tasks/{ref}-1/claim", {}, "second")

    assert (again.content, again.headers["etag"]) == (kept.content, kept.headers["etag"])
    assert desk.task(ref)["assignee"] is None


def test_a_key_is_its_persons_own_and_for_one_address(desk: Desk) -> None:
    ref = desk.open()
    assert send(desk, f"/cases/{ref}/notes", {"text": "One."}, "k").status_code == 200

    assert send(desk, f"/cases/{ref}/notes", {"text": "Another."}, "k", by="caseworker2").status_code == 200
    elsewhere = problem(send(desk, f"/cases/{ref}/concerns", {"about": "One."}, "k"), 422)
    assert elsewhere["type"] == "/problems/key-used-otherwise"
    for wrong in ("", "two words", "k" * 201, "ä"):
        headers = [(b"Idempotency-Key", wrong.encode("latin-1"))]
        problem(desk.as_("caseworker").post(f"/cases/{ref}/notes", json={"text": "x"}, headers=headers), 422)


def test_what_was_refused_can_be_sent_right_with_the_same_key(desk: Desk) -> None:
    ref = desk.open()
    task = desk.task(ref)
    given = {"answers": answers("exclusion_prevention", "accept")}

    assert problem(send(desk, f"/tasks/{task['task']}/complete", given, "put-right", seen='"stale"'), 412)
    done = send(desk, f"/tasks/{task['task']}/complete", given, "put-right", seen=task["etag"])

    assert done.status_code == 200
    assert said(send(desk, f"/tasks/{task['task']}/complete", given, "put-right", seen='"stale"')) == said(done)
