"""Heads and professionals without an account by secure link: what they are asked, what is shared with them in one case,
and nothing else. Without JavaScript."""

import asyncio
from collections.abc import Callable

import pytest

from services.case.application.looking import access_stream
from services.case.application.reference import Reference
from services.case.domain.access_events import CaseLookedAt
from services.case.domain.errors import NotAllowed
from services.case.domain.people import Membership, Person
from services.case.domain.permissions import ACTIONS, GUEST, may, role_anywhere
from services.case.projections.cases import cases_of
from services.case.projections.inbox import inbox_of
from tests.api.desk import TO_PACK, TO_TERMS, Desk, answers, house_of
from tests.web.browsing import Browser
from tests.web.filling_in import fill_in
from tests.web.test_family_links import agree, come

At = Callable[[str], Browser]
AP = "alternative_provision"
FOR_FAMILIES = ("messages", "tried", "suits", "next", "advice", "ask", "concern", "surveys/1")


def send_link(browser: At, ref: str, whose: str, purpose: str) -> str:
    """A caseworker finds whom to give a link to among the people of the case; the path that is handed over."""
    worker = browser("caseworker").open(f"/cases/{ref}/people")
    assert f"/cases/{ref}/people/{whose}/link" in worker.links().values()
    worker.open(f"/cases/{ref}/people/{whose}/link").send(f"/cases/{ref}/people/{whose}/link", purpose=purpose)
    (shown,) = worker.page.xpath("//*[@id='the-link']/text()")
    return "/link/" + str(shown).strip().partition("/link/")[2]


def looks(desk: Desk, ref: str) -> list[tuple[str, str, str]]:
    """Who looked at a case, as role and organisation, and at what."""
    with house_of(desk.served) as house:
        seen = [one.event for one in house.store.load(access_stream(ref))]
    return [(one.meta.by.role, one.meta.by.org, one.what) for one in seen if isinstance(one, CaseLookedAt)]


def test_a_provider_answers_a_referral_without_getting_to_know_whose_it_is(
    browser: At, desk: Desk, reference: Reference
) -> None:
    # given a referral to two providers
    desk.served.clock_to("2026-10-05T09:00:00+01:00")
    ref = desk.open(process=AP, name="pupil_n")
    desk.walk(ref, ("refer_to_providers", "home-head", "refer"), process=AP)
    tasks = {task["org"]: task["task"] for task in desk.case(ref)["open_tasks"]}

    # when one of them answers by link
    provider = come(browser, send_link(browser, ref, "provider@AP-1001", "see"))
    assert "Example" not in provider.text and "Robin" not in provider.text
    number = tasks["AP-1001"].rpartition("-")[2]
    assert provider.open(f"/family/tasks/{tasks['AP-1002'].rpartition('-')[2]}").status == 404
    provider.open("/family").open(f"/family/tasks/{number}")
    provider.open(next(path for path in provider.links().values() if "/questions/" in path))
    fill_in(provider, reference.current("937", AP).forms["provider_reply"], answers(AP, "accepts"))
    provider.send(f"/family/tasks/{number}/check")

    # then it is answered in their role, each look is recorded, and they see no case
    assert provider.heading.startswith("Thank you")
    done = desk.events(ref, "case.task_completed.v1")[-1]
    assert (done["by"]["role"], done["by"]["org"]) == ("ap-provider", "AP-1001")
    assert {what for *_, what in looks(desk, ref)} == {"case", "task"}
    assert {(role, org) for role, org, _ in looks(desk, ref)} == {("ap-provider", "AP-1001")}
    assert provider.open("/family/shared").status == 404
    assert "nothing for you to answer" in provider.open("/family").text


def test_the_receiving_head_sees_the_pack_as_long_as_it_is_shared(browser: At, desk: Desk) -> None:
    # given a shared pack
    ref = desk.open_move()
    desk.walk(ref, *TO_PACK)
    head = come(browser, send_link(browser, ref, "receiving_head@900002", "see"))

    # then its head reads it, and no page that is for families
    head.open(head.links()["What is shared with you about the pupil"])
    assert head.status == 200 and "Example" in head.page.text_content()
    assert ("receiving-head", "900002", "case") in looks(desk, ref)
    for page in FOR_FAMILIES:
        assert head.open(f"/family/{page}").status == 403, page

    # when a parent says no, then it is over with that
    desk.walk(ref, *TO_TERMS)
    said_no = {"answers": answers("managed_move", "parent_says_no")}
    refused = desk.as_("parent").post(f"/cases/{ref}/agreements/parent", json=said_no, headers={"If-Match": "*"})
    assert refused.status_code == 200, refused.text
    assert head.open("/family/shared").status == 404
    assert "Example" not in head.open("/family").page.text_content()


def test_the_head_of_the_home_school_agrees_and_takes_it_back(browser: At, desk: Desk) -> None:
    ref = desk.moved_to_terms()
    head = come(browser, send_link(browser, ref, "home_head@900001", "agree"))
    agree(head, "yes", free_to_say_no="yes")
    assert "You said yes" in head.text, head.text
    assert desk.case(ref)["agreements"]["answers"]["home_head"] == "agreed"
    assert ("home-head", "900001", "agreement") in looks(desk, ref)
    head.open("/family/withdraw").send("/family/withdraw", reason="")
    assert desk.case(ref)["agreements"]["answers"].get("home_head") != "agreed"


def test_looking_at_the_link_changes_nothing(browser: At, desk: Desk) -> None:
    ref = desk.moved_to_terms()
    path = send_link(browser, ref, "home_head@900001", "agree")
    before = desk.events(ref)
    for _ in range(3):
        assert browser("").open(path).status == 200
    assert desk.events(ref) == before and looks(desk, ref) == []
    assert come(browser, path).path == "/family"


@pytest.mark.parametrize(
    ("whose", "status"),
    [
        ("receiving_head@900002", 409),  # is asked for nothing yet
        ("home_head@900003", 409),  # is another school's
        ("provider@AP-1001", 409),
        ("inclusion_team@937", 404),  # signs in
        ("home_head", 404),
        ("parent@937", 404),
    ],
)
def test_no_link_for_who_is_asked_for_nothing(browser: At, desk: Desk, whose: str, status: int) -> None:
    ref = desk.open_move()
    page = browser("caseworker").open(f"/cases/{ref}/people/{whose}/link")
    assert page.status == status, page.text
    worker = browser("caseworker")
    token = worker.open("/help").page.xpath("//input[@name='token']/@value")[0]
    assert worker.post(f"/cases/{ref}/people/{whose}/link", [("token", token), ("purpose", "see")]).status == status
    assert not desk.events(ref, "case.link_issued.v1")


def test_in_another_case_of_the_same_school_they_are_nobody(desk: Desk) -> None:
    # given two cases of a school whose head came by a link to one of them
    ref, other = desk.moved_to_terms(), desk.moved_to_terms()
    head = Person("by-link:home_head:" + ref, "937", (Membership("home-head", "900001"),), only=ref)
    with house_of(desk.served) as house:
        assert cases_of(house.database, head, 10) == [] and inbox_of(house.database, head, 10) == []
        mine, others = asyncio.run(house.door.see(ref)), asyncio.run(house.door.see(other))

    # then of all that heads do they read what they are asked to agree to, and that in the one case
    assert {action for action in ACTIONS if may(head, mine, action)} == GUEST
    assert not any(may(head, others, action) for action in ACTIONS)
    for action in ACTIONS.keys() - GUEST:
        with pytest.raises(NotAllowed):
            role_anywhere(head, action)


def test_the_chair_of_a_panel_who_signs_no_agreement_answers_too(browser: At, desk: Desk, reference: Reference) -> None:
    # given a pupil for whom the fair access panel is to find a place
    desk.served.clock_to("2026-11-02T09:00:00+00:00")
    ref = desk.open(process="reintegration", name="pupil_n")
    desk.walk(ref, ("plan_return", "home-staff", "plan_new_school"), process="reintegration")
    desk.served.clock_to("2026-11-04T09:00:00+00:00")

    # when its chair answers by link, then it is the panel's answer
    chair = come(browser, send_link(browser, ref, "fair_access_panel@937", "see"))
    task = desk.task(ref, "allocate_place")["task"].rpartition("-")[2]
    chair.open(f"/family/tasks/{task}")
    chair.open(next(path for path in chair.links().values() if "/questions/" in path))
    form = reference.current("937", "reintegration").forms["allocated_place"]
    fill_in(chair, form, answers("reintegration", "place"))
    chair.send(f"/family/tasks/{task}/check")
    assert chair.heading.startswith("Thank you")
    assert desk.events(ref, "case.task_completed.v1")[-1]["by"]["role"] == "fap-chair"
