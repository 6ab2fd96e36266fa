"""A receiving school and a provider see what is shared with them, as long as it is, and answer what they are asked."""

from collections.abc import Callable

from services.case.application.reference import Reference
from services.case.domain.people import Membership, Person
from tests.api.desk import TO_PACK, TO_TERMS, Desk, answers, problem
from tests.web.browsing import Browser
from tests.web.filling_in import fill_in

At = Callable[[str], Browser]
SHARED = ("", "/people", "/messages")
NEVER_SHARED = ("/history", "/replay", "/compare", "/answers", "/verify", "/access", "/export", "/hold", "/close")
BEHIND_THEM = ("/events", "/state")  # of the API
AP = "alternative_provision"


def sees_the_pack_alone(person: Browser, desk: Desk, name: str, ref: str) -> None:
    for page in SHARED:
        assert person.open(f"/cases/{ref}{page}").status == 200, page
    assert "Example" in person.open(f"/cases/{ref}").page.text_content()
    for page in NEVER_SHARED:
        assert person.open(f"/cases/{ref}{page}").status == 403, page
    for address in BEHIND_THEM:
        problem(desk.as_(name).get(f"/cases/{ref}{address}"), 403)


def knows_nothing_of_it(person: Browser, desk: Desk, name: str, ref: str) -> None:
    for page in SHARED:
        assert person.open(f"/cases/{ref}{page}").status == 404, page
    for page in NEVER_SHARED:  # some are for other roles whichever case it is
        assert person.open(f"/cases/{ref}{page}").status in (403, 404), page
    for address in ("", *BEHIND_THEM):
        problem(desk.as_(name).get(f"/cases/{ref}{address}"), 404)


def test_a_receiving_school_sees_the_pack_until_the_family_says_no(browser: At, desk: Desk) -> None:
    # given a move for which a school has said that it would look at the pack, which is not there yet
    ref, head = desk.open_move(), browser("receiving-head")
    desk.walk(ref, *TO_PACK[:-1])
    knows_nothing_of_it(head, desk, "receiving-head", ref)

    # when the pack is shared, then its head sees that alone
    desk.walk(ref, TO_PACK[-1])
    sees_the_pack_alone(head, desk, "receiving-head", ref)

    # when a parent does not agree, then it is over with that
    desk.walk(ref, *TO_TERMS)
    said_no = {"answers": answers("managed_move", "parent_says_no")}
    refused = desk.as_("parent").post(f"/cases/{ref}/agreements/parent", json=said_no, headers={"If-Match": "*"})
    assert refused.status_code == 200, refused.text
    knows_nothing_of_it(head, desk, "receiving-head", ref)


def test_a_provider_answers_a_referral_by_page_and_sees_the_pack_while_the_placement_runs(
    browser: At, desk: Desk, reference: Reference
) -> None:
    # given a referral to two providers, one of which is full
    desk.served.clock_to("2026-10-05T09:00:00+01:00")
    desk.strangers["ap-provider2"] = Person("provider-2", "937", (Membership("ap-provider", "AP-1002"),))
    ref, provider = desk.open(process=AP, name="pupil_n"), browser("ap-provider")

    def done(element: str, by: str, name: str) -> None:
        desk.walk(ref, (element, by, name), process=AP)

    done("refer_to_providers", "home-head", "refer")
    full = next(one["task"] for one in desk.case(ref)["open_tasks"] if one["org"] == "AP-1002")
    declined = {"answers": answers(AP, "declines")}
    said = desk.as_("ap-provider2").post(f"/tasks/{full}/complete", json=declined, headers={"If-Match": "*"})
    assert said.status_code == 200, said.text
    desk.settle()
    knows_nothing_of_it(provider, desk, "ap-provider", ref)

    # when the other one answers every question about the referral, then it is answered, and they see no case yet
    provider.open("/tasks/team")
    task = next(href for href in provider.links().values() if href.startswith(f"/tasks/{ref}-"))
    provider.open(task).send(f"{task}/begin")
    fill_in(provider, reference.current("937", AP).forms["provider_reply"], answers(AP, "accepts"))
    provider.send(f"{task}/check")
    assert provider.heading == "Task completed"
    knows_nothing_of_it(provider, desk, "ap-provider", ref)

    # when the placement is agreed and confirmed, then they see the pack alone
    done("choose_provider", "home-head", "choose")
    desk.served.clock_to("2026-10-07T09:00:00+01:00")
    done("check_placement", "home-head", "check")
    done("check_provider", "home-staff", "provider_ok")
    done("agree_terms", "home-head", "agreement")
    done("confirm_placement", "ap-provider", "confirms")
    sees_the_pack_alone(provider, desk, "ap-provider", ref)

    # when it ends, then that is over
    desk.served.clock_to("2026-11-02T09:00:00+00:00")
    done("review_placement", "home-staff", "review")
    desk.served.clock_to("2026-11-30T09:00:00+00:00")
    done("review_placement", "home-staff", "review_ends_return")
    done("end_placement", "home-staff", "end")
    knows_nothing_of_it(provider, desk, "ap-provider", ref)
