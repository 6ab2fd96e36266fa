"""Families in a real browser, by secure link, on a phone and without signing in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.desk import Desk
from tests.journeys.chromium import Person, violations, wider_than_the_window
from tests.journeys.links import PHONE, make_link

At = Callable[..., Person]


def link_for(at: At, ref: str, party: str, purpose: str) -> str:
    """A caseworker makes it and hands it over."""
    worker = at("caseworker")
    path = make_link(worker, ref, party, purpose)
    assert violations(worker.page) == []
    return path


def terms(desk: Desk) -> str:
    with ThreadPoolExecutor(1) as aside:  # it has an event loop of its own, as the browser has
        return aside.submit(desk.moved_to_terms).result()


class Family:
    """Somebody of a family at a phone; each page that they come to is looked at."""

    def __init__(self, person: Person, script: bool) -> None:
        self.person = person
        self._script = script
        self.faults: list[str] = []

    def look(self) -> "Family":
        page = self.person.page
        found = violations(page) if self._script else []  # axe is a script itself
        if (over := wider_than_the_window(page)) > 0:
            found.append(f"{over} pixels too wide")
        if page.locator("nav.govuk-service-navigation, .govuk-service-navigation").count():
            found.append("a navigation bar")
        if not page.get_by_role("heading", name="Get help").count():
            found.append("no help")
        self.faults += [f"{page.url}: {one}" for one in found]
        return self

    def press(self, name: str) -> "Family":
        self.person.press(name)
        return self.look()

    def press_link(self, name: str) -> "Family":
        """A link that looks like a button."""
        self.person.page.get_by_role("button", name=name, exact=True).click()
        return self.look()

    def follow(self, name: str) -> "Family":
        self.person.follow(name)
        return self.look()

    def answer(self) -> "Family":
        """The questions of an agreement, by their labels."""
        page = self.person.page
        if page.get_by_label("I am a parent or carer with parental responsibility").count():
            self.person.choose("I am a parent or carer with parental responsibility")
        if page.locator("[name=language]").count():  # not asked of who says no
            page.locator("[name=language]").fill("English")
            self.person.choose("No, I did not need it").choose("No, but I know where to get advice")
        self.person.press("Continue")
        self.look()
        return self


def arrive(at: At, path: str, script: bool) -> Family:
    person = at(width=PHONE, script=script)
    person.open(path)
    return Family(person, script).look()


@pytest.mark.parametrize("script", [True, False])
def test_a_parent_declines(at: At, desk: Desk, script: bool) -> None:
    ref = terms(desk)
    parent = arrive(at, link_for(at, ref, "parent", "agree"), script)
    assert parent.person.page.title().startswith("A plan for you to read")
    parent.press("Continue").press_link("Read about the plan").press_link("Read the plan")
    parent.press_link("Continue to your answer")
    parent.press("Continue")
    assert parent.person.page.title().startswith("Error: ")
    parent.person.choose("No, I do not agree")
    parent.press("Continue").answer().press("Send my answer")
    assert "You said no" in parent.person.text
    assert parent.faults == []
    assert desk.case(ref)["agreements"]["answers"]["parent"] == "refused"


@pytest.mark.parametrize("script", [True, False])
def test_a_parent_asks_what_has_been_tried(at: At, desk: Desk, script: bool) -> None:
    ref = desk.open()
    parent = arrive(at, link_for(at, ref, "parent", "see"), script)
    parent.press("Continue")
    for name in (
        "What we wrote to you",
        "What has been tried",
        "What else might suit",
        "What happens next",
        "Rules and independent advice",
        "Talk to somebody",
        "Tell us if somebody is putting pressure on you",
    ):
        parent.follow(name).person.page.go_back()
    parent.follow("Ask the school").press("Write your question").press("Continue")
    assert parent.person.page.title().startswith("Error: ")
    parent.person.choose("What has been tried, and how it went").choose("In writing")
    parent.person.type("What would you like to know?", "What did you try with him, and how did it go?")
    parent.press("Continue").press("Send my answer")
    assert "Your answer was sent" in parent.person.text
    parent.person.open("/link/of-somebody-else")
    assert parent.look().person.heading == "This link does not work any more"
    assert parent.faults == []
    assert desk.task(ref, "reply_of_school")["role"] == "home-staff"


@pytest.mark.parametrize("script", [True, False])
def test_a_pupil_agrees_and_changes_their_mind(at: At, desk: Desk, script: bool) -> None:
    ref = terms(desk)
    pupil = arrive(at, link_for(at, ref, "pupil", "agree"), script)
    pupil.press("Continue").press_link("Read about the plan").press_link("Read the plan")
    pupil.press_link("Say what you think").person.choose("Yes, I want this")
    pupil.press("Continue").answer()
    pupil.person.type("What will happen if you say yes? Say it in your own words.", "I move to the new school.")
    pupil.person.page.get_by_role("checkbox").check()
    pupil.press("Continue").press("Send my answer")
    assert desk.case(ref)["agreements"]["answers"]["pupil"] == "agreed"
    pupil.follow("Go back to the start").press_link("Read about the plan").follow("I changed my mind")
    pupil.press("Say no now").press("Finish and close these pages")
    assert pupil.faults == []
    assert desk.case(ref)["agreements"]["answers"]["pupil"] == "withdrawn"
