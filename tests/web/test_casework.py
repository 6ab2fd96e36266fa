"""Caseworkers and schools at work, page by page and without JavaScript."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.case.application.reference import Reference
from services.case.web.history_words import SENTENCES
from tests.api.desk import Desk, answers, pupil
from tests.web.browsing import Browser
from tests.web.filling_in import fill_in

At = Callable[[str], Browser]


def form_of(reference: Reference, process: str, name: str) -> Any:
    return reference.current("937", process).forms[name]


def test_a_school_opens_a_case_by_answering_its_questions(browser: At, reference: Reference, desk: Desk) -> None:
    # given a pupil whom nobody has seen before
    head, given = browser("home-head"), pupil()
    head.open("/cases/new").send("/cases/new", process="exclusion_prevention")
    assert head.path == "/cases/new/exclusion_prevention/questions/1"

    # when the head answers every page, having come back once in between
    head.open("/cases/new/exclusion_prevention")
    fill_in(head, form_of(reference, "exclusion_prevention", "referral"), given)
    assert head.heading == "Check your answers" and given["surname"] in head.text
    head.send("/cases/new/exclusion_prevention/check")

    # then there is a case, and what was typed is not kept beside it
    assert head.heading == "Case opened"
    ref = head.links()["Go to the case"].rpartition("/")[2]
    assert desk.case(ref)["home_school"] == "900001"
    assert head.open("/cases/new/exclusion_prevention").path.endswith("/questions/1")
    assert given["surname"] not in head.answer.text


def test_the_case_that_a_pupil_has_is_shown_and_somebody_of_the_same_name_must_be_confirmed(
    browser: At, reference: Reference, desk: Desk
) -> None:
    form, given = form_of(reference, "exclusion_prevention", "referral"), pupil()
    ref = (
        desk.as_("caseworker").post("/cases", json={"process": "exclusion_prevention", "answers": given}).json()["ref"]
    )
    worker, check = browser("caseworker"), "/cases/new/exclusion_prevention/check"
    desk.settle()

    # the same number: it is the same pupil
    fill_in(worker.open("/cases/new/exclusion_prevention"), form, given).send(check)
    assert (worker.status, worker.heading) == (409, "There is a case already") and ref in worker.text

    # no number known, but the same name and date of birth: it may be
    other = {**given, "upn_kind": "unknown", "upn_reason": "New to England"}
    other.pop("upn")
    worker.open("/cases/new/exclusion_prevention/questions/1")
    fill_in(worker, form, other).send(check)
    assert (worker.status, worker.heading) == (409, "There may be a case already") and ref in worker.text
    worker.send(check, somebody_else="yes")
    assert worker.heading == "Case opened"


def test_a_task_is_taken_on_answered_checked_and_completed(browser: At, reference: Reference, desk: Desk) -> None:
    # given a referral that waits for the team
    ref = desk.open()
    worker, task = browser("caseworker"), f"/tasks/{ref}-1"
    desk.settle()
    worker.open("/tasks/team")
    assert "Triage the referral" in worker.text

    # when a caseworker takes it on, leaves out an answer, then answers
    worker.open(task).send(f"{task}/begin")
    assert worker.path == f"{task}/questions/1"
    worker.send(worker.path, triage_decision="accept")
    assert worker.status == 422 and "Enter your reasons" in worker.errors
    assert worker.page.xpath("//input[@value='accept']/@checked"), "what was typed stays"
    worker.open(task)
    worker.open(worker.links()["Answer the questions"])
    fill_in(worker, form_of(reference, "exclusion_prevention", "triage"), answers("exclusion_prevention", "accept"))

    # then the check says what will be sent to whom, and completing does so
    assert "What is sent, and to whom" in worker.text and "Who is asked to do something" in worker.text
    worker.send(f"{task}/check")
    assert worker.heading == "Task completed"
    assert f"{ref}-1" not in [t["task"] for t in desk.case(ref)["open_tasks"]]
    assert worker.open(f"/cases/{ref}").status == 200
    assert "Task completed: “Triage the referral”" in worker.open(f"/cases/{ref}/history").text


def test_a_form_sent_twice_counts_once(browser: At, reference: Reference, desk: Desk) -> None:
    ref = desk.open()
    worker = browser("caseworker").open(f"/cases/{ref}/note")
    sent = [*worker.page.forms[1].form_values(), ("said", "Rang the school.")]
    for _ in range(2):
        worker.post(f"/cases/{ref}/note", [pair for pair in sent if pair != ("said", "")])
        assert worker.path == f"/cases/{ref}"
    assert len(desk.events(ref, "case.note_added.v1")) == 1


def test_several_tasks_are_given_to_a_colleague_and_a_colleague_is_covered(browser: At, desk: Desk) -> None:
    refs = [desk.open() for _ in range(2)]
    ids = [f"{ref}-1" for ref in refs]
    desk.settle()
    worker = browser("caseworker").open("/tasks/team")
    worker.send("/tasks/team", button="do=reassign", task=ids)
    worker.send("/tasks/reassign", to="caseworker2", reason="")
    assert worker.status == 422 and worker.errors == ["Enter why"]
    worker.send("/tasks/reassign", to="caseworker2", reason="Shared out")
    assert worker.heading == "2 tasks given to Tom Okafor"

    # when the colleague is away, all of theirs go to somebody else
    worker.open("/tasks/cover").send("/tasks/cover", away="caseworker2")
    assert all(ref in worker.text for ref in refs)
    worker.send("/tasks/reassign", to="caseworker", reason="Away")
    mine = worker.open("/tasks").text
    assert all(ref in mine for ref in refs)


def test_a_list_is_narrowed_and_the_filter_kept(browser: At, desk: Desk) -> None:
    desk.open()
    worker = browser("caseworker").open("/tasks/team?process=managed_move")
    assert "Triage the referral" not in worker.text
    worker.send("/tasks/filters", name="Moves only")
    assert worker.links()["Moves only"] == "/tasks/team?process=managed_move"
    assert "Moves only" not in browser("caseworker2").open("/tasks/team").links()
    worker.send("/tasks/filters", button="forget=Moves only")
    assert "Moves only" not in worker.links()


def test_finding_by_name_number_or_reference_puts_nothing_personal_in_an_address(browser: At, desk: Desk) -> None:
    given = pupil()
    ref = (
        desk.as_("caseworker").post("/cases", json={"process": "exclusion_prevention", "answers": given}).json()["ref"]
    )
    worker = browser("caseworker")
    desk.settle()
    for text in (given["surname"], f"{given['forename']} {given['surname']}", given["upn"], ref.lower()):
        worker.open("/cases").send("/cases/find", text=text)
        assert ref in worker.text and worker.path == "/cases/find" and not worker.answer.url.query
    assert ref not in browser("caseworker-885").open("/cases").send("/cases/find", text=given["surname"]).text
    worker.send("/cases/find", text="")
    assert worker.status == 422 and worker.errors


def test_a_case_is_held_resumed_closed_and_reopened_each_with_its_reason(browser: At, desk: Desk) -> None:
    ref = desk.open()
    worker = browser("caseworker")
    for act, words, after in (("hold", "Family bereaved.", "On hold"), ("resume", "They asked.", "What comes next")):
        worker.open(f"/cases/{ref}/{act}").send(f"/cases/{ref}/{act}")
        assert worker.status == 422 and worker.errors == ["Enter why"]
        worker.send(f"/cases/{ref}/{act}", said=words)
        assert worker.heading == after
    worker.open(f"/cases/{ref}/close").send(f"/cases/{ref}/close", said="Moved away.", choice="MOVED_AREA")
    assert worker.heading == "Closed: Moved to another area"
    worker.open(f"/cases/{ref}/reopen").send(f"/cases/{ref}/reopen", said="Came back.")
    assert worker.heading == "What comes next"
    told = worker.open(f"/cases/{ref}/history").text
    assert all(words in told for words in ("Family bereaved.", "They asked.", "Moved away.", "Came back."))


def test_an_answer_given_by_phone_is_recorded_for_a_parent_with_how_it_came(
    browser: At, reference: Reference, desk: Desk
) -> None:
    ref = desk.moved_to_terms()
    worker = browser("caseworker").open(f"/cases/{ref}/people")
    assert worker.text.count("Not answered yet") == 4
    link = next(href for text, href in worker.links().items() if "Parent or carer" in text)
    worker.open(link)
    assert "can answer by themselves" in worker.text
    form = form_of(reference, "managed_move", "agreement")
    fill_in(worker.open(f"{link}/questions/1"), form, answers("managed_move", "agree_parent"))
    worker.send(f"{link}/check")
    assert worker.status == 422 and "Select how the answer reached you" in worker.errors
    worker.send(f"{link}/check", method="phone", reason="Called the number on file.")
    assert worker.heading == "Task completed"

    assert "Agreed" in worker.open(f"/cases/{ref}/people").text
    assert "answered by phone for parent or carer" in worker.open(f"/cases/{ref}/history").text
    worker.open(f"/cases/{ref}/people/parent/withdraw").send(f"/cases/{ref}/people/parent/withdraw", reason="")
    assert worker.path == f"/cases/{ref}/people"


def test_an_answer_is_corrected_with_a_reason_and_the_old_one_stays_in_the_history(browser: At, desk: Desk) -> None:
    ref = desk.open(by="home-staff")
    worker = browser("home-staff").open(f"/cases/{ref}/answers")
    worker.open(worker.links()["Correct Pupil’s legal first name"])
    worker.send(worker.path, forename="")
    assert worker.status == 422
    worker.send(worker.path, forename="Alexandra")
    assert worker.heading == "Correct an answer" and "It will beAlexandra" in worker.text
    worker.send(worker.path, said="")
    assert worker.errors == ["Enter why"]
    worker.send(worker.path, said="As in the register of births")
    assert worker.path == f"/cases/{ref}/answers" and "Alexandra" in worker.text and "Corrected" in worker.text
    assert "As in the register of births" in worker.open(f"/cases/{ref}/history").text


def test_how_a_parent_is_reached_is_recorded(browser: At, desk: Desk) -> None:
    ref = desk.open()
    worker = browser("caseworker").open(f"/cases/{ref}/people")
    worker.open(worker.links()["Record how to reach them Parent or carer"])
    worker.send(worker.path, email="not an address", phone="01632 960555")
    assert (worker.status, worker.errors) == (422, ["Enter an e-mail address, such as name@example.com"])
    worker.send(worker.path, email="maria@example.com", address="2 Mill Lane\nAvonbrook", restriction="hide_address")
    assert worker.path == f"/cases/{ref}/people"
    assert "01632 960555" in worker.text and "maria@example.com" in worker.text
    assert "must not be told" in worker.text and "2 Mill Lane" not in worker.text


def test_dates_go_into_a_calendar_without_anybodys_name(browser: At, desk: Desk) -> None:
    ref = desk.open()
    worker = browser("caseworker")
    text = worker.client.get(f"/cases/{ref}/dates.ics").text
    assert text.startswith("BEGIN:VCALENDAR\r\n") and "DTSTART;VALUE=DATE:20260930" in text and ref in text
    assert "Example" not in text and all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_what_people_typed_is_never_taken_for_a_page(browser: At, desk: Desk) -> None:
    ref = desk.open(surname="<b>Example</b>", forename="{{ 7 * 7 }}")
    worker = browser("caseworker")
    desk.settle()
    worker.open(f"/cases/{ref}/note").send(f"/cases/{ref}/note", said="<img src=x onerror=alert(1)>")
    for path in ("", "/history", "/people", "/answers", "/messages", "/hold"):
        text = worker.open(f"/cases/{ref}{path}").answer.text
        assert "<b>Example" not in text and "<img" not in text and "49" not in worker.heading
    assert "<b>Example" not in worker.open("/tasks/team").answer.text
    assert "&lt;b&gt;Example" in worker.answer.text


def test_why_a_date_is_there_is_told_day_by_day(browser: At, desk: Desk) -> None:
    ref = desk.open()
    worker = browser("caseworker").open(f"/tasks/{ref}-1")
    worker.open(worker.links()["Why this date"])
    assert "2 working days after" in worker.text


def test_every_type_of_event_has_its_sentence() -> None:
    from services.case.store.mapper import TYPES

    assert {type for type in TYPES if type.startswith("case.")} - SENTENCES.keys() == set()


def test_messages_say_what_became_of_them_and_can_be_printed(browser: At, desk: Desk) -> None:
    ref = desk.moved_to_terms()
    worker = browser("caseworker").open(f"/cases/{ref}/messages")
    assert "Do you agree to a managed move?" in worker.text
    worker.open(next(href for text, href in worker.links().items() if "Do you agree" in text))
    assert ref in worker.text and "Our reference" in worker.text


@pytest.mark.parametrize("name", ["home-staff", "receiving-head", "ap-provider"])
def test_schools_and_providers_have_their_lists(browser: At, name: str) -> None:
    person = browser(name)
    for path in ("/tasks", "/tasks/team", "/cases", "/directory/schools", "/directory/providers"):
        expected = 200
        assert person.open(path).status == expected, path


def test_the_directory_is_searched_and_shown(browser: At) -> None:
    worker = browser("caseworker").open("/directory/schools")
    worker.open("/directory/schools?text=avonbrook")
    assert "Avonbrook School" in worker.links()
    assert "URN" in worker.open(worker.links()["Avonbrook School"]).text
    assert worker.open("/directory/providers/AP-1003").status == 200 and "out of date" in worker.text
    closed = worker.open("/directory/schools?text=900007").links()
    assert "Name, town, postcode or URN" in worker.text
    assert closed["Fosse Meadow Community School"] == "/directory/schools/900007"
    assert worker.open("/directory/schools?need=nothing").status == 422
    assert worker.open("/directory/strategies/no-such-entry").status == 404


def test_a_measure_is_a_table_first_and_small_numbers_are_left_out(browser: At, desk: Desk) -> None:
    desk.open()
    desk.settle()
    worker = browser("caseworker").open("/measures")
    assert len(worker.links()) > 30
    worker.open("/measures/move_sustained?by=school&period=2026/27")
    assert worker.status == 200 and worker.page.xpath("//main//table") and "left out" in worker.text
    assert worker.open("/measures/move_sustained?period=soon").status == 422 and worker.errors
    assert worker.client.get("/measures/move_sustained/csv?period=2026/27").text.startswith("measure,title,period")
    assert worker.open("/measures/no_such_measure").status == 404


def test_a_target_is_set_and_seen(browser: At) -> None:
    worker = browser("process-owner").open("/targets")
    worker.send("/targets", measure="move_sustained", period="2026/27", value="eighty", agreed_by="Board")
    assert worker.errors == ["Enter a number to reach"]
    worker.send("/targets", measure="move_sustained", period="2026/27", value="80", agreed_by="Schools forum")
    assert worker.status == 200 and "Schools forum" in worker.text and "80" in worker.text
    assert worker.open("/actions").status == 200


def test_what_a_problem_means_opens_as_a_page(served: Any) -> None:
    answer = httpx.get(f"{served.address}/problems/task-edited")
    assert answer.status_code == 200 and "The task has changed since you opened it." in answer.text
    assert httpx.get(f"{served.address}/problems/no-such").status_code == 404
