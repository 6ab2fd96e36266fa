"""A provider in a real browser declines a referral: what they write stays with the school, and they see no case."""

from collections.abc import Callable

import pytest

from tests.api.desk import Desk, answers
from tests.journeys.answering import answer_questions
from tests.journeys.chromium import Person, violations

At = Callable[..., Person]
AP = "alternative_provision"


@pytest.mark.parametrize("script", [True, False])
def test_a_provider_declines_a_referral(at: At, desk: Desk, script: bool) -> None:
    # given a referral to two providers, without the pupil's name
    ref = desk.open(process=AP, name="pupil_n")
    desk.walk(ref, ("refer_to_providers", "home-head", "refer"), process=AP)
    desk.settle()
    provider = at("ap-provider", script=script)
    looked_at: list[str] = []

    def look() -> None:
        assert "Example" not in provider.text
        if script:  # axe is a script itself
            looked_at.extend(violations(provider.page))

    # when one of them reads it and declines
    provider.follow("Team’s tasks")
    look()
    provider.activate(provider.page.locator("tr", has_text=ref).get_by_role("button", name="Take on"))
    look()
    provider.press("Answer the questions")
    answer_questions(provider, answers(AP, "declines"))
    look()
    provider.press("Complete task")
    assert provider.heading.startswith("Task completed")
    look()

    # then it is out of their list and no case is shown to them; the school reads why
    provider.follow("Team’s tasks")
    assert ref not in provider.text
    assert provider.open(f"/cases/{ref}").heading == "Page not found"
    head = at("home-head", script=script).open(f"/cases/{ref}/answers")
    assert "A place may be free after Christmas." in head.text
    assert looked_at == []
