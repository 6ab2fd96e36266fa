"""Every page as people of all kinds meet it: wide and on a phone, with and without JavaScript, with mistakes in it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api.desk import Desk
from tests.journeys.chromium import Person, violations, wider_than_the_window
from tests.journeys.pages import LEAD_ON, Found, addresses, arrive

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


def test_pages_with_mistakes_say_so_at_the_top_and_beside_each(at: At, found: Found) -> None:
    worker, admin = at("caseworker"), at("admin")
    _, task = found["/tasks/{id}/questions/{step}"]
    ref = found["/cases/{ref}"][1]
    for person, address, button in (
        (worker, task, "Continue"),
        (worker, f"{ref}/close", "Close case"),
        (worker, f"{ref}/note", "Add note"),
        (worker, "/tasks/cover", "Continue"),
        (worker, "/cases/new", "Continue"),
        (worker, "/cases/new/exclusion_prevention/questions/1", "Continue"),
        (worker, "/cases", "Find"),
        (worker, "/reports/new/questions/1", "Continue"),
        (worker, found["/reports/{report}/findings/{finding}/action"][1], "Agree"),
        (worker, found["/surveys/{survey}"][1], "Send answer"),
        (admin, "/calendars/import", "Put in use"),
        (admin, "/calendars/closures", "Report closure"),
        (admin, found["/people/{person}/give"][1], "Give role"),
        (admin, found["/people/{person}/roles/{role}/take"][1], "Take role"),
    ):
        person.open(address).press(button)
        assert person.page.title().startswith("Error: "), address
        summary = person.page.locator(".govuk-error-summary")
        assert summary.evaluate("summary => summary === document.activeElement"), address
        for link in summary.get_by_role("link").all():
            link.click()
            target = link.get_attribute("href")
            assert person.page.locator(f"{target}:focus").count() == 1, (address, target)
        assert violations(person.page) == [], address


def test_an_auditor_is_told_of_mistakes_too(at: At, found: Found) -> None:
    person = arrive(at, "auditor", found)
    for address, button in (("/audit", "Open case"), (found["/cases/{ref}/export"][1], "Take the copy")):
        person.open(address).press(button)
        assert person.page.title().startswith("Error: "), address
        assert person.page.locator(".govuk-error-summary:focus").count() == 1, address
        assert violations(person.page) == [], address


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
