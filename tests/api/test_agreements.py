"""The agreement: by the ETag of the terms that were read, refused where it is not asked, taken back at any time."""

from typing import Any

import httpx
import pytest

from tests.api.desk import PARTIES, Desk, answers, problem


def agree(desk: Desk, ref: str, party: str, by: str, seen: str = "", **more: Any) -> httpx.Response:
    body = {"answers": answers("managed_move", f"agree_{party}"), **more}
    headers = {"If-Match": seen} if seen else {}
    return desk.as_(by).post(f"/cases/{ref}/agreements/{party}", json=body, headers=headers)


def terms_of(desk: Desk, ref: str, by: str = "caseworker") -> httpx.Response:
    return desk.as_(by).get(f"/cases/{ref}/agreements")


@pytest.fixture
def ref(desk: Desk) -> str:
    return desk.moved_to_terms()


def test_before_the_terms_there_are_none(desk: Desk) -> None:
    ref = desk.open_move()

    assert problem(terms_of(desk, ref), 409)["type"] == "/problems/no-terms"
    assert problem(agree(desk, ref, "parent", "parent"), 409)["type"] == "/problems/no-terms"


def test_each_party_agrees_to_the_terms_it_has_read(desk: Desk, ref: str) -> None:
    read = terms_of(desk, ref, "parent")
    assert read.json()["parties"] == dict.fromkeys(PARTIES, "awaited")
    case = desk.case(ref)["etag"]

    assert problem(agree(desk, ref, "parent", "parent"), 428)["type"] == "/problems/precondition-missing"
    stale = problem(agree(desk, ref, "parent", "parent", f'"{ref}.terms.0"'), 412)
    assert (stale["type"], stale["etag"]) == ("/problems/terms-changed", read.headers["etag"])
    agreed = agree(desk, ref, "parent", "parent", read.headers["etag"])
    assert agreed.status_code == 200
    assert agreed.json()["parties"]["parent"] == "agreed"
    assert agreed.headers["etag"] == read.headers["etag"]
    again = problem(agree(desk, ref, "parent", "parent"), 409)
    assert (again["type"], again["answer"]) == ("/problems/already-answered", "agreed")
    assert desk.case(ref)["etag"] == case


def test_who_is_not_asked_is_told_so(desk: Desk, ref: str) -> None:
    for party in ("parent2", "send_caseworker", "neighbour"):
        body = {"answers": {}}
        refused = desk.as_("caseworker").post(f"/cases/{ref}/agreements/{party}", json=body, headers={"If-Match": "*"})
        assert problem(refused, 404)["type"] == "/problems/not-a-party"


def test_nobody_answers_for_another(desk: Desk, ref: str) -> None:
    for party, somebody in [("parent", "pupil"), ("pupil", "home-staff"), ("home_head", "senco")]:
        for seen in ("", "*"):
            refused = problem(agree(desk, ref, party, somebody, seen), 403)
            assert refused["type"] == "/problems/not-allowed"
    assert problem(agree(desk, ref, "receiving_head", "home-staff", "*"), 403)
    assert problem(agree(desk, ref, "parent", "parent2", "*"), 404)


def test_a_caseworker_records_how_a_familys_answer_came(desk: Desk, ref: str) -> None:
    missing = problem(agree(desk, ref, "parent", "caseworker", "*"), 422)
    assert missing["type"] == "/problems/reason-missing"

    assert agree(desk, ref, "parent", "caseworker", "*", method="phone").status_code == 200

    done = desk.events(ref, "case.task_completed.v1")[-1]
    assert (done["facts"]["method"], done["by"]["on_behalf_of"]) == ("phone", "parent")
    assert problem(agree(desk, ref, "home_head", "caseworker", "*", method="phone"), 403)


def test_on_hold_nobody_agrees_but_anybody_withdraws(desk: Desk, ref: str) -> None:
    assert agree(desk, ref, "parent", "parent", "*").status_code == 200
    assert desk.as_("pupil").post(f"/cases/{ref}/concerns", json={"about": "Told to."}).status_code == 200

    for seen in ("", '"stale"', "*"):
        assert problem(agree(desk, ref, "pupil", "pupil", seen), 409)["type"] == "/problems/case-on-hold"
    withdrawn = desk.as_("parent").post(f"/cases/{ref}/agreements/parent/withdraw", json={"reason": "No longer."})
    assert withdrawn.status_code == 200
    assert withdrawn.json()["parties"]["parent"] == "withdrawn"
    again = desk.as_("parent").post(f"/cases/{ref}/agreements/parent/withdraw", json={})
    assert problem(again, 409)["type"] == "/problems/nothing-to-withdraw"


def test_a_closed_case_is_not_withdrawn_from(desk: Desk, ref: str) -> None:
    close = {"outcome": "MOVED_AREA", "reason": "Moved."}
    assert desk.as_("caseworker").post(f"/cases/{ref}/close", json=close, headers={"If-Match": "*"}).status_code == 200

    withdrawn = desk.as_("parent").post(f"/cases/{ref}/agreements/parent/withdraw", json={})

    assert problem(withdrawn, 409)["type"] == "/problems/case-not-open"
    assert problem(agree(desk, ref, "parent", "parent"), 409)["type"] == "/problems/case-not-open"


def test_material_terms_corrected_are_terms_to_agree_to_anew(desk: Desk, ref: str) -> None:
    read = terms_of(desk, ref)
    assert agree(desk, ref, "parent", "parent", read.headers["etag"]).status_code == 200
    drafted = desk.events(ref, "case.task_completed.v1")[-2]["facts"]
    correction = {
        "task": f"{ref}-{drafted['task']}",
        "field": "starts_on",
        "value": "2026-10-12",
        "reason": "The family asked for a week more.",
    }

    corrected = desk.as_("caseworker").post(f"/cases/{ref}/corrections", json=correction, headers={"If-Match": "*"})

    assert corrected.status_code == 200, corrected.text
    anew = terms_of(desk, ref)
    assert anew.headers["etag"] != read.headers["etag"]
    assert anew.json()["parties"] == dict.fromkeys(PARTIES, "awaited")
    stale = problem(agree(desk, ref, "pupil", "pupil", read.headers["etag"]), 412)
    assert stale["etag"] == anew.headers["etag"]
    assert agree(desk, ref, "parent", "parent", anew.headers["etag"]).status_code == 200
