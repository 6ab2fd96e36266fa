"""Two caseworkers at the same task or case, in two browsers: who comes second is shown what the other did, and keeps
what they wrote. With JavaScript and without."""

from collections.abc import Callable

import pytest

from tests.api.desk import Desk
from tests.journeys.chromium import Person

At = Callable[..., Person]
pytestmark = pytest.mark.parametrize("script", [True, False])


def answer_triage(worker: Person, ref: str, reasons: str) -> Person:
    """To the answers to check."""
    worker.open(f"/tasks/{ref}-1/questions/1")
    worker.page.get_by_label("No", exact=True).first.check()
    worker.choose("Signpost").type("What are your reasons?", reasons).press("Continue")
    worker.type("Which help fits better?", "Early help, by phone, the school rings.").press("Continue")
    assert worker.heading == "Check your answers"
    return worker


def test_both_complete_a_task(at: At, desk: Desk, script: bool) -> None:
    # given two who have answered the same task, each in their own words
    ref = desk.open()
    first, second = at("caseworker", script=script), at("caseworker2", script=script)
    answer_triage(first, ref, "Early help fits better.")
    answer_triage(second, ref, "The family has asked for something else.")

    # when both complete it
    first.press("Complete task")
    assert first.heading == "Task completed"
    second.press("Complete task")

    # then the second sees who was first, what they answered, and their own answers
    assert second.heading == "This task has changed while you worked on it"
    assert "It was Asha Bell" in second.text and "Early help fits better." in second.text
    assert "The family has asked for something else." in second.text


def test_one_takes_on_what_the_other_has_answered(at: At, desk: Desk, script: bool) -> None:
    # given somebody who has answered a task that they have not taken on
    ref = desk.open()
    desk.settle()
    first, second = at("caseworker", script=script), at("caseworker2", script=script)
    answer_triage(second, ref, "The family has asked for something else.")

    # when another takes it on
    first.open("/tasks/team")
    first.activate(first.page.get_by_role("button", name=f"Take on Triage the referral, {ref}"))
    second.press("Complete task")

    # then they are told by whom, and once it is given back they go on with what they had answered
    assert second.heading == "This task has changed while you worked on it"
    assert "It was Asha Bell" in second.text and "The family has asked for something else." in second.text
    first.open(f"/tasks/{ref}-1").activate(first.page.get_by_text("Give it back to the team")).press("Give back")
    second.press("Look at the task").press("Take on and answer")
    assert second.heading == "Check your answers"
    assert "The family has asked for something else." in second.text
    assert second.press("Complete task").heading == "Task completed"


def test_one_puts_on_hold_what_the_other_closes(at: At, desk: Desk, script: bool) -> None:
    # given somebody who is about to close a case
    ref = desk.open()
    first, second = at("caseworker", script=script), at("caseworker2", script=script)
    second.open(f"/cases/{ref}/close")

    # when another puts it on hold
    first.open(f"/cases/{ref}/hold").type("Why?", "The family is away until Monday.").press("Put on hold")
    second.page.locator("[name='choice']").first.check()
    second.type("Why?", "The family moved away.").press("Close case")

    # then they are told so, what they wrote is still there, and they can send it again
    assert second.heading == "Close the case" and "What changed" in second.text
    assert second.page.get_by_label("Why?").input_value() == "The family moved away."
    assert second.press("Close case").heading.startswith("Closed")
