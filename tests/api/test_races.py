"""Many people on one case at the same moment: each thing happens once, nobody is turned away without reason."""

import random
from collections import Counter
from collections.abc import Callable
from functools import partial

import httpx
import pytest

from services.case.application.files import HOUSE
from services.case.application.reference import stream_of
from services.case.process.bundle import process_folders
from services.case.scenarios import scenarios_of
from services.case.store.verify import verify
from tests.api.at_once import at_once
from tests.api.desk import PARTIES, Desk, answers, house_of

ROUNDS = 30
FITTING = {  # task -> named answers that scenarios give there
    (step["task"]): (process, step["answers"])
    for process, folder in process_folders([HOUSE]).items()
    for scenario in scenarios_of(folder)[0]
    for step in scenario.get("when", [])
    if "task" in step and isinstance(step.get("answers"), str) and "refused" not in step
}


def assert_whole(desk: Desk, ref: str) -> None:
    """Versions without a gap, and every link of the chain as it was recorded."""
    versions = [event["version"] for event in desk.events(ref)]
    assert versions == list(range(1, len(versions) + 1))
    with house_of(desk.served) as house:
        assert verify(house.database, stream_of(ref)).ok


@pytest.mark.parametrize("round", range(3))
def test_64_complete_the_same_task_and_one_does(desk: Desk, round: int) -> None:
    ref = desk.open()
    task = desk.task(ref)
    given = {"answers": answers("exclusion_prevention", "accept")}

    def complete(by: str) -> httpx.Response:
        return desk.as_(by).post(f"/tasks/{task['task']}/complete", json=given, headers={"If-Match": task["etag"]})

    found = at_once([partial(complete, ("caseworker", "caseworker2")[n % 2]) for n in range(64)])

    assert Counter(answer.status_code for answer in found) == {200: 1, 409: 63}
    assert {a.json()["type"] for a in found if a.status_code == 409} == {"/problems/task-over"}
    assert len(desk.events(ref, "case.task_completed.v1")) == 1
    assert_whole(desk, ref)


@pytest.mark.parametrize("round", range(5))
def test_four_parties_sign_at_the_same_moment(desk: Desk, round: int) -> None:
    ref = desk.moved_to_terms()
    etag = desk.as_("caseworker").get(f"/cases/{ref}/agreements").headers["etag"]

    def sign(party: str, by: str) -> httpx.Response:
        body = {"answers": answers("managed_move", f"agree_{party}")}
        return desk.as_(by).post(f"/cases/{ref}/agreements/{party}", json=body, headers={"If-Match": etag})

    found = at_once([partial(sign, party, by) for party, by in PARTIES.items()])

    assert [answer.status_code for answer in found] == [200] * 4
    assert desk.case(ref)["agreements"]["answers"] == dict.fromkeys(PARTIES, "agreed")
    assert [d["name"] for d in desk.case(ref)["deadlines"]] == ["cooling_off"]
    assert_whole(desk, ref)


def something(desk: Desk, ref: str, chance: random.Random) -> Callable[[], httpx.Response]:
    """Something that somebody may do with a case at any time, with what is open now."""
    case = desk.case(ref)
    tasks = case["open_tasks"] or [{"task": f"{ref}-1", "etag": '"gone"', "element": "", "role": "caseworker"}]
    task = chance.choice(tasks)
    seen = chance.choice(["*", task["etag"], case["etag"], '"stale"', ""])
    process, name = FITTING.get(task["element"], ("exclusion_prevention", "accept"))
    party = chance.choice(list(PARTIES))
    who = chance.choice(["caseworker", "caseworker2", "home-head", "home-staff", "senco", "receiving-head", "parent"])
    at, of = f"/tasks/{task['task']}", f"/cases/{ref}"
    fitting = {"answers": answers(process, name), "method": "phone"}
    agreed = {"answers": answers("managed_move", f"agree_{party}"), "method": "phone"}
    options: list[tuple[str, str, object]] = [
        ("POST", f"{at}/complete", fitting),
        ("POST", f"{at}/complete", fitting),
        ("POST", f"{at}/claim", {}),
        ("POST", f"{at}/release", {"reason": "Away."}),
        ("POST", f"{at}/reassign", {"to": chance.choice(["caseworker", "home-head"]), "reason": "Away."}),
        ("PUT", f"{at}/draft", {"answers": {"words": "So far."}}),
        ("GET", at, None),
        ("GET", of, None),
        ("GET", f"{of}/state", None),
        ("POST", f"{of}/notes", {"text": "Rang."}),
        ("POST", f"{of}/hold", {"reason": "Ill."}),
        ("POST", f"{of}/resume", {"reason": "Well."}),
        ("POST", f"{of}/corrections", {"field": "forename", "value": "Sam", "reason": "Wrong."}),
        ("POST", f"{of}/agreements/{party}", agreed),
        ("POST", f"{of}/agreements/{party}/withdraw", {"reason": "No longer."}),
        ("POST", f"{of}/processes", {"process": chance.choice(["exclusion_prevention", "send_route"])}),
    ]
    if chance.random() < 0.1:
        options = [
            ("POST", f"{of}/concerns", {"about": "Pressed."}),
            ("POST", f"{of}/close", {"outcome": "OPENED_IN_ERROR", "reason": "Wrong pupil."}),
            ("POST", f"{of}/reopen", {"reason": "After all."}),
        ]
    method, url, body = chance.choice(options)
    return partial(desk.as_(who).request, method, url, json=body, headers={"If-Match": seen} if seen else {})


def test_whatever_people_do_at_once_the_case_stays_whole(desk: Desk) -> None:
    chance = random.Random(20260928)
    ref = desk.moved_to_terms()
    said: Counter[int] = Counter()

    for _ in range(ROUNDS):
        said.update(answer.status_code for answer in at_once([something(desk, ref, chance) for _ in range(10)]))
        for action in ("resume", "reopen"):  # so that things go on happening
            desk.as_("caseworker").post(f"/cases/{ref}/{action}", json={"reason": "On."}, headers={"If-Match": "*"})

    assert {status for status in said if status >= 500} == set(), said
    assert {200, 409, 412, 428} <= set(said), said
    assert_whole(desk, ref)
