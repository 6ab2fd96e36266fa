"""From a finding to a change on pages: a report is drafted, published and published again, actions follow from it, and
people are asked about it, families by their link among them."""

from collections.abc import Callable

import pytest

from services.case.domain.people import Membership, Person
from tests.api.desk import Desk, answers
from tests.serving import Served
from tests.web.browsing import Browser
from tests.web.test_family_links import come, send_link

At = Callable[[str], Browser]
STAFF = [Person(f"teacher-{n}", "937", (Membership("home-staff", "900001"),)) for n in range(7)]


def draft(worker: Browser, at: str, **changes: str) -> Browser:
    """Every page of the report, to the check."""
    said = {
        "kind": "report", "title": "Autumn quarter", "period": "2026-Q3", "summary": "More of it works.\n\nNot all.",
        "themes.0.theme": "Families want to be heard sooner.", "findings.0.measure": "rung_effectiveness",
        "findings.0.words": "Restorative work does.", **changes,
    }  # fmt: skip
    worker.open(at)
    while "/questions/" in worker.path:
        before = worker.path
        names = {one.get("name") for one in worker.page.xpath("//main//form//*[@name]")}
        worker.send(before, **{name: value for name, value in said.items() if name in names})
        if worker.errors:
            return worker
    return worker


def published(worker: Browser, title: str) -> str:
    """A report of this title; its address."""
    draft(worker, "/reports/new", title=title)
    worker.send(worker.path)
    assert worker.heading == title, worker.errors
    return worker.path


def survey_about(worker: Browser, report: str, title: str, *audience: str, closes: str = "2026-10-16") -> str:
    """A survey that is open; its address."""
    year, month, day = closes.split("-")
    worker.open(f"{report}/survey")
    worker.send(worker.path, title=title, contact="Inclusion team, 01632 960100", audience=list(audience))
    worker.send(worker.path, **{"closes_on.day": day, "closes_on.month": month, "closes_on.year": year},
                closes_at="17:00")  # fmt: skip
    worker.send(worker.path, "do=add:questions",
                **{"questions.0.title": "Is this right?", "questions.0.kind": "choice",
                   "questions.0.options": "Yes\nNo"})  # fmt: skip
    worker.send(worker.path, **{"questions.1.title": "Why?", "questions.1.kind": "words"})
    assert worker.heading == "Check the survey", worker.errors
    worker.send(worker.path)
    assert worker.heading == title, worker.errors
    return worker.path


def test_a_report_is_drafted_published_and_published_again(browser: At) -> None:
    worker = browser("caseworker")
    # given a draft that is begun, and left
    assert "Nothing has been published" in worker.open("/reports").text
    worker.open("/reports/new").send("/reports/new/questions/1", kind="report", title="Autumn quarter", period="soon")
    assert worker.status == 422 and worker.errors == [
        "Enter a period such as 2026-Q4, 2026/27 autumn, 2026/27 or 2026-10"
    ]
    worker.send("/reports/new/questions/1", period="2026-Q3")
    worker.open("/tasks")
    # when somebody goes on with it
    worker.open("/reports/new")
    assert worker.path == "/reports/new/questions/2"
    draft(worker, "/reports/new")
    assert worker.heading == "Check the draft" and "Restorative work does." in worker.text
    assert "Nothing has been published" in browser("home-head").open("/reports").text
    worker.send("/reports/new/check")
    # then it is there for everybody, with its figures, and stays when there is another version
    address = worker.path
    assert worker.heading == "Autumn quarter" and "Strategies that were effective" in worker.text
    draft(worker, f"{address}/new-version", title="Autumn quarter, corrected", reason="Late cases came in.")
    worker.send(f"{address}/new-version/check")
    assert worker.heading == "Autumn quarter, corrected" and "Late cases came in." in worker.text
    parent = browser("parent").open(f"{address}?version=1")
    assert parent.heading == "Autumn quarter" and "There is a later version" in parent.text
    assert "Write another version" not in parent.text
    assert worker.open("/reports/new").path == "/reports/new/questions/1"  # the draft is a draft no more
    csv = parent.open(f"{address}/csv?version=1").answer
    assert csv.headers["content-type"].startswith("text/csv") and b"rung_effectiveness" in csv.content


def test_a_version_that_is_not_there_is_not_found(browser: At) -> None:
    worker = browser("caseworker")
    for address in ("/reports/99", "/reports/x", "/reports/99?version=1", "/reports/99/new-version",
                    "/reports/99/survey", "/reports/99/findings/1/action", "/surveys/99", "/surveys/x",
                    "/surveys/99/close"):  # fmt: skip
        assert worker.open(address).status == 404, address
    other = browser("caseworker-885")
    token = other.open("/reports/new/questions/1").page.xpath("//input[@name='token']/@value")[0]
    assert other.open("/reports/1").status == 404
    for address in ("/reports/1/new-version/check", "/reports/1/findings/1/action", "/reports/1/survey/check",
                    "/surveys/1/close", "/surveys/1/summary"):  # fmt: skip
        assert other.post(address, [("token", token)]).status == 404, address
    assert other.post("/reports/new/check", [("token", token)]).path == "/reports/new/questions/1"  # nothing drafted


def test_a_period_that_is_none_is_told_where_it_can_be_changed(browser: At) -> None:
    worker = browser("caseworker")
    draft(worker, "/reports/new", period="2026/29")
    worker.send(worker.path)
    assert worker.status == 422 and len(worker.errors) == 1
    assert "/reports/new/questions/1" in worker.links()["Change Which period is it about?"]
    draft(worker, "/reports/new/questions/1", title="Right now", period="2026/27")
    assert worker.send(worker.path).heading == "Right now"


def test_an_action_follows_from_a_finding_and_is_done(browser: At) -> None:
    worker = browser("caseworker")
    report = published(worker, "With something to do")
    form = worker.links()["Agree on an action on finding 1"]
    worker.open(form).send(form, what="", owner="")
    assert worker.errors == ["Enter what will be done", "Enter who owns it", "Enter the day by which it is done"]
    worker.send(form, what="Train two schools", owner="Inclusion lead",
                **{"due.day": "2", "due.month": "10", "due.year": "2026"})  # fmt: skip
    assert worker.path == "/actions" and "Train two schools" in worker.text
    assert "Train two schools, Inclusion lead" in worker.open(report).text
    # who owns it follows it, whatever measures they may see
    assert "Train two schools" in browser("receiving-head").open("/actions").text
    assert browser("home-head").open(form).status == 403
    assert browser("parent").open("/actions").status == 403


def test_people_answer_once_and_what_they_said_is_published(browser: At, desk: Desk, served: Served) -> None:
    worker = browser("caseworker")
    survey = survey_about(worker, published(worker, "To ask about"), "The plan", "home-staff", "parent")
    assert "Staff of the home school" in worker.text and worker.page.xpath("//input[@type='radio']") == []

    # when people answer, one of them by page, who sends nothing first
    teacher = browser("home-staff").open("/tasks")
    assert teacher.links()["The plan"] == survey
    teacher.open("/surveys")
    assert "Asks you" in teacher.text
    teacher.open(survey).send(survey)
    assert teacher.errors == ["Answer at least one question"]
    teacher.send(survey, q1="Yes", q2="It is what our pupils lack.")
    assert "You have answered" in teacher.text and teacher.page.xpath("//input[@type='radio']") == []
    assert "The plan" not in teacher.open("/tasks").links()
    desk.strangers |= {person.id: person for person in STAFF}
    for person in STAFF:
        number = survey.rpartition("/")[2]
        given = desk.as_(person.id).post(f"/surveys/{number}/answers", json={"answers": {"q1": "Yes"}})
        assert given.status_code == 200, given.text

    # who is not asked does not get to know of it until there is a summary
    assert browser("ep").open(survey).status == 404
    worker.open(f"{survey}/close").send(f"{survey}/close", reason="")
    assert worker.errors == ["Enter why"]
    worker.send(f"{survey}/close", reason="All have answered.")
    worker.send(f"{survey}/summary")
    read = browser("ep").open(survey)
    assert "8 people answered." in read.text and "our pupils lack" not in read.text


def test_a_question_with_too_few_answers_to_choose_from_and_a_day_that_is_over_are_refused(browser: At) -> None:
    worker = browser("caseworker")
    report = published(worker, "Badly asked")
    worker.open(f"{report}/survey").send(worker.path, title="Badly", contact="Office", audience=["parent"])
    worker.send(worker.path, **{"closes_on.day": "1", "closes_on.month": "9", "closes_on.year": "2026"},
                closes_at="17:00")  # fmt: skip
    asked = worker.path
    worker.send(asked, **{"questions.0.title": "Is it?", "questions.0.kind": "choice", "questions.0.options": "Yes"})
    check = worker.path
    worker.send(check)
    assert worker.errors[0].startswith("Question 1: enter 2 to 20 answers")
    worker.open(asked).send(asked, **{"questions.0.options": "Yes\nNo"})
    worker.send(check)
    assert worker.errors == ["A survey closes at a time that is yet to come."]


def test_a_family_answers_by_its_link(browser: At, desk: Desk) -> None:
    worker = browser("caseworker")
    survey = survey_about(worker, published(worker, "For families"), "How are we doing?", "parent")
    staff = survey_about(worker, "/reports/1", "Among schools", "home-staff")
    parent = come(browser, send_link(browser, desk.open(parent_account=None), "parent", "see"))
    address = f"/family{survey}"
    assert parent.links()["How are we doing?"] == address and "Among schools" not in parent.text
    parent.open(address).send(address, q1="No")
    assert "You have answered" in parent.text
    assert "How are we doing?" not in parent.open("/family").text
    assert parent.open(f"/family{staff}").status == 404


@pytest.mark.parametrize("who", ["home-head", "parent", "auditor", "ep"])
def test_who_may_not_improve_is_refused_what_these_pages_do(who: str, browser: At) -> None:
    person = browser(who)
    token = person.open("/help").page.xpath("//input[@name='token']/@value")[0]
    for address in ("/reports/new/check", "/reports/1/new-version/check", "/reports/1/findings/1/action",
                    "/reports/1/survey/check", "/surveys/1/close", "/surveys/1/summary"):  # fmt: skip
        refused = person.post(address, [("token", token), ("reason", "Because")])
        assert refused.status == 403, address


def test_the_cases_behind_a_number_are_listed_for_who_may_open_them(browser: At, desk: Desk) -> None:
    ref = desk.open()
    desk.complete(ref, "triage", "caseworker", answers("exclusion_prevention", "accept"))
    desk.as_("caseworker").get("/measures", headers={"Wait-For": str(desk.head())})
    worker = browser("caseworker").open("/measures/first_response?by=school")
    found = [href for words, href in worker.links().items() if "cases it is of, Avonbrook School" in words]
    listed = worker.open(found[0])
    assert listed.heading == "The cases behind the number" and "Avonbrook School" in listed.text
    assert ref in listed.links() and listed.open(listed.links()[ref]).status == 200
    assert listed.open("/measures/first_response/cases?by=happiness&group=x").status == 404
    assert listed.open("/measures/happiness/cases").status == 404
    auditor = browser("auditor").open("/measures/first_response?by=school")
    assert auditor.status == 200 and not any("/cases?" in href for href in auditor.links().values())
    assert auditor.open(found[0]).status == 403


def test_expected_demand_stands_against_room_and_price(browser: At) -> None:
    worker = browser("caseworker").open("/demand")
    assert "Places at schools, for managed moves" in worker.text and "Tuition" in worker.text
    assert "£" in worker.text and "2025/26" in worker.text
    assert worker.open("/demand?period=soon").errors[0].startswith("Enter a period")
    assert browser("parent").open("/demand").status == 403
