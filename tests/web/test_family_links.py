"""Families by secure link: what they read, ask and answer, and what a link does not do. Without JavaScript."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.case.store.database import Database
from services.case.web.routes import PAGES
from tests.api.desk import Desk, house_of
from tests.api.documents import PDF
from tests.serving import Served
from tests.web.browsing import Browser

At = Callable[[str], Browser]


def send_link(browser: At, ref: str, party: str, purpose: str) -> str:
    """A caseworker makes a link; the path that is handed over."""
    worker = browser("caseworker")
    worker.open(f"/cases/{ref}/people/{party}/link").send(f"/cases/{ref}/people/{party}/link", purpose=purpose)
    assert worker.heading == f"The link for {'parent or carer' if party == 'parent' else party}"
    (shown,) = worker.page.xpath("//*[@id='the-link']/text()")
    return "/link/" + shown.strip().partition("/link/")[2]


def come(browser: At, path: str) -> Browser:
    """Somebody opens the link and goes on."""
    return browser("").open(path).send(path)


def kinds(desk: Desk, ref: str) -> list[str]:
    return [event["type"] for event in desk.events(ref)]


def agree(person: Browser, choice: str, **answers: str) -> Browser:
    """From the plan to the answer that was sent."""
    person.open("/family/agreement").open("/family/plan").open("/family/answer").send("/family/answer", choice=choice)
    given = {"language": "English", "interpreter": "not_needed", "adviser": "offered", **answers}
    for _ in range(6):
        if person.path.endswith("/check"):
            break
        names = {element.get("name") for element in person.page.xpath("//form//*[@name]")}
        before = person.path
        person.send(before, **{name: value for name, value in given.items() if name in names})
        assert person.path != before, person.errors
    return person.send(person.path)


def test_a_parent_declines_and_nothing_but_the_answer_is_asked(browser: At, desk: Desk) -> None:
    # given terms that wait for four answers
    ref = desk.moved_to_terms()
    parent = come(browser, send_link(browser, ref, "parent", "agree"))
    assert "You decide freely" in parent.text
    assert "You are free to say no" in parent.open("/family/agreement").text

    # when the parent says no, who they are is all that is asked, and if they like to say anything
    parent.open("/family/answer").send("/family/answer", choice="no")
    parent.send(parent.path, capacity="parent_with_responsibility")
    assert parent.path.endswith("/check")
    assert {row.strip() for row in parent.page.xpath("//dt/text()")} == {
        "Who are you in this?", "What would you like to say about it?",
    }  # fmt: skip
    parent.send(parent.path)

    # then that is the answer, with the link by which it came
    assert parent.heading.startswith("Thank you") and ref in parent.text and "You said no" in parent.text
    done = [e for e in desk.events(ref, "case.task_completed.v1") if e["facts"].get("party") == "parent"][-1]
    assert done["facts"]["answers"]["agree"] == "no" and done["facts"]["answers"]["method"] == "e_sign"
    assert desk.case(ref)["agreements"]["answers"]["parent"] == "refused"


def test_a_pupil_without_an_account_agrees_in_own_words_and_changes_their_mind(browser: At, desk: Desk) -> None:
    ref = desk.moved_to_terms(pupil_account=None)
    pupil = come(browser, send_link(browser, ref, "pupil", "agree"))
    assert "You can say no. You do not have to say why." in pupil.open("/family/agreement").text
    pupil.open("/family/answer")
    assert pupil.heading == "What do you say?"
    agree(pupil, "yes", understanding="I will go to the other school for good.", free_to_say_no="yes")
    assert "You said yes" in pupil.text
    assert desk.case(ref)["agreements"]["answers"]["pupil"] == "agreed"

    pupil.open("/family/withdraw").send("/family/withdraw", reason="")
    assert pupil.heading == "You said no"
    assert desk.case(ref)["agreements"]["answers"]["pupil"] != "agreed"


def test_a_parent_asks_what_has_been_tried_and_it_is_a_task_for_the_school(browser: At, desk: Desk) -> None:
    ref = desk.open(parent_account=None)
    parent = come(browser, send_link(browser, ref, "parent", "see"))
    for page in ("tried", "suits", "next", "advice", "talk", "ask"):
        assert parent.open(f"/family/{page}").status == 200, page
    parent.send("/family/ask")
    parent.send(parent.path, topic="tried", question="What did you try, and how did it go?", answer_how="written")
    parent.send(parent.path)
    assert parent.heading.startswith("Thank you")
    assert desk.task(ref, "reply_of_school")["role"] == "home-staff"


def test_a_parent_fetches_what_they_sent_as_long_as_the_link_lives_and_nobody_elses(browser: At, desk: Desk) -> None:
    # given a parent who sends a document with a question, in a case that has another
    ref = desk.open(parent_account=None)
    post = {"files": {"file": ("school.pdf", PDF)}, "data": {"case": ref}}
    other = desk.as_("caseworker").post("/files", **post).json()["file"]
    parent = come(browser, send_link(browser, ref, "parent", "see"))
    parent.open("/family/ask").send("/family/ask")
    said = {"topic": "tried", "question": "Have you seen this?", "answer_how": "written"}
    parent.send(parent.path, files={"document": ("letter.pdf", PDF)}, **said)
    parent.send(parent.path)

    # then they find it again, the school's task leads to it, and the other is not theirs
    mine = parent.open("/family").links()["letter.pdf"]
    assert parent.client.get(mine).content == PDF
    assert "letter.pdf" in browser("home-staff").open(f"/tasks/{desk.task(ref, 'reply_of_school')['task']}").text
    assert parent.client.get(f"/family/files/{other}").status_code == 404

    # until the link is over
    send_link(browser, ref, "parent", "see")
    assert parent.client.get(mine).status_code == 410


def test_a_parent_reads_what_was_written_to_them_and_nobody_elses(browser: At, desk: Desk) -> None:
    ref = desk.open(parent_account=None)
    parent = come(browser, send_link(browser, ref, "parent", "see"))
    parent.open(parent.links()["What we wrote to you"])
    assert "We have received a referral" in parent.text and f"Our reference: {ref}" in parent.text
    assert "What happens next" in parent.page.xpath("//main//h3/text()")

    pupil = come(browser, send_link(browser, ref, "pupil", "see")).open("/family/messages")
    assert "We have received a referral" not in pupil.text


def test_looking_at_a_link_changes_nothing_however_often(browser: At, desk: Desk, served: Served) -> None:
    ref = desk.open()
    path = send_link(browser, ref, "parent", "see")
    before = kinds(desk, ref)
    with httpx.Client(base_url=served.address) as scanner:
        for _ in range(3):
            for method, headers in (("GET", {}), ("HEAD", {}), ("GET", {"purpose": "prefetch"})):
                answer = scanner.request(method, path, headers=headers)
                assert answer.status_code == 200
                assert answer.headers["referrer-policy"] == "no-referrer"
                assert answer.headers["cache-control"] == "no-store"
                assert answer.headers["x-robots-tag"] == "noindex"
        assert scanner.get("/family").status_code == 410  # no session came of it
    assert kinds(desk, ref) == before
    assert come(browser, path).path == "/family"
    assert kinds(desk, ref) == [*before, "case.link_opened.v1"]


def test_a_new_link_ends_the_old_one_and_what_was_open_by_it(browser: At, desk: Desk) -> None:
    ref = desk.open()
    first = send_link(browser, ref, "parent", "see")
    parent = come(browser, first)
    second = send_link(browser, ref, "parent", "see")
    assert parent.open("/family").status == 410
    assert browser("").open(first).heading == "This link does not work any more"
    assert come(browser, second).status == 200


def test_the_token_is_kept_nowhere(browser: At, desk: Desk, served: Served) -> None:
    ref = desk.open()
    token = send_link(browser, ref, "parent", "see").rpartition("/")[2]
    assert len(token) == 43  # 256 bits
    with house_of(served) as house:
        assert not found_in(house.database, token)
    assert not any(token in line for line in served.said)


def found_in(database: Database, text: str) -> list[Any]:
    tables = [row[0] for row in database.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    like = f"%{text}%"
    return [t for t in tables if database.row(f'SELECT 1 FROM "{t}" AS t WHERE t::text LIKE %s LIMIT 1', [like])]


def test_a_link_is_for_one_party_one_case_and_one_purpose(browser: At, desk: Desk) -> None:
    ref = desk.moved_to_terms()
    parent = come(browser, send_link(browser, ref, "parent", "see"))
    assert parent.open("/family/plan").status == 403
    task = desk.task(ref, party="pupil")["task"].rpartition("-")[2]
    assert parent.open(f"/family/tasks/{task}").status == 404
    by_agreement = come(browser, send_link(browser, ref, "parent", "agree"))
    assert by_agreement.open("/family/tried").status == 403
    assert by_agreement.open(f"/family/tasks/{task}").status == 404
    # a family's session is no session for other pages
    cookie = by_agreement.client.cookies["family"]
    stranger = browser("")
    stranger.client.cookies.set("session", cookie)
    assert stranger.open("/cases").path == "/sign-in"


@pytest.mark.parametrize("party", ["parent", "pupil"])
def test_a_concern_of_pressure_pauses_the_case(browser: At, desk: Desk, party: str) -> None:
    ref = desk.open()
    person = come(browser, send_link(browser, ref, party, "see"))
    assert person.open("/family/concern").send("/family/concern", about="").status == 422
    person.send("/family/concern", about="They said that saying no means exclusion.")
    assert person.status == 200 and desk.case(ref)["status"] == "held"


def test_no_page_for_families_is_shown_to_who_did_not_come_by_a_link(browser: At, served: Served) -> None:
    signed_in = browser("parent")
    for page in PAGES:
        if page.who == "link":
            path = page.path.replace("{task}", "1").replace("{step}", "1")
            refused = signed_in.open(path) if page.method == "GET" else signed_in.post(path, [("token", "x")])
            assert (refused.status, refused.heading) == (410, "This link does not work any more"), page.path


def test_nothing_of_others_is_told_but_whether_they_agree(browser: At, desk: Desk) -> None:
    # given a parent who says no with a reason, and whose address must not be told
    ref = desk.moved_to_terms()
    parent = come(browser, send_link(browser, ref, "parent", "agree"))
    agree(parent, "no", capacity="parent_with_responsibility", words="Because of what happened in May.")
    pupil = come(browser, send_link(browser, ref, "pupil", "agree"))
    pupil.open("/family/plan")
    assert "Did not agree" in pupil.text and "Because of what happened" not in pupil.text

    other = desk.moved_to_terms()
    pupil = come(browser, send_link(browser, other, "pupil", "agree")).open("/family/plan")
    assert "Maria Example" not in pupil.text and "How do you get there?" in pupil.text
    contact = {"name": "Maria Example", "restriction": "hide_address"}
    recorded = desk.as_("caseworker").put(f"/cases/{other}/contacts/parent", json={"contact": contact})
    assert recorded.status_code == 200, recorded.text
    assert "How do you get there?" not in pupil.open("/family/plan").text


def test_feedback_by_link_after_the_case_is_closed(browser: At, desk: Desk, served: Served) -> None:
    # given a closed case; everybody is asked the day after
    ref = desk.open()
    case = desk.case(ref)
    closed = desk.as_("caseworker").post(
        f"/cases/{ref}/close", json={"outcome": "MOVED_AREA", "reason": "Moved."}, headers={"If-Match": case["etag"]}
    )
    assert closed.status_code == 200
    served.clock_to("2026-09-30T09:00:00+01:00")
    pupil = come(browser, send_link(browser, ref, "pupil", "feedback"))
    pupil.open(pupil.links()["Say how it went"])
    pupil.open(next(path for path in pupil.links().values() if "/questions/" in path))
    pupil.send(pupil.path, feedback_answer="declined").send(pupil.path)
    assert pupil.heading.startswith("Thank you")


def test_a_link_ends_after_fourteen_days(browser: At, desk: Desk, served: Served) -> None:
    ref = desk.open()
    path = send_link(browser, ref, "parent", "see")
    parent = come(browser, path)
    served.clock_to("2026-10-14T10:00:00+01:00")
    assert parent.open("/family").status == 410
    assert "Ask the school or the council for a new one" in browser("").open(path).text


def test_nobody_but_the_council_makes_links(browser: At, desk: Desk) -> None:
    ref = desk.open()
    assert browser("home-head").open(f"/cases/{ref}/people/parent/link").status == 403


def test_nobody_goes_on_guessing_links_and_a_good_one_still_works(browser: At, desk: Desk) -> None:
    path = send_link(browser, desk.open(), "parent", "see")
    stranger = browser("")
    answers = [stranger.open(f"/link/guess-{number}").status for number in range(40)]
    assert answers[0] == 410 and answers[-1] == 429
    assert come(browser, path).path == "/family"
