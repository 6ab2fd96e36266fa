"""Heads without an account in a real browser, by a secure link that a caseworker finds among the people of the case."""

from collections.abc import Callable

from tests.api.desk import Desk
from tests.journeys.chromium import Person, violations
from tests.journeys.test_families import arrive, terms

At = Callable[..., Person]


def link_for(at: At, ref: str, whose: str, what: str) -> str:
    """Its path."""
    worker = at("caseworker").open(f"/cases/{ref}/people")
    assert violations(worker.page) == []
    worker.follow(f"Send a link to {whose}").choose(what)
    assert violations(worker.page) == []
    worker.press("Make the link")
    assert violations(worker.page) == []
    return "/link/" + worker.page.locator("#the-link").inner_text().strip().partition("/link/")[2]


def test_the_receiving_head_reads_what_is_shared_and_signs(at: At, desk: Desk) -> None:
    ref = terms(desk)
    whose = "headteacher, receiving school, Fosse Meadow Academy"
    head = arrive(at, link_for(at, ref, whose, "Answer what they are asked, and read what is shared with them"), True)
    head.press("Continue").follow("What is shared with you about the pupil")
    assert "Unique pupil number" in head.person.text
    head.follow("Talk to the inclusion team")

    head = arrive(at, link_for(at, ref, whose, "Read the plan, and agree or not"), True)
    head.press("Continue").press_link("Read about the plan").press_link("Read the plan")
    head.press_link("Continue to your answer").person.choose("Yes, I agree")
    head.press("Continue").person.choose("Your own decision")
    head.answer().press("Send my answer")
    assert "You said yes" in head.person.text
    assert head.faults == []
    assert desk.case(ref)["agreements"]["answers"]["receiving_head"] == "agreed"
