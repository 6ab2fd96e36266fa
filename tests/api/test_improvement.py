"""From a finding to a change over HTTP: targets, demand, reports that stay as published, actions, surveys."""

import hashlib
import json
from typing import Any

import httpx
import pytest

from services.case.domain.people import Membership, Person
from tests.api.desk import Desk, house_of, problem
from tests.measures.telling import OCTOBER, Told, store

PERIOD = "2026-Q4"
WRITTEN: dict[str, Any] = {
    "title": "Autumn quarter",
    "period": PERIOD,
    "summary": "More strategies work.",
    "themes": ["Families want to be heard sooner."],
    "findings": [{"measure": "rung_effectiveness", "words": "Restorative work does."}],
}
STAFF = [Person(f"teacher-{n}", "937", (Membership("home-staff", "900001"),)) for n in range(8)]
QUESTIONS = [
    {"id": "right", "title": "Is this the right plan?", "options": ["yes", "no"]},
    {"id": "sure", "title": "How sure are you?", "kind": "scale"},
    {"id": "why", "title": "Why?", "kind": "words"},
]


def strategies(desk: Desk, effective: int, others: int) -> None:
    told = [Told("900001") for _ in range(effective + others)]
    for number, case in enumerate(told):
        case.milestone("strategy.started", OCTOBER, rung="restorative")
        case.milestone(
            "strategy.concluded", OCTOBER, "effective" if number < effective else "partly", rung="restorative"
        )
        case.close(OCTOBER)
    with house_of(desk.served) as house:
        store(house, *told)
    desk.as_("caseworker").get("/measures", headers={"Wait-For": str(desk.head())})


def posted(desk: Desk, path: str, body: Any, by: str = "caseworker", status: int = 200) -> Any:
    answer = desk.as_(by).post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def got(desk: Desk, path: str, by: str = "caseworker") -> Any:
    answer = desk.as_(by).get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def report(desk: Desk) -> int:
    strategies(desk, 6, 8)
    posted(desk, "/targets", {"measure": "rung_effectiveness", "period": PERIOD, "value": 40, "agreed_by": "The board"})
    number: int = posted(desk, "/reports", WRITTEN)["report"]
    return number


def line(document: Any, measure: str) -> Any:
    return next(one for one in document["figures"] if one["measure"] == measure)


def test_a_published_report_stays_as_it_was(desk: Desk, report: int) -> None:
    before = got(desk, f"/reports/{report}?version=1")
    found = line(before["document"], "rung_effectiveness")
    assert (found["numerator"], found["denominator"], found["value"]) == (6, 14, 42.9)
    assert (found["target"], found["reached"]) == (40, True)

    strategies(desk, 8, 0)
    again = {name: value for name, value in WRITTEN.items() if name != "kind"}
    assert problem(desk.as_("caseworker").post(f"/reports/{report}/versions", json=again), 422)["type"].endswith(
        "missing"
    )
    second = posted(desk, f"/reports/{report}/versions", {**again, "reason": "Eight cases came in late."})

    assert second["version"] == 2
    assert got(desk, f"/reports/{report}?version=1") == before
    now = got(desk, f"/reports/{report}")
    assert (now["version"], line(now["document"], "rung_effectiveness")["numerator"]) == (2, 14)
    assert now["reason"] == "Eight cases came in late."
    written = json.dumps(before["document"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hashlib.sha256(written).hexdigest() == before["hash"]
    problem(desk.as_("caseworker").get(f"/reports/{report}?version=3"), 404)


def test_everybody_of_the_authority_reads_reports_and_nobody_else(desk: Desk, report: int) -> None:
    for who in ("parent", "pupil", "home-head", "ap-provider", "auditor"):
        assert got(desk, f"/reports/{report}", who)["document"]["title"] == "Autumn quarter"
    problem(desk.as_("caseworker-885").get(f"/reports/{report}"), 404)
    csv = desk.as_("parent").get(f"/reports/{report}.csv?version=1").text.splitlines()
    assert "rung_effectiveness,Strategies that were effective,percent,6,14,42.9,,,40.0,True" in csv
    for who in ("home-head", "parent", "auditor", "admin"):
        problem(desk.as_(who).post("/reports", json=WRITTEN), 403)


def test_a_target_shows_how_it_stands(desk: Desk, report: int) -> None:
    (target,) = got(desk, "/targets")
    assert (target["measure"], target["value"], target["agreed_by"]) == ("rung_effectiveness", 40, "The board")
    assert target["now"] is not None
    assert got(desk, "/targets", "home-head")[0]["now"] is None  # the authority's figure is not the school's to know
    wrong = {"measure": "happiness", "period": PERIOD, "value": 1, "agreed_by": "The board"}
    assert problem(desk.as_("caseworker").post("/targets", json=wrong), 422)["errors"][0]["pointer"] == "/measure"


def test_demand_is_told_by_kind_of_provider(desk: Desk, report: int) -> None:
    kinds = {one["kind"]: one for one in got(desk, "/demand?period=2026/27")["kinds"]}

    assert (kinds["school_places"]["places"], kinds["school_places"]["free"]) == (1300, 14)
    assert any(one["places"] > one["free"] and one["room"] > one["places"] for one in kinds.values())
    assert any(low <= high for one in kinds.values() for low, high in one["prices"].values())
    assert all(one["placements"] == 0 and one["enough"] for one in kinds.values())


def test_an_action_is_open_then_overdue_then_done(desk: Desk, report: int) -> None:
    agreed = {
        "report": report, "finding": 1, "measure": "rung_effectiveness", "what": "Train two more schools",
        "owner": "Inclusion lead", "due": "2026-10-02",
    }  # fmt: skip
    number = posted(desk, "/actions", agreed)["action"]
    assert [one["state"] for one in got(desk, "/actions", "home-head")] == ["open"]
    problem(desk.as_("caseworker").post("/actions", json={**agreed, "finding": 9}), 404)
    problem(desk.as_("home-head").post("/actions", json=agreed), 403)

    desk.served.clock_to("2026-10-05T09:00:00+01:00")
    assert [one["action"] for one in got(desk, "/actions?state=overdue")] == [number]
    posted(desk, f"/actions/{number}/updates", {"state": "done", "note": "Both schools were trained."})

    (done,) = got(desk, "/actions?state=done")
    assert (done["owner"], done["what"]) == ("Inclusion lead", "Train two more schools")
    assert done["notes"] == [{"on": "2026-10-05", "note": "Both schools were trained."}]
    problem(desk.as_("caseworker").post("/actions/99/updates", json={"state": "done"}), 404)
    assert got(desk, "/actions", "caseworker-885") == []


def test_a_survey_is_answered_once_until_it_closes_and_tells_no_few(desk: Desk, report: int) -> None:
    asked = {
        "report": report, "title": "The plan", "contact": "Inclusion team, 01632 960100",
        "closes_at": "2026-12-04T17:00:00+00:00", "audience": ["home-staff"], "questions": QUESTIONS,
    }  # fmt: skip
    survey = posted(desk, "/surveys", asked)["survey"]
    desk.strangers |= {person.id: person for person in STAFF}
    for number, person in enumerate(STAFF):
        given = {"right": "yes" if number < 7 else "no", "sure": 4, "why": "It is what our pupils lack."}
        for _ in range(2):  # sent twice by a client that did not hear the answer
            sent = desk.as_(person.id).post(
                f"/surveys/{survey}/answers", json={"answers": given}, headers={"Idempotency-Key": "once"}
            )
            assert (sent.status_code, sent.json()) == (200, {"survey": survey})
    again = desk.as_("teacher-0").post(f"/surveys/{survey}/answers", json={"answers": {"right": "no"}})
    assert problem(again, 409)["type"].endswith("survey-answered-already")
    assert got(desk, f"/surveys/{survey}", "teacher-0")["answered"]
    problem(desk.as_("parent").post(f"/surveys/{survey}/answers", json={"answers": {"right": "no"}}), 404)
    wrong = desk.as_("home-staff").post(f"/surveys/{survey}/answers", json={"answers": {"right": "maybe", "sure": 6}})
    assert [one["pointer"] for one in problem(wrong, 422)["errors"]] == ["/answers/right", "/answers/sure"]
    assert problem(desk.as_("caseworker").post(f"/surveys/{survey}/summary", json={}), 409)

    desk.served.clock_to("2026-12-04T17:00:01+00:00")
    late = desk.as_("home-staff").post(f"/surveys/{survey}/answers", json={"answers": {"right": "no"}})
    assert problem(late, 409)["type"].endswith("survey-closed-already")
    posted(desk, f"/surveys/{survey}/summary", {})

    summary = got(desk, f"/surveys/{survey}", "parent")["summary"]
    assert summary["answered"] == 8
    assert [one["id"] for one in summary["questions"]] == ["right", "sure"]
    assert summary["questions"][0]["answers"] == {"yes": None, "no": None, "no answer": 0}
    assert summary["questions"][1]["answers"]["4"] == 8 and summary["questions"][1]["mean"] == 4


def test_nobody_reads_in_the_log_who_answered_or_what(desk: Desk) -> None:
    desk.strangers["subscriber"] = Person("subscriber", "937", (), frozenset({"feed"}))
    records = everything(desk, "/feed?topic=authority.events.v1&limit=1000")
    answers = [one for one in records if one["type"] == "authority.survey_answered.v1"]

    assert len(answers) == 8
    assert all(one["data"] == {"effective_on": one["data"]["effective_on"], "by": {"role": "home-staff"}, "survey": 1}
               for one in answers)  # fmt: skip
    assert "teacher" not in json.dumps(answers) and "lack" not in json.dumps(records)
    with house_of(desk.served) as house:
        rows = house.database.rows("SELECT state FROM events WHERE topic = 'authority.survey_answered.v1'")
    assert not any(b"teacher" in state or b"lack" in state for (state,) in rows)


def everything(desk: Desk, url: str) -> list[Any]:
    found: list[Any] = []
    while True:
        page: httpx.Response = desk.as_("subscriber").get(url, headers={"Wait-For": str(desk.head())})
        following = page.links["next"]["url"].removeprefix("/api/v1")
        if following == url:
            return found
        found, url = found + page.json(), following
