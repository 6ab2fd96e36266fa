"""Every page, by everybody: who may visit it, who is refused, and that another council's same role is refused.

A page that is added without a line here fails.
"""

from collections.abc import Callable, Iterator

import pytest

from services.case.domain.permissions import ACTIONS
from services.case.samples import sample_people
from services.case.web.routes import PAGES
from tests.api.desk import Desk
from tests.api.documents import PDF
from tests.journeys.filled import administered, improved, version_in_use
from tests.journeys.pages import EVERYWHERE, address
from tests.serving import Served
from tests.web.browsing import Browser

PEOPLE = sample_people()
SCHOOL = {"home-staff", "home-head", "senco"}
TEAM = {"caseworker", "caseworker2"}
FAMILY = {"parent", "pupil"}
OWN = TEAM | SCHOOL  # work with the case from the start
ASKED = {"receiving-head", *FAMILY}  # have a part in it
META = {"auditor", "dpo"}
EVERYBODY = set(PEOPLE)

# The address of each page in a case with terms to agree to -> who gets it, of those who may visit such a page at all.
CASE = {
    "/cases/{ref}": OWN | ASKED | META,
    "/cases/{ref}/why/{what}": OWN | ASKED | META,
    "/cases/{ref}/people": OWN | ASKED | META,
    "/cases/{ref}/people/{party}/withdraw": OWN | ASKED | META,
    "/cases/{ref}/people/{party}/contact": OWN | {"parent"},
    "/cases/{ref}/people/{party}/link": TEAM,
    "/cases/{ref}/messages": OWN | ASKED | META,
    "/cases/{ref}/messages/{notice}/{to}": OWN | {"parent"},
    "/cases/{ref}/messages/{notice}/{to}/pdf": OWN | {"parent"},
    "/cases/{ref}/files/{file}": OWN,
    "/cases/{ref}/files": OWN | ASKED | META,
    "/cases/{ref}/history": OWN | META | {"parent"},
    "/cases/{ref}/replay": OWN | META | {"parent"},
    "/cases/{ref}/compare": OWN | META | {"parent"},
    "/cases/{ref}/export": META,
    "/cases/{ref}/verify": META,
    "/cases/{ref}/access": META,
    "/cases/{ref}/dates.ics": OWN | ASKED | META,
    "/cases/{ref}/answers": OWN | META | {"parent"},
    "/cases/{ref}/answers/{task}/{field}": OWN | {"dpo"},
    "/cases/{ref}/answers/{task}/{field}/questions/{step}": OWN | {"dpo"},
    "/cases/{ref}/answers/{task}/{field}/check": OWN | {"dpo"},
    "/cases/{ref}/note": OWN,
    "/cases/{ref}/break-glass": META,
    "/cases/{ref}/concern": TEAM | {"senco"} | FAMILY,
    "/cases/{ref}/hold": TEAM | {"home-head"},
    "/cases/{ref}/resume": TEAM | {"home-head"},
    "/cases/{ref}/close": TEAM,
    "/cases/{ref}/reopen": TEAM,
    "/cases/{ref}/processes": TEAM | {"home-staff", "home-head"},
    "/tasks/{id}": TEAM | {"parent", "send-caseworker"},
    "/tasks/{id}/reassign": TEAM | {"parent", "send-caseworker"},
    "/tasks/{id}/questions/{step}": TEAM | {"parent", "send-caseworker"},
    "/tasks/{id}/check": TEAM | {"parent", "send-caseworker"},
}
CASE["/tasks/{id}"] -= {"send-caseworker"}
for page in ("/tasks/{id}/reassign", "/tasks/{id}/questions/{step}", "/tasks/{id}/check"):
    CASE[page] = CASE["/tasks/{id}"]
ELSEWHERE = {
    "/sign-in/start",
    "/sign-in/done",
    "/cases/{ref}/meetings/{task}.ics",
}  # test_signing_in.py, test_meetings.py
BY_LINK = {page.path for page in PAGES if page.who == "link"} | {"/link/{token}"}  # test_family_links.py
# Pages that are about no case: whoever has a role for them gets them, if what they are about is their council's.
PLAIN = {page.path for page in PAGES if page.method == "GET"} - CASE.keys() - ELSEWHERE - BY_LINK
SOME_SEE = {"/directory/providers/{provider}", "/surveys/{survey}"}  # test_directory.py, test_improving.py
GIVEN = {"ep": {"process-owner"}}  # by `administered`
OF_ALL = {
    "/directory/schools/{urn}",
    "/measures/{measure}",
    "/measures/{measure}/cases",
    "/measures/{measure}/csv",
    "/problems/{slug}",
    "/reports/new/questions/{step}",
}
At = Callable[[str], Browser]


@pytest.fixture(scope="module")
def people(served: Served) -> Iterator[dict[str, Browser]]:
    """Everybody, signed in."""
    signed_in = {name: Browser(served.address).sign_in(name) for name in PEOPLE}
    yield signed_in
    for browser in signed_in.values():
        browser.close()


@pytest.fixture(scope="module")
def addresses(desk: Desk, people: dict[str, Browser]) -> dict[str, str]:
    ref = desk.moved_to_terms()
    parts = {"{task}": "0", "{field}": "surname", "{ref}": ref, "{what}": "d1", "{party}": "parent", "{step}": "1"}
    parts["{id}"] = desk.task(ref, party="parent")["task"]
    letter = next(one for one in desk.as_("caseworker").get(f"/cases/{ref}/messages").json() if one["to"] == "parent")
    parts |= {"{notice}": str(letter["notice"]), "{to}": "parent"}
    added = desk.as_("caseworker").post("/files", files={"file": ("minutes.pdf", PDF)}, data={"case": ref})
    parts["{file}"] = added.json()["file"]
    for name in META:  # they say why first
        people[name].look_at(ref)
    return {path: address(path, parts) for path in CASE}


@pytest.fixture(scope="module")
def plain(desk: Desk) -> dict[str, str]:
    """The address of each page that is about no case. Raises KeyError for a part that nobody has thought of."""
    parts = EVERYWHERE | {"{bundle}": version_in_use(desk)} | administered(desk) | improved(desk)
    return {path: address(path, parts) for path in PLAIN}


def test_every_page_is_looked_at_here(addresses: dict[str, str]) -> None:
    assert {page.path for page in PAGES if page.method == "GET"} >= addresses.keys() | ELSEWHERE
    assert not [path for path in PLAIN if path.startswith(("/cases/{ref}", "/tasks/{id}"))]


def test_every_page_declares_a_role_that_there_is() -> None:
    for page in PAGES:
        assert page.who in {*ACTIONS, "answering", "signed-in", "link", "anybody"}, page.path
    open_ones = {page.path for page in PAGES if page.who == "anybody"}
    assert open_ones == {
        "/",
        "/sign-in",
        "/sign-in/start",
        "/sign-in/done",
        "/signed-out",
        "/help",
        "/accessibility",
    } | {
        "/privacy",
        "/cookies",
        "/licences",
        "/problems/{slug}",
        "/link/{token}",
    }


def test_nobody_gets_a_page_who_is_not_signed_in(
    served: Served, addresses: dict[str, str], plain: dict[str, str]
) -> None:
    stranger, everywhere = Browser(served.address), addresses | plain
    for page in PAGES:
        if page.path in everywhere and page.method == "GET" and page.who not in ("anybody", "link"):
            assert stranger.open(everywhere[page.path]).path == "/sign-in", page.path
    stranger.close()


def test_a_page_of_a_case_is_for_those_who_work_with_it(people: dict[str, Browser], addresses: dict[str, str]) -> None:
    for path, there in addresses.items():
        got = {name for name, browser in people.items() if browser.open(there).status == 200}
        assert got == CASE[path], path


def test_other_pages_are_for_whoever_has_a_role_for_them(people: dict[str, Browser], plain: dict[str, str]) -> None:
    who = {page.path: page.who for page in PAGES if page.method == "GET"}
    wrong = []
    for path, there in plain.items():
        for name, browser in people.items():
            roles = {m.role for m in PEOPLE[name].roles} | GIVEN.get(name, set())
            roles |= {"home-head", "receiving-head"} if roles & {"home-head", "receiving-head"} else set()
            may = who[path] in ("anybody", "answering", "signed-in") or bool(roles & set(ACTIONS[who[path]]))
            status = browser.open(there).status
            expected = {200} if may else {403}
            if may and "{" in path and path not in OF_ALL and PEOPLE[name].authority != "937":
                expected = {403, 404}  # another council's
            if path in SOME_SEE and may:
                expected = {200, 404}
            if path.startswith("/cases/new/") and may:
                expected = {200, 422, 404}  # another council may not have the process in use
            if status not in expected:
                wrong.append((path, name, status))
    assert wrong == []


def test_what_pages_do_is_refused_to_those_who_may_not(
    people: dict[str, Browser], addresses: dict[str, str], desk: Desk
) -> None:
    posts = {page.path for page in PAGES if page.method == "POST"}
    case = {path for path in posts if path in CASE} | {"/tasks/{id}/begin", "/tasks/{id}/release"}
    before = desk.case(addresses["/cases/{ref}"].rpartition("/")[2])["etag"]
    for path in case:
        there = addresses.get(path) or addresses["/tasks/{id}"] + path.removeprefix("/tasks/{id}")
        for name, browser in people.items():
            if name in CASE.get(path, CASE["/tasks/{id}"]):
                continue
            token = browser.open("/help").page.xpath("//input[@name='token']/@value")[0]
            refused = browser.post(
                there, [("token", token), ("said", "x"), ("choice", "MOVED_AREA"), ("method", "phone")]
            )
            assert refused.status in (403, 404), (path, name, refused.status)
    assert desk.case(addresses["/cases/{ref}"].rpartition("/")[2])["etag"] == before


def test_a_task_without_a_number_is_unknown(people: dict[str, Browser]) -> None:
    assert people["caseworker"].open("/tasks/reassign?task=").status == 404


def test_navigation_leads_only_where_one_may_go(people: dict[str, Browser]) -> None:
    for name, browser in people.items():
        for there in browser.open("/help").links("//header//nav").values():
            assert browser.open(there).status == 200, (name, there)
