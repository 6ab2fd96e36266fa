"""Caseworkers at work in a real browser, by clicking, by keys, and without JavaScript."""

from collections.abc import Callable

import pytest

from tests.api.desk import Desk
from tests.journeys.chromium import Person

At = Callable[..., Person]


@pytest.mark.parametrize("script", [True, False])
def test_a_referral_is_triaged_by_clicking(at: At, desk: Desk, script: bool) -> None:
    # given a referral that nobody has taken on
    ref = desk.open()
    desk.settle()
    worker = at("caseworker", script=script)

    # when a caseworker takes it on from the team's list and answers its questions
    worker.follow("Team’s tasks")
    worker.page.get_by_role("button", name=f"Take on Triage the referral, {ref}").click()
    worker.press("Answer the questions")
    worker.choose("No").choose("Accept").type("What are your reasons?", "Two suspensions this term.")
    worker.press("Continue")
    worker.page.get_by_label("Who will lead the case?").select_option("Asha Bell")
    worker.press("Continue")

    # then the answers are shown with what will happen, and the case goes on
    assert worker.heading == "Check your answers" and "What is sent, and to whom" in worker.text
    worker.press("Complete task")
    assert worker.heading == "Task completed"
    worker.follow("Go to the case")
    assert worker.heading == "What comes next" and "Triage the referral" not in worker.text


def test_the_first_key_leads_past_the_navigation(at: At) -> None:
    worker = at("caseworker", keys=True).open("/cases")
    worker.page.keyboard.press("Tab")
    assert worker.page.locator(":focus").inner_text() == "Skip to main content"
    worker.page.keyboard.press("Enter")
    worker.page.keyboard.press("Tab")
    assert worker.page.locator("main :focus").inner_text() == "Open a case"


def test_a_warning_comes_before_one_is_signed_out(at: At) -> None:
    worker = at("caseworker")
    worker.page.clock.install()
    worker.open("/help")
    worker.page.clock.fast_forward("24:00")
    assert not worker.page.get_by_role("dialog").is_visible()
    worker.page.clock.fast_forward("02:00")
    worker.page.get_by_role("button", name="Stay signed in").click()
    assert not worker.page.get_by_role("dialog").is_visible()
