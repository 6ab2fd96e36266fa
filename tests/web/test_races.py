"""Somebody else was first, at a task or a case: who comes second is told so on a page, and keeps what they wrote."""

from collections.abc import Callable

import pytest

from services.case.application.reference import Reference
from services.case.process.forms import Form
from tests.api.desk import Desk, answers
from tests.web.browsing import Browser
from tests.web.filling_in import fill_in

At = Callable[[str], Browser]


@pytest.fixture(scope="module")
def triage(reference: Reference) -> Form:
    return reference.current("937", "exclusion_prevention").forms["triage"]


def test_two_caseworkers_race_and_the_loser_sees_what_happened_and_keeps_the_answers(
    browser: At, triage: Form, desk: Desk
) -> None:
    # given two who have the same answers ready to send
    ref = desk.open()
    task = f"/tasks/{ref}-1"
    first, second = browser("caseworker"), browser("caseworker2")
    for one in (first, second):
        fill_in(one.open(f"{task}/questions/1"), triage, answers("exclusion_prevention", "accept"))

    # when both send them
    first.send(f"{task}/check")
    second.send(f"{task}/check")

    # then one has completed the task, and the other is told by whom, and still has the answers
    assert first.heading == "Task completed"
    assert (second.status, second.heading) == (409, "This task has changed while you worked on it")
    assert "It was Asha Bell" in second.text and "What was answered" in second.text and "Your answers" in second.text


def test_a_task_that_was_given_to_somebody_meanwhile_is_not_completed_on_an_old_view(
    browser: At, triage: Form, desk: Desk
) -> None:
    ref = desk.open()
    task = f"/tasks/{ref}-1"
    worker = browser("caseworker")
    fill_in(worker.open(f"{task}/questions/1"), triage, answers("exclusion_prevention", "accept"))

    # when a colleague gives the task to them and back while the page is open
    seen = {"If-Match": desk.task(ref)["etag"]}
    desk.as_("caseworker2").post(f"{task}/reassign", json={"to": "caseworker", "reason": "Leave"}, headers=seen)
    worker.send(f"{task}/check")

    # then it is refused with 412, the answers are kept, and the task can be looked at and completed
    assert worker.status == 412 and "What do you decide?" in worker.text
    worker.open(f"{task}/check").send(f"{task}/check")
    assert worker.heading == "Task completed"


def test_a_change_by_somebody_else_is_told_before_a_case_is_closed_on_an_old_view(browser: At, desk: Desk) -> None:
    ref = desk.open()
    worker = browser("caseworker").open(f"/cases/{ref}/close")
    desk.as_("caseworker2").post(f"/cases/{ref}/hold", json={"reason": "Wait."}, headers={"If-Match": "*"})
    worker.send(f"/cases/{ref}/close", said="Moved away.", choice="MOVED_AREA")
    assert worker.status == 412 and "status" in worker.text
    assert "Moved away." in worker.text, "what was typed stays"


def test_what_was_typed_is_kept_when_the_task_is_over_before_it_is_sent(browser: At, triage: Form, desk: Desk) -> None:
    # given somebody at the first questions of a task, with nothing kept yet
    ref = desk.open()
    task, worker = f"/tasks/{ref}-1", browser("caseworker2")
    worker.open(f"{task}/questions/1")

    # when a colleague completes it before they send that page
    fill_in(browser("caseworker").open(f"{task}/questions/1"), triage, answers("exclusion_prevention", "accept")).send(
        f"{task}/check"
    )
    worker.send(f"{task}/questions/1", triage_decision="signpost", reasons="The family asked for mentoring.")

    # then what they typed on it is on the page that says so
    assert (worker.status, worker.heading) == (409, "This task has changed while you worked on it")
    assert "It was Asha Bell" in worker.text and "The family asked for mentoring." in worker.text


def test_a_task_cannot_be_completed_on_a_case_that_was_put_on_hold_meanwhile(
    browser: At, triage: Form, desk: Desk
) -> None:
    # given answers ready to send, and a case that a colleague puts on hold
    ref = desk.open()
    task, worker = f"/tasks/{ref}-1", browser("caseworker")
    fill_in(worker.open(f"{task}/questions/1"), triage, answers("exclusion_prevention", "accept"))
    colleague = desk.as_("caseworker2")
    colleague.post(f"/cases/{ref}/hold", json={"reason": "Wait."}, headers={"If-Match": "*"})

    # when they are sent
    worker.send(f"{task}/check")

    # then the page says why not and shows them, and they can be sent once the case goes on
    assert worker.status == 409 and "on hold" in worker.text and "Your answers are kept" in worker.text
    colleague.post(f"/cases/{ref}/resume", json={"reason": "Go on."}, headers={"If-Match": "*"})
    worker.open(worker.links()["Look at the task"])
    assert worker.open(f"{task}/check").send(f"{task}/check").heading == "Task completed"
