"""A family's way in: a caseworker makes a secure link and hands it over, and somebody opens it on a phone."""

from collections.abc import Callable

from tests.journeys.chromium import Person

PHONE = 375
FOR = {
    "see": "See what was tried, what happens next, and ask the school",
    "agree": "Read the plan, and agree or not",
    "feedback": "Say how it went",
}


def make_link(worker: Person, ref: str, party: str, purpose: str) -> str:
    """Its path."""
    worker.open(f"/cases/{ref}/people/{party}/link").choose(FOR[purpose]).press("Make the link")
    return "/link/" + worker.page.locator("#the-link").inner_text().strip().partition("/link/")[2]


def come_by_link(arrive: Callable[..., Person], worker: Person, ref: str, party: str, purpose: str) -> Person:
    """Somebody who has opened their link and gone on."""
    path = make_link(worker, ref, party, purpose)
    return arrive(width=PHONE).open(path).press("Continue")
