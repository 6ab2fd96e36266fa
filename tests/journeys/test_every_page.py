"""Every page as people of all kinds meet it: wide and on a phone, with and without JavaScript, with mistakes in it."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.case.web.routes import PAGES
from tests.api.conftest import MORNING
from tests.api.desk import Desk
from tests.journeys.chromium import Person, violations, wider_than_the_window
from tests.journeys.pages import LEAD_ON, Found, addresses, arrive, empty
from tests.serving import serve
from tests.store.embedding import data_folder

LISTED = "main :is(table, dl, .app-result, .app-timeline, .govuk-summary-card, .app-letter)"
SENDING = "button.govuk-button:not(.govuk-button--secondary, .app-small-button, [formaction])"
EMPTIED = """() => {
    for (const one of document.querySelectorAll("main :is(input, textarea, select)")) {
        if (["radio", "checkbox"].includes(one.type)) one.checked = false;
        else if (one.type !== "hidden") one.value = "";
    }
}"""
NOTHING_NEEDED = {  # may be sent as they are
    "/cases/{ref}/people/{party}/contact",
    "/cases/{ref}/people/{party}/withdraw",
    "/family/tasks/{task}/check",
    "/family/withdraw",
    "/link/{token}",
    "/tasks/{id}/check",
}
At = Callable[..., Person]
STATES = {"wide": {}, "phone": {"width": 320}, "without JavaScript": {"script": False}}


@pytest.fixture(scope="module")
def found(desk: Desk) -> Found:
    return addresses(desk)


def looked_at(person: Person, path: str, address: str) -> list[str]:
    """What is wrong with the page that is shown."""
    page = person.page
    faults = [] if person.status == 200 else [f"status {person.status}"]
    if path not in LEAD_ON and urlsplit(page.url).path != urlsplit(address).path:
        faults.append(f"leads to {page.url}")
    faults += [] if page.locator("h1").count() == 1 else [f"{page.locator('h1').count()} main headings"]
    if not page.title().endswith("– Inclusion Casework"):
        faults.append(f"title {page.title()}")
    if (over := wider_than_the_window(page)) > 0:
        faults.append(f"{over} pixels too wide")
    return [f"{path}: {fault}" for fault in faults]


@pytest.mark.parametrize("state", STATES)
def test_no_page_keeps_anybody_out(state: str, at: At, found: Found) -> None:
    people: dict[str, Person] = {}
    faults: list[str] = []
    for path, (who, address) in found.items():
        if who not in people:
            people[who] = arrive(at, who, found, **STATES[state])
        person = people[who].open(address)
        faults += looked_at(person, path, address)
        if state != "without JavaScript":  # axe is a script itself
            faults += [f"{path}: {one}" for one in violations(person.page)]
    assert faults == []


def test_an_empty_list_says_what_would_be_there_and_what_to_do(at: At, found: Found) -> None:
    faults: list[str] = []
    with data_folder() as data, serve(data, clock=MORNING) as served:
        desk = Desk(served)
        nothing = empty(desk)
        people = {who: arrive(at, who, nothing, house=served.address) for who in {who for who, _ in nothing.values()}}
        unlisted = []
        for path, (who, address) in nothing.items():
            person = people[who].open(address)
            faults += looked_at(person, path, address)
            if said := person.page.locator(".app-empty").all_inner_texts():
                faults += [f"{path}: {one}" for one in violations(person.page)]
            faults += [f"{path}: only says “{one}”" for one in said if not re.search(r"\. \S", one)]
            if not said and not person.page.locator(LISTED).count():
                unlisted.append(path)
        for person in people.values():
            person.page.goto("about:blank")
        desk.close()
    readers = {who: arrive(at, who, found, script=False) for who in {found[path][0] for path in unlisted}}
    for path in unlisted:  # is it a list where there is something?
        who, address = found[path]
        if readers[who].open(address).page.locator(LISTED).count():
            faults.append(f"{path}: says nothing of an empty list")
    assert faults == []


def test_pages_with_mistakes_say_so_at_the_top_and_beside_each(at: At, found: Found) -> None:
    """Every form, sent with nothing in it."""
    forms = {page.path for page in PAGES if page.method == "POST"}
    people: dict[str, Person] = {}
    taken = set()
    for path, (who, address) in found.items():
        if path.partition(" ")[0] in forms:
            person = people[who] if who in people else people.setdefault(who, arrive(at, who, found))
            person.open(address)
            button = person.page.locator(f"main form[method=post]:not([action='/cases/find']) {SENDING}")
            if not button.count():
                continue
            person.page.evaluate(EMPTIED)
            person.activate(button.first)
            if person.status != 422:
                taken.add(path.partition(" ")[0])
                continue
            assert person.page.title().startswith("Error: "), path
            summary = person.page.locator(".govuk-error-summary")
            assert summary.evaluate("summary => summary === document.activeElement"), path
            for link in summary.get_by_role("link").all():
                target = link.get_attribute("href") or ""
                if not target.startswith("#"):  # from the answers to check to a question
                    continue
                link.click()
                assert person.page.locator(f"{target}:focus").count() == 1, (path, target)
            assert violations(person.page) == [], path
    assert taken == NOTHING_NEEDED


def test_text_twice_as_large_still_fits(at: At, found: Found) -> None:
    person = at("caseworker", width=640)
    for path in (
        "/tasks/team",
        "/cases/{ref}",
        "/tasks/{id}/questions/{step}",
        "/cases/{ref}/history",
        "/directory/schools",
    ):
        person.open(found[path][1])
        person.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert wider_than_the_window(person.page) <= 0, path


def test_nothing_is_asked_of_any_other_host(at: At, found: Found) -> None:
    person = at("caseworker")
    asked: list[Any] = []
    person.page.on("request", lambda request: asked.append(request.url))
    for _, address in found.values():
        person.open(address)
    host = person.page.url.split("/")[2]
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {host}
