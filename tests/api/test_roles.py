"""Who may do what: table 1.2 of the domain, written down once more, and asked of the service by everybody."""

import asyncio
from typing import Any

import httpx
import pytest

from services.case.application.door import once
from services.case.application.running import Running
from services.case.domain import events as e
from services.case.domain.people import Membership, Person
from tests.api.desk import TO_PACK, TO_TERMS, Desk, answers, house_of, problem, pupil

STRANGERS = {
    "head-of-a-third-school": Person("third-head", "937", (Membership("home-head", "900003"),)),
    "another-provider": Person("provider-2", "937", (Membership("ap-provider", "AP-1002"),)),
    "another-parent": Person("parent-9", "937", (Membership("parent"),)),
    "another-pupil": Person("pupil-9", "937", (Membership("pupil"),)),
    "another-social-worker": Person("social-worker-9", "937", (Membership("social-worker", "937"),)),
    "nobody-yet": Person("new-here", "937"),
}
HOME = {"home-staff", "home-head", "senco"}
TEAM = {"caseworker", "caseworker2"}
FAMILY = {"parent", "parent2", "pupil"}
INFORMATION_RIGHTS = {"auditor", "dpo"}
NEVER = {"admin", "process-owner", "irp-clerk", "fap-chair", "caseworker-885", "home-head-885", *STRANGERS}
SOMETIMES = {"ep", "send-caseworker", "gb-clerk", "receiving-head", "ap-provider"}
EVERYBODY = sorted(HOME | TEAM | FAMILY | INFORMATION_RIGHTS | NEVER | SOMETIMES | {"social-worker"})

# Who knows of the case, as it goes on.
ALWAYS = HOME | TEAM | FAMILY | INFORMATION_RIGHTS | {"social-worker"}
KNOW = {
    "opened": ALWAYS,
    "asked": ALWAYS | {"ep", "send-caseworker"},  # the SEND route runs
    "board": ALWAYS - {"parent2", "social-worker"} | {"gb-clerk"},  # a direction is proposed; one parent
    "shared": ALWAYS | {"receiving-head", "ap-provider"},
    "revoked": ALWAYS,
}

# Row of the table -> who may, of those who know of the case. "own" and "pack" are in KNOW.
CHRONOLOGY = HOME | TEAM | {"parent", "parent2", "ep", "send-caseworker", "social-worker"} | INFORMATION_RIGHTS
SIGN = FAMILY | HOME | TEAM | {"receiving-head", "send-caseworker", "social-worker"} | INFORMATION_RIGHTS
MAY = {
    "case header": set(EVERYBODY),
    "why a task is there": set(EVERYBODY),
    "chronology": CHRONOLOGY,
    "chronology as it was": CHRONOLOGY,
    "terms": SIGN,
    "files": set(EVERYBODY),
    "note": HOME | TEAM | {"ep", "send-caseworker", "social-worker"},
    "rectify": HOME | TEAM | {"send-caseworker", "dpo"},
    "concern": FAMILY | TEAM | {"senco", "ep", "send-caseworker", "social-worker"},
    "hold": TEAM | {"home-head"},
    "resume": TEAM | {"home-head"},
    "close": TEAM,
    "reopen": TEAM,
    "start a process": {"home-staff", "home-head"} | TEAM | {"send-caseworker"},
}
ASKED = {  # method, address, body; nothing changes, for what is seen is stale or what is asked for is not there
    "case header": ("GET", "/cases/{ref}", None),
    "why a task is there": ("GET", "/cases/{ref}/why/1", None),
    "chronology": ("GET", "/cases/{ref}/events", None),
    "chronology as it was": ("GET", "/cases/{ref}/state", None),
    "terms": ("GET", "/cases/{ref}/agreements", None),
    "files": ("GET", "/cases/{ref}/files", None),
    "note": ("POST", "/cases/{ref}/notes", {"text": "Rang."}),
    "rectify": ("POST", "/cases/{ref}/corrections", {"field": "surname", "value": "Sample", "reason": "Wrong."}),
    "concern": ("POST", "/cases/{ref}/concerns", {"about": "Pressed."}),
    "hold": ("POST", "/cases/{ref}/hold", {"reason": "Ill."}),
    "resume": ("POST", "/cases/{ref}/resume", {"reason": "Well."}),
    "close": ("POST", "/cases/{ref}/close", {"outcome": "MOVED_AREA", "reason": "Moved."}),
    "reopen": ("POST", "/cases/{ref}/reopen", {"reason": "Back."}),
    "start a process": ("POST", "/cases/{ref}/processes", {"process": "{running}"}),
}
RUNNING = {"asked": "exclusion_prevention", "board": "off_site_direction"}  # one of a kind at a time; else the move
TASKS = {  # element -> who works on it; caseworkers also record what families say
    "explore_with_family": {"home-head"},
    "plan_meeting": {"home-staff"},
    "agree_interim_support": {"senco"},
    "consult_psychologist": {"ep"},
    "consult_professionals": {"senco"},
    "hold_annual_review": {"send-caseworker"},
    "determine": {"gb-clerk"},
    "pupil": {"pupil"} | TEAM,
    "parent": {"parent"} | TEAM,
    "parent2": {"parent2"} | TEAM,
    "home_head": {"home-head"},
    "receiving_head": {"receiving-head"},
    "social_worker": {"social-worker"},
    "record_tomorrow": {"home-staff"},
}
IN_CARE = {"name": "pupil_in_care"}
WITH_PLAN = {**IN_CARE, "sen_provision": "E", "sen_type": "SEMH", "maintaining_authority": "937"}
TERMS_IN_CARE = ("draft_terms", "home-head", "terms_in_care")
CONSULTED = ("consult_virtual_school", "home-staff", "virtual_school_consulted")


@pytest.fixture(scope="module")
def cases(desk: Desk) -> dict[str, str]:
    """A case in each state."""
    desk.strangers |= STRANGERS
    asked = desk.open(process="exclusion_prevention", **from_move(WITH_PLAN))
    for element, by, name in (
        ("triage", "caseworker", "accept"),
        ("verify_flags", "senco", "flags_e"),
        ("assess_risk", "home-staff", "risk_high"),
        ("assess_needs", "senco", "needs"),
        ("call_annual_review", "send-caseworker", "call_review"),
    ):
        desk.walk(asked, (element, by, name), process="exclusion_prevention")
    shared, revoked = (desk.open_move(**IN_CARE) for _ in range(2))
    for ref in (shared, revoked):
        desk.walk(ref, *TO_PACK[:2], CONSULTED, *TO_PACK[2:], *TO_TERMS[:3], TERMS_IN_CARE)
        provider_has_pack(desk, ref, e.PackShared)
    said_no = {"answers": answers("managed_move", "parent_says_no")}
    refused = desk.as_("parent").post(f"/cases/{revoked}/agreements/parent", json=said_no, headers={"If-Match": "*"})
    assert refused.status_code == 200, refused.text
    provider_has_pack(desk, revoked, e.PackRevoked)
    desk.served.clock_to("2026-10-05T09:00:00+01:00")
    board = desk.open(process="off_site_direction", **from_move({"name": "pupil_n"}))
    desk.walk(board, ("propose_direction", "home-head", "proposal"), process="off_site_direction")
    return {"opened": desk.open_move(**IN_CARE), "asked": asked, "board": board, "shared": shared, "revoked": revoked}


def from_move(changes: dict[str, Any]) -> dict[str, Any]:
    return {"form": "managed_move", **changes}


def provider_has_pack(desk: Desk, ref: str, kind: type[e.PackShared | e.PackRevoked]) -> None:
    """No process shares a pack with a provider yet: it is shared here."""
    with house_of(desk.served) as house:

        def act(running: Running) -> bytes:
            running.decision.emit(kind, with_="provider", org="AP-1001")
            return b""

        asyncio.run(house.door.change(ref, once(), act))


def expected(who: str, phase: str, allowed: set[str]) -> str:
    if who not in KNOW[phase]:
        return "not to know of"
    return "allowed" if who in allowed else "not allowed"


def found(answer: httpx.Response) -> str:
    assert answer.status_code < 500, answer.text
    if answer.status_code == 404:
        assert problem(answer, 404)["type"] in ("/problems/case-unknown", "/problems/task-unknown")
        return "not to know of"
    return "not allowed" if answer.status_code == 403 else "allowed"


@pytest.mark.parametrize("phase", KNOW)
@pytest.mark.parametrize("action", MAY)
def test_table_1_2(action: str, phase: str, cases: dict[str, str], desk: Desk) -> None:
    method, address, body = ASKED[action]
    if action == "start a process":
        body = {"process": RUNNING.get(phase, "managed_move")}
    ref = cases[phase]
    seen: dict[str, str] = {}

    for who in EVERYBODY:
        answer = desk.as_(who).request(
            method, address.replace("{ref}", ref), json=body, headers={"If-Match": '"stale"'}
        )
        seen[who] = found(answer)
        if action == "concern" and answer.status_code == 200:
            resume = {"reason": "Looked into."}
            desk.as_("caseworker").post(f"/cases/{ref}/resume", json=resume, headers={"If-Match": "*"})

    assert seen == {who: expected(who, phase, MAY[action]) for who in EVERYBODY}


@pytest.mark.parametrize("phase", KNOW)
def test_tasks_are_for_whom_they_are_for(phase: str, cases: dict[str, str], desk: Desk) -> None:
    ref = cases[phase]
    for task in desk.case(ref)["open_tasks"]:
        may = TASKS[task["party"] or task["element"]]
        for who in EVERYBODY:
            wanted = "allowed" if who in may else expected(who, phase, set())
            for method, path, body in (
                ("POST", "complete", {"answers": {}, "method": "phone"}),
                ("POST", "release", {"reason": "Away."}),
                ("GET", "", None),
            ):
                url = f"/tasks/{task['task']}/{path}".rstrip("/")
                answer = desk.as_(who).request(method, url, json=body, headers={"If-Match": '"stale"'})
                assert found(answer) == wanted, (task["element"], task["party"], who, path, answer.text)


@pytest.mark.parametrize("phase", KNOW)
def test_lists_and_search_hold_what_one_may_know_of(phase: str, cases: dict[str, str], desk: Desk) -> None:
    ref, wait = cases[phase], {"Wait-For": str(desk.head())}
    tasks = [task["party"] or task["element"] for task in desk.case(ref)["open_tasks"]]

    lists = {who: desk.as_(who).get("/cases?limit=200", headers=wait).json() for who in EVERYBODY}
    listed = {who for who, rows in lists.items() if ref in [row["ref"] for row in rows]}
    at_work = {who for who in EVERYBODY if desk.as_(who).get(f"/tasks?case={ref}", headers=wait).json()}
    searched = {who: desk.as_(who).post("/cases/search", json={"ref": ref}) for who in EVERYBODY}

    assert listed == KNOW[phase]
    assert at_work == {who for task in tasks for who in TASKS[task]}
    may_not_search = {who for who, answer in searched.items() if answer.status_code == 403}
    assert may_not_search == FAMILY | {"another-parent", "another-pupil", "ap-provider", "another-provider"} | {
        "admin",
        "process-owner",
        "nobody-yet",
    }
    assert {who for who, answer in searched.items() if answer.status_code == 200 and answer.json()} == (
        KNOW[phase] - may_not_search
    )


@pytest.mark.parametrize("phase", ["opened", "shared"])
def test_nobody_answers_or_withdraws_for_another(phase: str, cases: dict[str, str], desk: Desk) -> None:
    parties = {"pupil": "pupil", "parent": "parent", "parent2": "parent2", "home_head": "home-head"}
    parties |= {"receiving_head": "receiving-head", "social_worker": "social-worker"}
    for party, own in parties.items():
        for who in sorted(set(EVERYBODY) - TEAM - {own, "send-caseworker"}):
            withdrawn = desk.as_(who).post(f"/cases/{cases[phase]}/agreements/{party}/withdraw", json={})

            assert found(withdrawn) == expected(who, phase, set()), (party, who)


def test_who_opens_a_case(desk: Desk, cases: dict[str, str]) -> None:
    may = HOME | TEAM | {"parent", "parent2", "send-caseworker", "social-worker"}
    may |= {"caseworker-885", "home-head-885", "another-parent", "another-social-worker"}
    heads = {"receiving-head", "head-of-a-third-school"}  # for pupils of their own schools
    for who in EVERYBODY:
        asked = {"process": "exclusion_prevention", "answers": {}}
        answer = desk.as_(who).post("/cases", json=asked)
        assert answer.status_code == (422 if who in may | heads else 403), who


def test_a_school_opens_cases_for_its_own_pupils_in_its_own_authority(desk: Desk, cases: dict[str, str]) -> None:
    for who, school, status in (
        ("home-staff", "900001", 201),
        ("home-staff", "900002", 403),
        ("head-of-a-third-school", "900001", 403),
        ("caseworker", "900101", 422),
        ("caseworker-885", "900001", 422),
    ):
        given = {"process": "exclusion_prevention", "answers": pupil(home_school=school)}
        assert desk.as_(who).post("/cases", json=given).status_code == status, (who, school)


def test_what_each_sees_of_a_case(desk: Desk, cases: dict[str, str]) -> None:
    levels = {"caseworker": "full", "home-staff": "full", "receiving-head": "pack", "ap-provider": "pack"}
    levels |= {"parent": "own", "parent2": "own", "pupil": "own", "auditor": "meta", "dpo": "meta"}
    for who, level in levels.items():
        seen = desk.case(cases["shared"], by=who)
        assert seen["you_see"] == level
        assert ("pupil" in seen, "facts" in seen) == (level != "meta", level in ("full", "meta"))
        if level in ("own", "pack"):
            mine = {task["party"] for task in seen["open_tasks"]}
            assert mine == {party for party, people in TASKS.items() if who in people and party in PARTIES}, who
        assert (seen["agreements"] is None) == (who == "ap-provider")
        text = desk.as_(who).get(f"/cases/{cases['shared']}").text
        assert ("Example" in text) == (level != "meta")


PARTIES = {"pupil", "parent", "parent2", "home_head", "receiving_head", "social_worker"}


def test_auditors_read_what_happened_and_not_what_was_said(desk: Desk, cases: dict[str, str]) -> None:
    for who in ("auditor", "dpo", "parent"):
        events = desk.as_(who).get(f"/cases/{cases['shared']}/events?limit=200").json()
        assert events and not any("personal" in event for event in events)
        state = desk.as_(who).get(f"/cases/{cases['shared']}/state").text
        assert "Walked out of lessons" not in state
    assert "Walked out of lessons" in desk.as_("home-staff").get(f"/cases/{cases['shared']}/state").text


def test_the_feed_is_for_subscribers_of_ones_own_authority(desk: Desk, cases: dict[str, str]) -> None:
    for who in EVERYBODY:
        problem(desk.as_(who).get("/feed"), 403)
    desk.strangers["subscriber"] = Person("subscriber", "937", (), frozenset({"feed"}))
    desk.strangers["subscriber-885"] = Person("subscriber", "885", (), frozenset({"feed"}))
    wait = {"Wait-For": str(desk.head())}

    def subjects(who: str) -> set[str]:
        return {record["subject"] for record in desk.as_(who).get("/feed?limit=1000", headers=wait).json()}

    assert set(cases.values()) <= subjects("subscriber")
    assert not set(cases.values()) & subjects("subscriber-885")
    problem(desk.as_("subscriber").get("/feed?topic=case.contacts.v1"), 403)
