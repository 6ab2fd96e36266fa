"""Lists: every row once, in pages, with what one has just written in them; narrowed; searched without an address."""

from typing import Any

import pytest

from tests.api.desk import Desk, answers, problem, pupil


@pytest.fixture(scope="module")
def refs(desk: Desk) -> list[str]:
    """Seven cases, the first newest."""
    return [desk.open() for _ in range(7)][::-1]


def pages(desk: Desk, url: str, by: str = "caseworker", **headers: str) -> list[list[Any]]:
    found = []
    while url:
        page = desk.as_(by).get(url.removeprefix("/api/v1"), headers=headers)
        assert page.status_code == 200, page.text
        found.append(page.json())
        url = page.links.get("next", {}).get("url", "")
    return found


def last_position(desk: Desk) -> str:
    return str(desk.head())


def test_every_case_once_newest_first(desk: Desk, refs: list[str]) -> None:
    found = pages(desk, "/cases?limit=3", **{"Wait-For": last_position(desk)})

    listed = [row["ref"] for page in found for row in page]
    assert listed[:7] == refs
    assert len(set(listed)) == len(listed)
    assert all(len(page) == 3 for page in found[:-1])


def test_cases_that_come_in_between_disturb_no_page(desk: Desk, refs: list[str]) -> None:
    first = desk.as_("caseworker").get("/cases?limit=3", headers={"Wait-For": last_position(desk)})
    desk.open()

    second = desk.as_("caseworker").get(first.links["next"]["url"].removeprefix("/api/v1"))

    before = [row["ref"] for row in first.json()]
    assert not set(before) & {row["ref"] for row in second.json()}
    assert [row["ref"] for row in first.json() + second.json()] == refs[:6]


def test_every_task_once_those_owed_first_first(desk: Desk, refs: list[str]) -> None:
    given = {"If-Match": "*"}
    accepted = {"answers": answers("exclusion_prevention", "accept")}
    done = desk.as_("caseworker").post(f"/tasks/{refs[0]}-1/complete", json=accepted, headers=given)

    found = pages(desk, "/tasks?limit=2", **{"Wait-For": done.headers["position"]})

    rows = [row for page in found for row in page]
    tasks = [row["task"] for row in rows]
    assert len(set(tasks)) == len(tasks)
    assert {f"{ref}-1" for ref in refs[1:]} <= set(tasks)
    assert f"{refs[0]}-1" not in tasks
    assert [row["due"] or "9999" for row in rows] == sorted(row["due"] or "9999" for row in rows)


def test_tasks_are_narrowed(desk: Desk, refs: list[str]) -> None:
    client = desk.as_("caseworker2")
    claimed = client.post(f"/tasks/{refs[1]}-1/claim", json={})
    wait = {"Wait-For": claimed.headers["position"]}

    def found(query: str) -> set[str]:
        return {row["task"] for row in client.get(f"/tasks?limit=200&{query}", headers=wait).json()}

    assert found("mine") == found("mine=true") == {f"{refs[1]}-1"}
    assert f"{refs[1]}-1" not in found("team")
    assert f"{refs[2]}-1" in found("team")
    assert found("mine&team") == found("mine=false&team=false") == found("")
    assert found("late") == set()
    assert found(f"case={refs[2]}") == {f"{refs[2]}-1"}
    assert found("process=send_route") == set()
    problem(client.get("/tasks?cursor=nonsense"), 422)
    problem(client.get("/tasks?mine=perhaps"), 422)


def test_cases_are_narrowed(desk: Desk, refs: list[str]) -> None:
    closed = desk.as_("caseworker").post(
        f"/cases/{refs[3]}/close", json={"outcome": "MOVED_AREA", "reason": "Moved."}, headers={"If-Match": "*"}
    )
    wait = {"Wait-For": closed.headers["position"]}

    found = desk.as_("caseworker").get("/cases?status=closed", headers=wait).json()

    assert [(row["ref"], row["outcome"]) for row in found] == [(refs[3], "MOVED_AREA")]
    assert desk.as_("caseworker").get("/cases?process=managed_move", headers=wait).json() == []
    problem(desk.as_("caseworker").get("/cases?status=lost"), 422)


def test_one_reads_what_one_wrote(desk: Desk) -> None:
    for _ in range(20):
        opened = desk.as_("caseworker").post("/cases", json={"process": "exclusion_prevention", "answers": pupil()})
        ref = opened.json()["ref"]
        assert opened.headers["location"] == f"/api/v1/cases/{ref}"
        wait = {"Wait-For": opened.headers["position"]}

        assert desk.as_("caseworker").get("/cases?limit=1", headers=wait).json()[0]["ref"] == ref
        assert desk.as_("home-head").get(f"/tasks?case={ref}", headers=wait).json() == []
        claimed = desk.as_("caseworker").post(f"/tasks/{ref}-1/claim")
        wait = {"Wait-For": claimed.headers["position"]}
        mine = desk.as_("caseworker").get("/tasks?mine&limit=200", headers=wait).json()
        assert f"{ref}-1" in [row["task"] for row in mine]


def test_history_comes_in_pages(desk: Desk, refs: list[str]) -> None:
    for number in range(5):
        desk.as_("caseworker").post(f"/cases/{refs[4]}/notes", json={"text": f"Note {number}."})

    found = pages(desk, f"/cases/{refs[4]}/events?limit=2")

    versions = [event["version"] for page in found for event in page]
    assert versions == list(range(1, len(versions) + 1))
    after = desk.as_("caseworker").get(f"/cases/{refs[4]}/events?after={versions[-2]}").json()
    assert [event["version"] for event in after] == [versions[-1]]


def test_search_by_name_number_and_reference(desk: Desk) -> None:
    given = pupil(surname="Quillfeather", forename="Ada")
    opened = desk.as_("caseworker").post("/cases", json={"process": "exclusion_prevention", "answers": given})
    ref, wait = opened.json()["ref"], {"Wait-For": opened.headers["position"]}
    desk.as_("caseworker").get("/cases", headers=wait)

    for asked in ({"name": "quillfeather"}, {"name": "Ada Quillfeather"}, {"upn": given["upn"]}, {"ref": ref}):
        found = desk.as_("caseworker").post("/cases/search", json=asked).json()
        assert found[0]["ref"] == ref, asked
        assert desk.as_("caseworker-885").post("/cases/search", json=asked).json() == []
    assert desk.as_("auditor").post("/cases/search", json={"ref": ref}).json()[0]["surname"] is None
    problem(desk.as_("caseworker").post("/cases/search", json={}), 422)
    problem(desk.as_("parent").post("/cases/search", json={"name": "Quillfeather"}), 403)
