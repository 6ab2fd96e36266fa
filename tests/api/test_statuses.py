"""Every address refuses in the same order and the same words: who asks, what is there, how it is said."""

import re

import httpx
import pytest

from services.case.api.problems import OTHERS, STATUS
from services.case.api.routes import ROUTES
from tests.api.desk import Desk, problem

NOW = {"on": "2026-09-01", "until": "2027-08-31"}
PROVIDER = {"name": "A", "kind": "tuition", "approval": {"state": "listed"}, "quality": NOW}
CHECK = {"on": "2026-09-01", "seen": ["site"], "satisfied": True}
STRATEGY = {"title": "A", "kind": "strategy"}
MERGE = {"upn": "P937423718250", "former_upn": "W88540102401A", "reason": "The temporary one before."}
SPLIT = {"upn": "P937423718250", "other_upn": "W88540102401A", "entries": ["a"], "reason": "Two pupils."}

# Method, address, a body that is right, and who may use it. {ref} and {id} are of a case and task that are there.
ADDRESSES = [
    ("GET", "/processes", None, "caseworker"),
    ("GET", "/tasks", None, "caseworker"),
    ("GET", "/tasks/{id}", None, "caseworker"),
    ("POST", "/tasks/{id}/claim", {}, "caseworker"),
    ("POST", "/tasks/{id}/release", {"reason": "Away."}, "caseworker"),
    ("POST", "/tasks/{id}/reassign", {"to": "caseworker2", "reason": "Away."}, "caseworker"),
    ("POST", "/tasks/{id}/complete", {"answers": {}}, "caseworker"),
    ("PUT", "/tasks/{id}/draft", {"answers": {}}, "caseworker"),
    ("GET", "/cases", None, "caseworker"),
    ("POST", "/cases", {"process": "exclusion_prevention", "answers": {}}, "caseworker"),
    ("POST", "/cases/search", {"name": "Nobody"}, "caseworker"),
    ("GET", "/cases/{ref}", None, "caseworker"),
    ("GET", "/cases/{ref}/events", None, "caseworker"),
    ("GET", "/cases/{ref}/state", None, "caseworker"),
    ("GET", "/cases/{ref}/why/1", None, "caseworker"),
    ("POST", "/cases/{ref}/notes", {"text": "Rang."}, "caseworker"),
    ("POST", "/cases/{ref}/corrections", {"field": "surname", "value": "Sample", "reason": "Wrong."}, "caseworker"),
    ("POST", "/cases/{ref}/concerns", {"about": "Pressed."}, "caseworker"),
    ("POST", "/cases/{ref}/hold", {"reason": "Ill."}, "caseworker"),
    ("POST", "/cases/{ref}/resume", {"reason": "Well."}, "caseworker"),
    ("POST", "/cases/{ref}/close", {"outcome": "MOVED_AREA", "reason": "Moved."}, "caseworker"),
    ("POST", "/cases/{ref}/reopen", {"reason": "Back."}, "caseworker"),
    ("POST", "/cases/{ref}/processes", {"process": "send_route"}, "caseworker"),
    ("GET", "/cases/{ref}/agreements", None, "caseworker"),
    ("POST", "/cases/{ref}/agreements/{party}", {"answers": {}}, "caseworker"),
    ("POST", "/cases/{ref}/agreements/{party}/withdraw", {}, "caseworker"),
    ("PUT", "/cases/{ref}/contacts/{party}", {"contact": {"prefers": "letter"}}, "caseworker"),
    ("GET", "/cases/{ref}/register", None, "caseworker"),
    ("POST", "/registers/merge", MERGE, "caseworker"),
    ("POST", "/registers/split", SPLIT, "caseworker"),
    ("GET", "/calendars", None, "admin"),
    ("POST", "/calendars", {"calendar": 'urn = "900004"', "because": "other"}, "admin"),
    ("POST", "/calendars/closures", {"days": ["2026-10-14"], "reason": "weather"}, "admin"),
    ("POST", "/calendars/closures/{closure}/withdraw", {"because": "other"}, "admin"),
    ("GET", "/directory/schools", None, "caseworker"),
    ("GET", "/directory/schools/{urn}", None, "caseworker"),
    ("PUT", "/directory/schools/{urn}", {"additions": {}, "reason": "Counted."}, "caseworker"),
    ("GET", "/directory/providers", None, "caseworker"),
    ("GET", "/directory/providers/{provider}", None, "caseworker"),
    ("PUT", "/directory/providers/{provider}", {"provider": PROVIDER, "reason": "New."}, "caseworker"),
    ("POST", "/directory/providers/{provider}/places", {"places": {}}, "ap-provider"),
    ("POST", "/directory/providers/{provider}/checks", {"check": CHECK}, "home-staff"),
    ("GET", "/directory/strategies", None, "caseworker"),
    ("GET", "/directory/strategies/{strategy}", None, "caseworker"),
    ("PUT", "/directory/strategies/{strategy}", {"strategy": STRATEGY, "reason": "New."}, "caseworker"),
    ("GET", "/feed", None, "subscriber"),
]
NAMED = {(method, path.replace("/1", "/{what}")) for method, path, _, _ in ADDRESSES}
ADDRESSES += [  # whatever else there is
    (route.method, route.path, None if route.body is None else {}, "admin")
    for route in ROUTES
    if (route.method, route.path) not in NAMED
]
WRITES = [entry for entry in ADDRESSES if entry[2] is not None and entry[1] != "/results"]  # that takes a list
OF_A_THING = [entry for entry in ADDRESSES if "{ref}" in entry[1] or "{id}" in entry[1]]


def name(entry: object) -> str:
    return f"{entry[0]} {entry[1]}" if isinstance(entry, tuple) else ""


@pytest.fixture(scope="module")
def ref(desk: Desk) -> str:
    return desk.open()


def at(address: str, ref: str) -> str:
    known = address.replace("{ref}", ref).replace("{id}", f"{ref}-1").replace("{party}", "parent")
    known = (
        known.replace("{measure}", "suspensions")
        .replace("{urn}", "900001")
        .replace("{bundle}", "0" * 64)
        .replace("{calendar}", "0" * 64)
    )
    return re.sub(r"{\w+}", "1", known)


@pytest.mark.parametrize("entry", ADDRESSES, ids=name)
def test_nobody_gets_in_without_signing_in(entry: tuple[str, str, object, str], desk: Desk, ref: str) -> None:
    method, address, body, _ = entry

    answer = httpx.request(method, f"{desk.served.address}/api/v1{at(address, ref)}", json=body)

    assert problem(answer, 401)["type"] == "/problems/not-signed-in"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("entry", OF_A_THING, ids=name)
def test_what_is_not_there_is_not_there(entry: tuple[str, str, object, str], desk: Desk) -> None:
    method, address, body, who = entry

    for unknown in ("EP-2026-999999", "nonsense", "EP-2026-00001", "EP-2026-٠٠٠٠٠١"):
        answer = desk.as_(who).request(method, at(address, unknown), json=body, headers={"If-Match": "*"})

        assert problem(answer, 404)["type"] in ("/problems/case-unknown", "/problems/task-unknown")


@pytest.mark.parametrize("entry", OF_A_THING, ids=name)
def test_another_councils_case_is_not_there_either(entry: tuple[str, str, object, str], desk: Desk, ref: str) -> None:
    method, address, body, _ = entry

    for stranger in ("caseworker-885", "home-head-885"):
        answer = desk.as_(stranger).request(method, at(address, ref), json=body, headers={"If-Match": "*"})

        assert problem(answer, 404)["type"] in ("/problems/case-unknown", "/problems/task-unknown")


@pytest.mark.parametrize("entry", WRITES, ids=name)
def test_how_a_body_must_be_said(entry: tuple[str, str, dict[str, object], str], desk: Desk, ref: str) -> None:
    method, address, body, who = entry
    before = desk.case(ref)

    def sent(content: object, kind: str = "application/json") -> httpx.Response:
        more = {"content": content} if isinstance(content, bytes) else {"json": content}
        headers = {"Content-Type": kind, "If-Match": "*"}
        return desk.as_(who).request(method, at(address, ref), headers=headers, **more)

    assert problem(sent(b"{"), 400)["type"] == "/problems/body-malformed"
    assert problem(sent(b"\xff\xfe"), 400)["type"] == "/problems/body-malformed"
    assert problem(sent(b"a=b", "application/x-www-form-urlencoded"), 415)["type"] == "/problems/media-type-unknown"
    assert problem(sent(b" " * 1_000_001), 413)["type"] == "/problems/too-large"
    for wrong in ([], "text", 7, b"null"):
        assert problem(sent(wrong), 422)["errors"][0]["pointer"] == ""
    extra = problem(sent({**body, "no_such_field": 1}), 422)
    assert extra["type"] == "/problems/body-invalid"
    assert "no_such_field" in extra["errors"][0]["detail"] or who == "admin"
    for field in body:
        wrong_type = problem(sent({**body, field: [[]]}), 422)
        assert wrong_type["errors"][0]["pointer"] in (f"/{field}", f"/{field}/0", "")
    assert desk.case(ref)["etag"] == before["etag"]
    assert desk.case(ref)["open_tasks"] == before["open_tasks"]


@pytest.mark.parametrize("entry", [e for e in ADDRESSES if e[0] == "GET"], ids=name)
def test_a_query_is_read_strictly(entry: tuple[str, str, object, str], desk: Desk, ref: str) -> None:
    _, address, _, who = entry
    client = desk.as_(who) if who != "subscriber" else desk.as_("caseworker")

    for query in ("no_such_name=1", "limit=ten", "limit=5&limit=5", "limit=0", "limit=-1", "limit=5%00"):
        problem(client.get(f"{at(address, ref)}?{query}"), 422)
    for position in ("ten", "-1", "", "9" * 40, "²", "1.5"):
        problem(client.get(at(address, ref), headers=[(b"Wait-For", position.encode("latin-1"))]), 422)


def test_addresses_and_methods_that_are_not(desk: Desk) -> None:
    client = desk.as_("caseworker")

    assert problem(client.get("/nothing"), 404)["type"] == "/problems/no-such-page"
    assert problem(client.get("/cases/"), 404)["type"] == "/problems/no-such-page"
    wrong = client.delete("/cases")
    assert problem(wrong, 405)["type"] == "/problems/not-that-method"
    assert wrong.headers["allow"]


def test_every_problem_opens_as_a_page(desk: Desk) -> None:
    for slug in [refusal.slug for refusal in STATUS] + list(OTHERS):
        page = httpx.get(f"{desk.served.address}/problems/{slug}")

        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "<h1" in page.text
    assert httpx.get(f"{desk.served.address}/problems/nothing").status_code == 404
