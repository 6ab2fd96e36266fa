"""What has been seen, and what has changed since: tasks, cases and terms each by their own ETag."""

from typing import Any

import httpx
import pytest

from tests.api.desk import Desk, answers, problem

ACCEPT = answers("exclusion_prevention", "accept")


def completed(desk: Desk, task: str, given: Any = ACCEPT, by: str = "caseworker", seen: str = "") -> httpx.Response:
    headers = {"If-Match": seen} if seen else {}
    return desk.as_(by).post(f"/tasks/{task}/complete", json={"answers": given}, headers=headers)


def posted(desk: Desk, path: str, body: Any, seen: str = "", by: str = "caseworker") -> httpx.Response:
    return desk.as_(by).post(path, json=body, headers={"If-Match": seen} if seen else {})


class TestTasks:
    def test_a_task_is_completed_as_it_was_seen(self, desk: Desk) -> None:
        task = desk.task(desk.open())

        assert problem(completed(desk, task["task"]), 428)["type"] == "/problems/precondition-missing"
        stale = problem(completed(desk, task["task"], seen='"EP-2026-000001-1.7"'), 412)
        assert stale["type"] == "/problems/task-edited"
        assert stale["etag"] == task["etag"]
        assert problem(completed(desk, task["task"], given={}, seen="*"), 422)["type"] == "/problems/answers-invalid"
        done = completed(desk, task["task"], seen=f'"other", {task["etag"]}')
        assert done.status_code == 200
        assert int(done.headers["position"]) > 0
        assert done.json()["task"] == {"task": task["task"], "open": False}

    def test_what_happened_to_it_is_told_before_anything_else(self, desk: Desk) -> None:
        task = desk.task(desk.open())
        assert completed(desk, task["task"], seen=task["etag"]).status_code == 200

        for seen in ("", "*", '"stale"', task["etag"]):
            over = problem(completed(desk, task["task"], given={}, seen=seen), 409)

            assert over["type"] == "/problems/task-over"
            assert (over["happened"], over["role"]) == ("completed", "caseworker")
        for action, body in (("claim", {}), ("release", {}), ("reassign", {"to": "caseworker2"})):
            problem(posted(desk, f"/tasks/{task['task']}/{action}", body), 409)
        problem(desk.as_("caseworker").get(f"/tasks/{task['task']}"), 409)
        problem(desk.as_("caseworker").put(f"/tasks/{task['task']}/draft", json={"answers": {}}), 409)

    def test_claimed_by_another(self, desk: Desk) -> None:
        task = desk.task(desk.open())
        claimed = posted(desk, f"/tasks/{task['task']}/claim", {}, by="caseworker2")
        assert claimed.headers["etag"] != task["etag"]

        for action, body in (("complete", {"answers": {}}), ("claim", {}), ("release", {"reason": "Mine."})):
            taken = problem(posted(desk, f"/tasks/{task['task']}/{action}", body), 409)
            assert (taken["type"], taken["claimed_by"]) == ("/problems/task-taken", "caseworker2")
        own = f"/tasks/{task['task']}/release"
        assert problem(posted(desk, own, {}, by="caseworker2"), 428)
        edited = problem(posted(desk, own, {}, seen=task["etag"], by="caseworker2"), 412)
        assert (edited["etag"], edited["assignee"]) == (claimed.headers["etag"], "caseworker2")
        assert posted(desk, own, {}, seen=edited["etag"], by="caseworker2").status_code == 200
        assert problem(posted(desk, own, {}, by="caseworker2"), 409)["type"] == "/problems/task-not-claimed"

    def test_reassigning_says_why_and_to_whom(self, desk: Desk) -> None:
        task = desk.task(desk.open())
        address = f"/tasks/{task['task']}/reassign"

        assert problem(posted(desk, address, {"to": "caseworker2"}), 428)
        assert problem(posted(desk, address, {"to": "caseworker2"}, seen='"old"'), 412)
        assert (
            problem(posted(desk, address, {"to": "caseworker2"}, seen="*"), 422)["type"] == "/problems/reason-missing"
        )
        given = posted(desk, address, {"to": "caseworker2", "reason": "I am away."}, seen=task["etag"])
        assert given.status_code == 200
        assert given.json()["task"]["assignee"] == "caseworker2"
        assert problem(completed(desk, task["task"], seen="*"), 409)["type"] == "/problems/task-taken"
        assert completed(desk, task["task"], by="caseworker2", seen=given.headers["etag"]).status_code == 200

    def test_a_draft_changes_nothing_and_is_its_writers_alone(self, desk: Desk) -> None:
        ref = desk.open()
        task = desk.task(ref)
        mine, theirs = desk.as_("caseworker"), desk.as_("caseworker2")

        for text in ("First.", "Second."):
            saved = mine.put(f"/tasks/{task['task']}/draft", json={"answers": {"reasons": text}})
            assert saved.status_code == 204

        seen = mine.get(f"/tasks/{task['task']}")
        assert seen.json()["draft"] == {"reasons": "Second."}
        assert seen.headers["etag"] == task["etag"]
        assert theirs.get(f"/tasks/{task['task']}").json()["draft"] is None
        assert desk.events(ref, "case.task_claimed.v1") == []
        assert completed(desk, task["task"], seen=task["etag"]).status_code == 200

    def test_what_happens_elsewhere_refuses_nothing(self, desk: Desk) -> None:
        ref = desk.open()
        task, case = desk.task(ref), desk.case(ref)
        assert posted(desk, f"/cases/{ref}/notes", {"text": "Rang."}).status_code == 200
        assert posted(desk, f"/cases/{ref}/processes", {"process": "send_route"}).status_code == 200
        held = posted(desk, f"/cases/{ref}/hold", {"reason": "Ill."}, seen=case["etag"])
        resumed = posted(desk, f"/cases/{ref}/resume", {"reason": "Well."}, seen=held.headers["etag"])
        assert resumed.status_code == 200

        assert completed(desk, task["task"], seen=task["etag"]).status_code == 200


class TestCases:
    def test_the_etag_changes_with_status_and_corrected_facts_only(self, desk: Desk) -> None:
        ref = desk.open()
        first = desk.case(ref)["etag"]
        task = desk.task(ref)
        desk.as_("caseworker").get(f"/cases/{ref}/events")
        posted(desk, f"/tasks/{task['task']}/claim", {})
        posted(desk, f"/cases/{ref}/notes", {"text": "Rang."})
        desk.as_("caseworker").put(f"/tasks/{task['task']}/draft", json={"answers": {}})
        completed(desk, task["task"], seen="*")
        assert desk.as_("caseworker").get(f"/cases/{ref}").headers["etag"] == first

        correction = {"field": "surname", "value": "Sample", "reason": "Misspelt."}
        assert problem(posted(desk, f"/cases/{ref}/corrections", correction), 428)
        corrected = posted(desk, f"/cases/{ref}/corrections", correction, seen=first)
        assert corrected.headers["etag"] != first
        held = posted(desk, f"/cases/{ref}/hold", {"reason": "Ill."}, seen=corrected.headers["etag"])
        assert held.headers["etag"] not in (first, corrected.headers["etag"])
        for action, body in (("corrections", correction), ("resume", {"reason": "Well."})):
            stale = problem(posted(desk, f"/cases/{ref}/{action}", body, seen=first), 412)
            assert stale["type"] == "/problems/case-edited"
            assert stale["etag"] == held.headers["etag"]
            assert stale["changed"] == ["pupil_surname", "status"]

    @pytest.mark.parametrize(
        ("first", "action", "body", "slug"),
        [
            ("hold", "hold", {"reason": "Again."}, "case-on-hold"),
            ("", "resume", {"reason": "Well."}, "case-not-on-hold"),
            ("close", "hold", {"reason": "Ill."}, "case-not-open"),
            ("close", "close", {"outcome": "MOVED_AREA", "reason": "Moved."}, "case-not-open"),
            ("close", "concerns", {"about": "Pressed."}, "case-not-open"),
            ("close", "processes", {"process": "send_route"}, "case-not-open"),
            ("", "reopen", {"reason": "Back."}, "case-already-open"),
        ],
    )
    def test_its_state_comes_first(self, first: str, action: str, body: Any, slug: str, desk: Desk) -> None:
        ref = desk.open()
        task = desk.task(ref)
        if first:
            said = {"reason": "So.", **({"outcome": "MOVED_AREA"} if first == "close" else {})}
            assert posted(desk, f"/cases/{ref}/{first}", said, seen="*").status_code == 200

        for seen in ("", '"stale"', "*"):
            assert problem(posted(desk, f"/cases/{ref}/{action}", body, seen=seen), 409)["type"] == f"/problems/{slug}"
        if first:
            over = problem(completed(desk, task["task"]), 409)
            assert over["type"] == ("/problems/case-on-hold" if first == "hold" else "/problems/task-over")

    def test_then_what_was_seen_then_the_reason(self, desk: Desk) -> None:
        ref = desk.open()
        for action, body in (("hold", {}), ("close", {"outcome": "MOVED_AREA"}), ("close", {"outcome": "NO_SUCH"})):
            assert problem(posted(desk, f"/cases/{ref}/{action}", body), 428)
            assert problem(posted(desk, f"/cases/{ref}/{action}", body, seen='"stale"'), 412)
            assert problem(posted(desk, f"/cases/{ref}/{action}", {**body, "reason": " "}, seen="*"), 422)

    def test_after_a_concern_only_the_authority_resumes(self, desk: Desk) -> None:
        ref = desk.open()
        assert posted(desk, f"/cases/{ref}/concerns", {"about": "Told to sign."}, by="parent").status_code == 200

        refused = problem(posted(desk, f"/cases/{ref}/resume", {"reason": "Fine."}, seen="*", by="home-head"), 403)
        assert refused["type"] == "/problems/concern-unresolved"
        assert posted(desk, f"/cases/{ref}/resume", {"reason": "Talked."}, seen="*").status_code == 200
        assert posted(desk, f"/cases/{ref}/hold", {"reason": "Ill."}, seen="*", by="home-head").status_code == 200
        assert posted(desk, f"/cases/{ref}/resume", {"reason": "Well."}, seen="*", by="home-head").status_code == 200
