"""Every page, by everybody: who may visit it, who is refused, and that another council's same role is refused.

A page that is added without a line here fails.
"""

from collections.abc import Callable, Iterator

import pytest

from services.case.domain.permissions import ACTIONS
from services.case.samples import sample_people
from services.case.web.routes import PAGES
from tests.api.desk import Desk
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
# Pages that are about no case: whoever has a role for them gets them.
PLAIN = {
    "/": "/tasks",
    "/sign-in": "",
    "/signed-out": "",
    "/tasks": "",
    "/tasks/team": "",
    "/tasks/reassign": "",
    "/tasks/cover": "",
    "/cases": "",
    "/cases/new": "",
    "/cases/new/{process}": "/cases/new/exclusion_prevention",
    "/cases/new/{process}/questions/{step}": "/cases/new/exclusion_prevention/questions/1",
    "/cases/new/{process}/check": "/cases/new/exclusion_prevention/check",
    "/audit": "",
    "/break-glass": "",
    "/directory": "",
    "/directory/schools": "",
    "/directory/schools/{urn}": "/directory/schools/900001",
    "/directory/providers": "",
    "/directory/strategies": "",
    "/measures": "",
    "/measures/{measure}": "/measures/move_sustained",
    "/measures/{measure}/cases": "/measures/move_sustained/cases",
    "/targets": "",
    "/demand": "",
    "/actions": "",
    "/reports": "",
    "/reports/new": "",
    "/reports/new/questions/{step}": "/reports/new/questions/1",
    "/surveys": "",
    "/processes": "",
    "/processes/new-version": "",
    "/calendars": "",
    "/calendars/import": "",
    "/calendars/closures": "",
    "/people": "",
    "/policy": "",
    "/help": "",
    "/accessibility": "",
    "/privacy": "",
    "/cookies": "",
    "/licences": "",
    "/problems/{slug}": "/problems/task-edited",
}
ELSEWHERE = {  # proved beside: signing in at a provider, what some see and others do not, letters, files, versions,
    # meetings, and what only an administrator's council has
    "/sign-in/start",
    "/sign-in/done",
    "/directory/providers/{provider}",
    "/directory/strategies/{strategy}",
    "/cases/{ref}/messages/{notice}/{to}",
    "/cases/{ref}/files/{file}",
    "/cases/{ref}/messages/{notice}/{to}/pdf",
    "/measures.csv",
    "/measures/{measure}/csv",
    "/cases/{ref}/meetings/{task}.ics",
    "/calendars/versions/{calendar}",
    "/calendars/closures/{closure}/withdraw",
    "/people/{person}",
    "/people/{person}/give",
    "/people/{person}/roles/{role}/take",
    "/policy/{policy}",
    "/processes/versions/{bundle}",
    "/processes/versions/{bundle}/cases",
    "/reports/new/check",  # the next are in test_improving.py
    "/reports/{report}",
    "/reports/{report}/csv",
    "/reports/{report}/findings/{finding}/action",
    "/reports/{report}/new-version",
    "/reports/{report}/new-version/check",
    "/reports/{report}/new-version/questions/{step}",
    "/reports/{report}/survey",
    "/reports/{report}/survey/check",
    "/reports/{report}/survey/questions/{step}",
    "/surveys/{survey}",
    "/surveys/{survey}/close",
}
BY_LINK = {page.path for page in PAGES if page.who == "link"} | {"/link/{token}"}  # test_family_links.py
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
    found = dict.fromkeys(CASE, "")
    for path in found:
        address = path
        for part, value in parts.items():
            address = address.replace(part, value)
        found[path] = address
    for name in META:  # they say why first
        people[name].look_at(ref)
    return found


def test_every_page_is_looked_at_here() -> None:
    pages = {page.path for page in PAGES if page.method == "GET"}
    assert pages == CASE.keys() | PLAIN.keys() | ELSEWHERE | {p for p in pages if p in BY_LINK}


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


def test_nobody_gets_a_page_who_is_not_signed_in(served: Served, addresses: dict[str, str]) -> None:
    stranger = Browser(served.address)
    for page in PAGES:
        if page.method == "GET" and page.who not in ("anybody", "link") and page.path not in ELSEWHERE:
            assert stranger.open(addresses.get(page.path) or PLAIN[page.path] or page.path).path == "/sign-in", (
                page.path
            )
    stranger.close()


def test_a_page_of_a_case_is_for_those_who_work_with_it(people: dict[str, Browser], addresses: dict[str, str]) -> None:
    for path, address in addresses.items():
        got = {name for name, browser in people.items() if browser.open(address).status == 200}
        assert got == CASE[path], path


def test_other_pages_are_for_whoever_has_a_role_for_them(people: dict[str, Browser]) -> None:
    who = {page.path: page.who for page in PAGES if page.method == "GET"}
    for path, address in PLAIN.items():
        for name, browser in people.items():
            roles = {m.role for m in PEOPLE[name].roles}
            roles |= {"home-head", "receiving-head"} if roles & {"home-head", "receiving-head"} else set()
            may = who[path] in ("anybody", "answering", "signed-in") or bool(roles & set(ACTIONS[who[path]]))
            status = browser.open(address or path).status
            expected = {200} if may else {403}
            if path.startswith("/cases/new/") and may:
                expected = {200, 422, 404}  # another council may not have the process in use
            assert status in expected, (path, name, status)


def test_what_pages_do_is_refused_to_those_who_may_not(
    people: dict[str, Browser], addresses: dict[str, str], desk: Desk
) -> None:
    posts = {page.path for page in PAGES if page.method == "POST"}
    case = {path for path in posts if path in CASE} | {"/tasks/{id}/begin", "/tasks/{id}/release"}
    before = desk.case(addresses["/cases/{ref}"].rpartition("/")[2])["etag"]
    for path in case:
        address = addresses.get(path) or addresses["/tasks/{id}"] + path.removeprefix("/tasks/{id}")
        for name, browser in people.items():
            if name in CASE.get(path, CASE["/tasks/{id}"]):
                continue
            token = browser.open("/help").page.xpath("//input[@name='token']/@value")[0]
            refused = browser.post(
                address, [("token", token), ("said", "x"), ("choice", "MOVED_AREA"), ("method", "phone")]
            )
            assert refused.status in (403, 404), (path, name, refused.status)
    assert desk.case(addresses["/cases/{ref}"].rpartition("/")[2])["etag"] == before


def test_navigation_leads_only_where_one_may_go(people: dict[str, Browser]) -> None:
    for name, browser in people.items():
        for address in browser.open("/help").links("//header//nav").values():
            assert browser.open(address).status == 200, (name, address)
