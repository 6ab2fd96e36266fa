"""The directories over HTTP: what each finds, what each sees of it, and how an authority keeps them up."""

from itertools import count
from typing import Any

import httpx
import pytest

from services.case.domain.people import Membership, Person
from tests.api.desk import Answer, Desk, problem

numbers = count(1)
TUITION: Answer = {
    "name": "Quiet Room Tuition",
    "kind": "tuition",
    "approval": {"state": "listed"},
    "quality": {"on": "2026-09-01", "until": "2027-08-31"},
    "safeguarding": {
        "staff_checks": {"on": "2026-09-01", "until": "2027-08-31"},
        "insurance": {"on": "2026-09-01", "until": "2027-08-31"},
    },
    "sites": [{"address": "1 Quiet Lane", "easting": 428300, "northing": 264900}],
}
OFFICE = {"contact": {"office": "Bookings", "phone": "01632 960150", "email": "bookings@quiet.example"}}


def found(desk: Desk, address: str, by: str = "caseworker") -> list[Answer]:
    """All of a list, page by page."""
    rows: list[Answer] = []
    while address:
        page = desk.as_(by).get(address)
        assert page.status_code == 200, page.text
        rows += page.json()
        address = page.links.get("next", {}).get("url", "").removeprefix("/api/v1")
    return rows


def ids(rows: list[Answer]) -> list[str]:
    return [row["id"] if "id" in row else row["urn"] for row in rows]


def one(desk: Desk, address: str, by: str = "caseworker", after: httpx.Response | None = None) -> Answer:
    headers = {"Wait-For": after.headers["position"]} if after is not None else {}
    answer = desk.as_(by).get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    body: Answer = answer.json()
    return body


def listed(desk: Desk, **changes: Any) -> str:
    """The address of a provider that the authority has just listed."""
    address = f"/directory/providers/QR-{next(numbers)}"
    body = {"provider": {**TUITION, **changes}, "contacts": OFFICE, "reason": "Visited and found good."}
    put = desk.as_("admin").put(address, json=body)
    assert put.status_code == 200, put.text
    one(desk, address, after=put)
    return address


def test_schools_come_nearest_first_in_a_straight_line(desk: Desk) -> None:
    rows = found(desk, "/directory/schools?near=900001&within_km=11&limit=2")

    assert [(row["urn"], row["distance_km"]) for row in rows] == [
        ("900001", 0.0), ("900006", 1.1), ("900004", 2.0), ("900002", 4.4), ("900005", 5.7), ("900003", 8.6),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "urns"),
    [
        ("text=fosse%20academy", ["900002"]),
        ("text=zz3%202mn", ["900102"]),
        ("text=937/0906", ["900006"]),
        ("text=100%25", []),
        ("urn=900002", ["900002"]),
        ("urn=900007", ["900007"]),
        ("text=%20900007%20", ["900007"]),
        ("urn=900002&text=avonbrook", []),
        ("urn=999999", []),
        ("key_stage=KS2&authority=937", ["900004"]),
        ("key_stage=KS5&authority=937", ["900003", "900002"]),
        ("need=ASD", ["900005"]),
        ("phase=primary", ["900004"]),
        ("status=closed", ["900007", "900103"]),
        ("text=fosse&status=any", ["900002", "900007"]),
        ("year=9", ["900003", "900002"]),
        ("year=8&near=900001", ["900002"]),
        ("near=900103&within_km=20", ["900101"]),
    ],
)
def test_schools_are_found_by_what_they_are(desk: Desk, query: str, urns: list[str]) -> None:
    assert ids(found(desk, f"/directory/schools?{query}")) == urns


@pytest.mark.parametrize("query", ["within_km=5", "near=123456", "near=900001&within_km=-1", "key_stage=KS9"])
def test_a_search_that_cannot_be_is_refused(desk: Desk, query: str) -> None:
    assert problem(desk.as_("caseworker").get(f"/directory/schools?{query}"), 422)["errors"]


def test_a_closed_school_is_shown_with_who_came_after_it(desk: Desk) -> None:
    school = one(desk, "/directory/schools/900103")

    assert (school["status"], school["closed_on"], school["number"]) == ("closed", "2019-08-31", "885/4903")
    assert [(link["urn"], link["name"], link["is"]) for link in school["links"]] == [
        ("900101", "Severn Reach School", "Successor - Split School"),
        ("900102", "Malvern Edge Academy", "Successor - Split School"),
    ]
    problem(desk.as_("caseworker").get("/directory/schools/123456"), 404)


def test_what_an_authority_adds_to_a_school_only_its_own_people_see(desk: Desk) -> None:
    for by in ("caseworker", "home-head", "home-staff", "ep", "admin"):
        assert one(desk, "/directory/schools/900002", by)["contacts"]["contact"]["office"] == "Inclusion lead", by
    for by in ("caseworker-885", "home-head-885", "parent", "pupil", "ap-provider"):
        school = one(desk, "/directory/schools/900002", by)
        assert (school["name"], school["additions"], school["contacts"]) == ("Fosse Meadow Academy", None, None), by
        assert found(desk, "/directory/schools?year=9", by) == []


def test_an_authority_adds_to_its_own_schools_with_a_reason(desk: Desk) -> None:
    address = "/directory/schools/900004"
    said = {"additions": {"capacity": [{"year": "4", "places": 60, "free": 3}], "counted_on": "2026-09-21"}}
    admin = desk.as_("admin")

    assert problem(admin.put(address, json=said), 422)["type"] == "/problems/reason-missing"
    put = admin.put(address, json={**said, "contacts": OFFICE, "reason": "Counted in September."})

    assert put.status_code == 200
    school = one(desk, address, "home-head", put)
    assert school["additions"]["capacity"] == said["additions"]["capacity"]
    assert school["contacts"] == OFFICE
    assert school["etag"] == put.headers["etag"] == one(desk, address, "admin")["etag"]
    assert "900004" in ids(found(desk, "/directory/schools?year=4"))
    problem(admin.put("/directory/schools/900101", json={**said, "reason": "Not ours."}), 404)
    problem(desk.as_("home-head").put(address, json={**said, "reason": "Not mine to say."}), 403)
    problem(desk.as_("caseworker-885").put(address, json={**said, "reason": "Not ours."}), 404)


def test_providers_come_nearest_first_and_say_why_they_cannot_be_chosen(desk: Desk) -> None:
    rows = {row["id"]: row for row in found(desk, "/directory/providers?near=900001&limit=2")}

    assert [id for id in rows if id.startswith("AP-")] == ["AP-1001", "AP-1005", "AP-1003", "AP-1002", "AP-1004"]
    assert (rows["AP-1001"]["distance_km"], rows["AP-1004"]["distance_km"]) == (0.7, None)
    assert {id: row["can_be_chosen"] for id, row in rows.items() if id.startswith("AP-")} == {
        "AP-1001": True, "AP-1005": True, "AP-1003": False, "AP-1002": True, "AP-1004": False,
    }  # fmt: skip
    assert len(rows["AP-1003"]["why_not"]) == 2
    assert rows["AP-1001"]["contacts"]["safeguarding"]["email"] == "safe@oldmill.example"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("need=ASD", ["AP-1002"]),
        ("key_stage=KS1", ["AP-1003"]),
        ("text=bicycle", ["AP-1001"]),
        ("hours=25&choosable=true", ["AP-1005", "AP-1001"]),
        ("choosable=false", ["AP-1003", "AP-1004"]),
        ("registered=false&key_stage=KS4", ["AP-1003", "AP-1002", "AP-1004"]),
        ("by=2026-09-30&key_stage=KS2", ["AP-1002"]),
        ("by=2026-09-06&key_stage=KS2", []),
        ("by=2026-09-30&key_stage=KS3", ["AP-1005", "AP-1001"]),
        ("near=900001&within_km=1", ["AP-1001"]),
    ],
)
def test_providers_are_found_by_what_they_offer(desk: Desk, query: str, expected: list[str]) -> None:
    assert [id for id in ids(found(desk, f"/directory/providers?{query}")) if id.startswith("AP-")] == expected


def test_of_providers_each_sees_what_they_need(desk: Desk) -> None:
    assert ids(found(desk, "/directory/providers", "caseworker-885")) == ["AP-2001"]
    assert ids(found(desk, "/directory/providers", "ap-provider")) == ["AP-1001"]
    problem(desk.as_("caseworker-885").get("/directory/providers/AP-1001"), 404)
    problem(desk.as_("ap-provider").get("/directory/providers/AP-1002"), 404)
    for by in ("pupil", "gb-clerk", "irp-clerk", "process-owner"):
        problem(desk.as_(by).get("/directory/providers"), 403)
    parents = one(desk, "/directory/providers/AP-1001", "parent")
    assert parents["name"] == "Old Mill Workshops"
    assert not parents.keys() & {"price", "contacts", "approval", "safeguarding", "why_not", "checks", "quality"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rung=restorative", ["behaviour-outreach", "restorative-conversations"]),
        ("need=SLCN&phase=secondary", ["move-transition", "restorative-conversations"]),
        ("kind=protocol", ["managed-move-protocol"]),
        ("kind=outreach&area=leamside", ["behaviour-outreach"]),
        ("kind=outreach&area=Arden", []),
        ("waiting_weeks=2&phase=secondary&text=school", ["inclusion-base", "move-transition", "school-to-school"]),
        ("kind=training", []),
        ("kind=training&all", ["de-escalation-training"]),
    ],
)
def test_what_helps_is_found_by_need_rung_phase_and_area(desk: Desk, query: str, expected: list[str]) -> None:
    assert ids(found(desk, f"/directory/strategies?{query}&limit=1")) == expected


def test_an_entry_of_the_inclusion_directory_is_kept_up(desk: Desk) -> None:
    address = "/directory/strategies/lunch-club"
    entry = {"title": "A lunch club", "kind": "strategy", "rungs": ["restorative"], "needs": ["SEMH"]}
    client = desk.as_("caseworker")

    wrong = client.put(address, json={"strategy": {**entry, "rungs": ["restorative", "x"]}, "reason": "New."})
    assert problem(wrong, 422)["errors"] == [
        {"pointer": "/strategy/rungs/1", "detail": "That is not a rung of the authority’s ladder."}
    ]
    put = client.put(address, json={"strategy": entry, "reason": "Asked for by schools."})
    assert one(desk, address, "parent", put)["title"] == "A lunch club"
    problem(desk.as_("caseworker-885").get(address), 404)
    problem(desk.as_("home-head").put(address, json={"strategy": entry, "reason": "Mine."}), 403)


def test_an_entry_is_changed_by_who_has_seen_it(desk: Desk) -> None:
    address, client = listed(desk), desk.as_("caseworker")
    body = {"provider": {**TUITION, "name": "Quiet Room"}, "contacts": OFFICE, "reason": "New name."}
    seen = one(desk, address)["etag"]

    assert problem(client.put(address, json=body), 428)["type"] == "/problems/precondition-missing"
    changed = client.put(address, json=body, headers={"If-Match": seen})
    assert changed.status_code == 200
    stale = problem(desk.as_("admin").put(address, json=body, headers={"If-Match": seen}), 412)
    assert stale["etag"] == changed.headers["etag"]
    assert one(desk, address, after=changed)["name"] == "Quiet Room"


def test_what_is_so_already_is_not_recorded_again(desk: Desk) -> None:
    address, client = listed(desk), desk.as_("caseworker")
    body = {"provider": TUITION, "contacts": OFFICE, "reason": "To be sure."}
    before = desk.head()

    again = client.put(address, json=body, headers={"If-Match": "*"})

    assert again.headers["etag"] == one(desk, address)["etag"]
    assert desk.head() == before


def test_the_same_request_again_gives_the_same_answer(desk: Desk) -> None:
    address, client = listed(desk), desk.as_("home-staff")
    body = {"check": {"on": "2026-09-25", "seen": ["site", "insurance"], "satisfied": True}, "note": "Saw a lesson."}
    headers = {"Idempotency-Key": f"check {address}".replace(" ", "-")}

    first = client.post(f"{address}/checks", json=body, headers=headers)
    again = client.post(f"{address}/checks", json=body, headers=headers)
    other = client.post(f"{address}/checks", json={**body, "note": "Another."}, headers=headers)

    assert (first.content, first.headers["position"]) == (again.content, again.headers["position"])
    assert problem(other, 422)["type"] == "/problems/key-used-otherwise"
    assert len(one(desk, address, after=first)["checks"]) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"quality": {"on": "2026-09-01", "until": "2026-08-31"}}, "/provider/quality/until"),
        ({"places": {"stages": [{"key_stage": "KS3", "places": 4, "free": 5}]}}, "/provider/places/stages/0/free"),
        ({"approval": {"state": "listed", "since": "2026-09-02", "until": "2026-09-01"}}, "/provider/approval/until"),
        ({"urn": "123456"}, "/provider/urn"),
        ({"urn": "12"}, "/provider/urn"),
        ({"kind": "castle"}, "/provider/kind"),
        ({"colour": "blue"}, "/provider"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_with_its_place(desk: Desk, changes: Answer, pointer: str) -> None:
    body = {"provider": {**TUITION, **changes}, "reason": "New."}

    refused = problem(desk.as_("admin").put("/directory/providers/QR-0", json=body), 422)

    assert [error["pointer"] for error in refused["errors"]] == [pointer]


def test_a_provider_says_itself_how_much_room_it_has(desk: Desk) -> None:
    address, said = "/directory/providers/AP-1001/places", {"places": {"stages": [{"key_stage": "KS4", "places": 8}]}}

    told = desk.as_("ap-provider").post(address, json=said)

    provider = one(desk, "/directory/providers/AP-1001", after=told)
    assert provider["places"] == {"stages": [{"key_stage": "KS4", "places": 8}]}
    assert provider["price"]["amount"] == 62.5
    problem(desk.as_("ap-provider").post("/directory/providers/AP-1002/places", json=said), 403)
    problem(desk.as_("home-head").post(address, json=said), 403)
    problem(desk.as_("caseworker-885").post(address, json=said), 404)
    assert desk.as_("caseworker").post(address, json={**said, "price": {"amount": 70}}).status_code == 200


def test_a_schools_own_check_is_its_own_and_the_authoritys(desk: Desk) -> None:
    address = listed(desk)
    check = {"check": {"on": "2026-09-25", "seen": ["site"], "satisfied": False}, "case": "EP-2026-000042"}

    made = desk.as_("senco").post(f"{address}/checks", json=check)

    seen = {by: one(desk, address, by, made)["checks"] for by in ("home-head", "receiving-head", "caseworker", "dpo")}
    assert [len(checks) for checks in seen.values()] == [1, 0, 1, 1]
    assert (seen["caseworker"][0]["school"], seen["caseworker"][0]["case"]) == ("900001", "EP-2026-000042")
    problem(desk.as_("caseworker").post(f"{address}/checks", json=check), 403)
    problem(desk.as_("home-staff").post(f"{address}/checks", json={**check, "school": "900002"}), 403)
    problem(desk.as_("home-staff").post("/directory/providers/none/checks", json=check), 404)
    tomorrow = {"check": {**check["check"], "on": "2027-09-25"}}  # type: ignore[dict-item]
    assert problem(desk.as_("home-staff").post(f"{address}/checks", json=tomorrow), 422)["errors"]


def test_a_form_refuses_a_provider_from_the_moment_on_which_it_is_suspended(desk: Desk) -> None:
    address = listed(desk)
    id = address.rpartition("/")[2]
    assert one(desk, address)["can_be_chosen"]

    body = {"provider": {**TUITION, "approval": {"state": "suspended"}}, "reason": "A complaint."}
    put = desk.as_("caseworker").put(address, json=body, headers={"If-Match": "*"})

    provider = one(desk, address, after=put)
    assert provider["why_not"] == ["Quiet Room Tuition is suspended: it takes no new placements."]
    assert id not in ids(found(desk, "/directory/providers?choosable"))


def test_subscribers_get_who_is_listed_in_codes_and_the_register_of_schools(desk: Desk) -> None:
    listed(desk)

    def feed(authority: str) -> list[Answer]:
        person = Person("subscriber", authority, (Membership("auditor", authority),), frozenset({"feed"}))
        with desk.served.with_token(desk.served.token_of(person)) as client:
            records: list[Answer] = client.get("/feed?topic=authority.events.v1&limit=1000").json()
        return records

    ours, theirs = feed("937"), feed("885")

    (register,) = [record for record in theirs if record["type"] == "authority.schools_imported.v1"]
    assert (register["source"], register["subject"]) == ("/schools", "schools")
    assert register in ours
    providers = [record["data"]["provider"] for record in theirs if record["type"] == "authority.provider_listed.v1"]
    assert providers == ["AP-2001"]
    assert "AP-1001" in str(ours)
    assert "oldmill" not in str(ours)
    assert "Visited" not in str(ours)
