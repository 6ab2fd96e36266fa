"""A suspension recorded over HTTP reaches the pupil's register; of another council's one learns the half days only."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contracts import chain
from services.case.domain.people import Person
from tests.api.desk import Answer, Desk, answers, numbers, problem, pupil, upn
from tests.store.embedding import until

SUBSCRIBERS = {code: Person(f"subscriber-{code}", code, (), frozenset({"feed"})) for code in ("937", "885")}
AUTUMN = {"school_year": "2026/27", "term": "autumn"}


@pytest.fixture
def number() -> str:
    return upn(next(numbers))


def suspension(desk: Desk, upn: str, by: str = "home-head", school: str = "900001") -> str:
    """A case for a pupil, at the proposal of a suspension."""
    form = pupil("suspension", "pupil_k", upn=upn, home_school=school)
    if school == "900101":
        form |= {"referrer_role": "home-head"}
    opened = desk.as_(by).post("/cases", json={"process": "suspension", "answers": form, "confirm_new": True})
    assert opened.status_code == 201, opened.text
    return str(opened.json()["ref"])


def proposal(**changes: Any) -> Answer:
    on = {"start_on": "2026-09-28", "incident_on": "2026-09-25", "return_on": "2026-09-30"}
    return answers("suspension", "two_days", **{**on, **changes})


def notice(**changes: Any) -> Answer:
    on = {"told_on": "2026-09-28", "notice_on": "2026-09-28", "board_told_on": "2026-09-28"}
    return answers("suspension", "notice", **{**on, **changes})


def suspend(desk: Desk, ref: str, by: str = "home-head", **changes: Any) -> None:
    complete(desk, ref, "propose", by, proposal(**changes))
    if any(task["element"] == "weigh" for task in open_tasks(desk, ref, by)):
        complete(desk, ref, "weigh", by, answers("suspension", "weigh_issue"))
    complete(desk, ref, "give_notice", by, notice())


def open_tasks(desk: Desk, ref: str, by: str) -> list[Answer]:
    found: list[Answer] = desk.as_(by).get(f"/cases/{ref}").json()["open_tasks"]
    return found


def complete(desk: Desk, ref: str, element: str, by: str, given: Answer) -> None:
    done = answer(desk, ref, element, by, given)
    assert done.status_code == 200, done.text


def answer(desk: Desk, ref: str, element: str, by: str, given: Answer) -> Any:
    (task,) = (task for task in open_tasks(desk, ref, by) if task["element"] == element)
    headers = {"If-Match": task["etag"]}
    return desk.as_(by).post(f"/tasks/{task['task']}/complete", json={"answers": given}, headers=headers)


def register(desk: Desk, ref: str, by: str = "home-head") -> Answer:
    found = desk.as_(by).get(f"/cases/{ref}/register")
    assert found.status_code == 200, found.text
    body: Answer = found.json()
    return body


def records(desk: Desk, code: str) -> list[Answer]:
    """What a council's subscriber gets of registers."""
    return [record for record in feed(desk, code) if record["source"] == "/registers"]


def feed(desk: Desk, code: str) -> list[Answer]:
    """Everything that a council's subscriber gets."""
    desk.strangers[f"subscriber-{code}"] = SUBSCRIBERS[code]
    found: list[Answer] = []
    url = "/feed?topic=case.events.v1&limit=200&after=0"
    while True:
        page = desk.as_(f"subscriber-{code}").get(url, headers={"Wait-For": str(desk.head())})
        found += page.json()
        url = page.links["next"]["url"].removeprefix("/api/v1")
        if not page.json():
            return found


def entered(desk: Desk, ref: str) -> list[Answer]:
    """What the registers have of a case."""
    return [r for r in records(desk, "937") if r["data"].get("entry", {}).get("case") == ref]


def test_a_suspension_is_counted_at_once_and_entered_a_moment_later(desk: Desk, number: str) -> None:
    ref = suspension(desk, number)

    suspend(desk, ref)

    found = register(desk, ref)
    assert found["totals"] == [{**AUTUMN, "half_days": 4, "lunchtimes": 0}]
    assert found["school_year"] == {"name": "2026/27", "half_days": 4, "limit": 90, "left": 86}
    assert [(e["kind"], e["start"], e["end"], e["this_case"]) for e in found["entries"]] == [
        ("SUSP", "2026-09-28", "2026-09-29", True)
    ]
    until(lambda: len(entered(desk, ref)) == 1, "the register")
    (record,) = entered(desk, ref)
    assert record["type"] == "register.exclusion_entered.v1"
    assert record["subject"] == record["partitionkey"]
    assert record["data"]["totals"] == [{**AUTUMN, "half_days": 4, "lunchtimes": 0}]
    (cause,) = (r for r in feed(desk, "937") if r["id"] == record["causationid"])
    assert (cause["type"], cause["subject"]) == ("case.exclusion_notified.v1", ref)
    assert number not in str(records(desk, "937"))


def test_suspended_by_two_councils_at_once_both_count_and_each_sees_its_own(desk: Desk, number: str) -> None:
    here, there = suspension(desk, number), suspension(desk, number, "home-head-885", "900101")

    with ThreadPoolExecutor(2) as pool:
        for done in [
            pool.submit(suspend, desk, here),
            pool.submit(suspend, desk, there, "home-head-885", half_days=6, return_on="2026-10-01"),
        ]:
            done.result()

    both = [{**AUTUMN, "half_days": 10, "lunchtimes": 0}]
    until(lambda: register(desk, here)["totals"] == register(desk, there, "home-head-885")["totals"] == both, "both")
    mine, theirs = register(desk, here), register(desk, there, "home-head-885")
    assert [entry["half_days"] for entry in mine["entries"]] == [4]
    assert mine["at_other_councils"] == [{**AUTUMN, "half_days": 6}]
    assert theirs["at_other_councils"] == [{**AUTUMN, "half_days": 4}]

    until(lambda: len(entered(desk, here)) == 1, "the register")
    stream = next(r["subject"] for r in records(desk, "937") if r["data"].get("entry", {}).get("case") == here)
    seen = {code: [r for r in records(desk, code) if r["subject"] == stream] for code in SUBSCRIBERS}
    assert [r["data"]["totals"] for r in seen["937"]] == [r["data"]["totals"] for r in seen["885"]]
    assert sorted("entry" in r["data"] for r in seen["937"]) == [False, True]
    assert [("entry" in r["data"]) for r in seen["937"]] == [("entry" not in r["data"]) for r in seen["885"]]
    for code in SUBSCRIBERS:
        assert_chained(seen[code])


def assert_chained(of_stream: list[Answer]) -> None:
    """Every link is there, also of what is another council's."""
    previous = chain.GENESIS
    for place, record in enumerate(of_stream, start=1):
        head = chain.header(record["partitionkey"], place, record["type"], record["time"])
        digests = (bytes.fromhex(record["factshash"]), bytes.fromhex(record["sealedhash"]))
        previous = chain.link(previous, head, *digests)
        assert (record["sequence"], record["hash"]) == (place, previous.hex())


def test_what_comes_to_light_elsewhere_is_a_task_for_the_clerk(desk: Desk, number: str) -> None:
    here, there = suspension(desk, number), suspension(desk, number, "home-head-885", "900101")
    suspend(desk, here)

    suspend(desk, there, "home-head-885", half_days=8, return_on="2026-10-02")

    def tasks() -> list[str]:
        return sorted(task["element"] for task in open_tasks(desk, here, "home-head"))

    until(lambda: "recheck" in tasks(), "the clerk's task")
    assert tasks() == ["cancel", "recheck"]
    assert [e["facts"]["message"] for e in desk.events(here, "case.message_received.v1")] == ["register_changed"]


def test_more_than_45_days_in_a_school_year_is_refused_with_where_they_were(desk: Desk, number: str) -> None:
    here, there = suspension(desk, number), suspension(desk, number, "home-head-885", "900101")
    suspend(desk, there, "home-head-885", half_days=60, return_on="2026-11-13")
    until(lambda: register(desk, here)["totals"] != [], "the other council's entry")

    refused = answer(desk, here, "propose", "home-head", proposal(half_days=32, return_on="2026-10-20"))

    (error,) = problem(refused, 422)["errors"]
    assert error["pointer"] == "/answers/half_days"
    assert "45 school days" in error["detail"]
    assert "30 days at schools of other councils" in error["detail"]
    assert "What is left: 15 days." in error["detail"]
    assert "900101" not in error["detail"]
    complete(desk, here, "propose", "home-head", proposal(half_days=30, return_on="2026-10-19"))
    assert {task["element"] for task in open_tasks(desk, here, "home-head")} == {"weigh"}  # before it is issued


def test_a_correction_is_a_later_revision_and_counts(desk: Desk, number: str) -> None:
    ref = suspension(desk, number)
    suspend(desk, ref)
    propose = next(e for e in desk.events(ref, "case.task_completed.v1") if e["facts"]["element"] == "propose")

    correct(desk, ref, f"{ref}-{propose['facts']['task']}", "half_days", 2)

    assert register(desk, ref)["totals"] == [{**AUTUMN, "half_days": 2, "lunchtimes": 0}]
    until(lambda: [r["data"]["entry"]["revision"] for r in entered(desk, ref)] == [1, 2], "the correction")


def correct(desk: Desk, ref: str, task: str | None, field: str, value: Any) -> None:
    etag = desk.as_("caseworker").get(f"/cases/{ref}").headers["etag"]
    body = {"task": task, "field": field, "value": value, "reason": "Written down wrongly."}
    done = desk.as_("caseworker").post(f"/cases/{ref}/corrections", json=body, headers={"If-Match": etag})
    assert done.status_code == 200, done.text


def test_with_the_right_number_the_suspension_is_in_the_right_register(desk: Desk, number: str) -> None:
    wrong = upn(next(numbers))
    ref = suspension(desk, wrong)
    suspend(desk, ref)
    until(lambda: len(entered(desk, ref)) == 1, "the first register")

    correct(desk, ref, None, "upn", number)

    until(lambda: len(entered(desk, ref)) == 2, "the second register")
    first, second = entered(desk, ref)
    assert first["subject"] != second["subject"]
    left = [r for r in records(desk, "937") if r["subject"] == first["subject"]][-1]
    assert (left["type"], left["data"]["totals"]) == ("register.entries_given.v1", [])


def test_two_numbers_of_one_pupil_are_merged_and_parted_again(desk: Desk, number: str) -> None:
    former = upn(next(numbers))
    ref = suspension(desk, former)
    suspend(desk, ref)
    until(lambda: len(entered(desk, ref)) == 1, "the register")
    team, body = desk.as_("caseworker"), {"upn": number, "former_upn": former, "reason": "A number of before."}

    merged = team.post("/registers/merge", json=body, headers={"Idempotency-Key": f"merge-{number}"})
    again = team.post("/registers/merge", json=body, headers={"Idempotency-Key": f"merge-{number}"})

    assert merged.json() == again.json() == {"totals": [{**AUTUMN, "half_days": 4, "lunchtimes": 0}]}
    assert problem(team.post("/registers/merge", json=body), 409)["type"] == "/problems/registers-already-one"
    parted = team.post(
        "/registers/split", json={"upn": number, "other_upn": former, "entries": [f"{ref}.1"], "reason": "Two pupils."}
    )
    assert parted.json() == {"totals": [{**AUTUMN, "half_days": 4, "lunchtimes": 0}]}
    assert register(desk, ref)["totals"] == [{**AUTUMN, "half_days": 4, "lunchtimes": 0}]


def test_registers_are_put_right_by_the_council_that_has_to_do_with_the_pupil(desk: Desk, number: str) -> None:
    suspend(desk, suspension(desk, number))
    body = {"upn": number, "former_upn": "W88540102401A", "reason": "A temporary number."}

    problem(desk.as_("home-head").post("/registers/merge", json=body), 403)
    problem(desk.as_("caseworker-885").post("/registers/merge", json=body), 404)
    wrong = desk.as_("caseworker").post("/registers/merge", json={**body, "upn": "A801200005001"})
    assert problem(wrong, 422)["type"] == "/problems/number-wrong"
    problem(desk.as_("caseworker").post("/registers/merge", json={**body, "reason": " "}), 422)
    entries = {"upn": number, "other_upn": "W88540102401A", "entries": ["no-such.1"], "reason": "Two pupils."}
    problem(desk.as_("caseworker").post("/registers/split", json=entries), 404)


def test_a_register_is_for_those_who_work_with_the_case(desk: Desk, number: str) -> None:
    ref = suspension(desk, number)

    for who, status in (("parent", 403), ("auditor", 403), ("home-head-885", 404), ("receiving-head", 404)):
        problem(desk.as_(who).get(f"/cases/{ref}/register"), status)
    assert register(desk, ref, "senco")["totals"] == []
