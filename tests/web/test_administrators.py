"""An administrator at the pages: school days, the council's policy, people and roles; each change with a reason."""

from collections.abc import Callable, Iterator

import pytest

from services.case.domain.people import Membership, Person
from tests.api.desk import Desk, problem
from tests.api.test_calendars import CALENDAR
from tests.web.browsing import Browser

At = Callable[[str], Browser]
ELSEWHERE = Person("admin-885", "885", (Membership("admin", "885"),))


@pytest.fixture
def admin(browser: At) -> Browser:
    return browser("admin")


@pytest.fixture
def abroad(desk: Desk) -> Iterator[Desk]:
    """The desk, with an administrator of another council."""
    desk.strangers["admin-885"] = ELSEWHERE
    yield desk
    desk.strangers.pop("admin-885")


def upload(admin: Browser, text: bytes, because: str = "days_changed") -> Browser:
    """The form with a file, as browsers send it."""
    admin.open("/calendars/import")
    (form,) = (form for form in admin.page.forms if form.action == "/calendars/import")
    fields = {name: value for name, value in form.form_values() if name not in ("file", "because")}
    origin = {"origin": str(admin.client.base_url).rstrip("/")}
    files = {"file": ("next.toml", text, "application/toml")}
    return admin._show(
        admin.client.post("/calendars/import", data={**fields, "because": because}, files=files, headers=origin)
    )


class TestCalendars:
    def test_one_is_put_in_use_from_text_and_from_a_file_and_both_are_in_its_history(self, admin: Browser) -> None:
        admin.open("/calendars")
        assert "The council’s own" in admin.text and "Came with the service’s files" in admin.text
        admin.open(admin.links()["Put a calendar in use"]).send("/calendars/import")
        assert admin.status == 422
        assert admin.errors == ["Choose the file of the calendar, or paste its text", "Select why"]

        admin.send("/calendars/import", calendar=CALENDAR, because="new_year")
        assert admin.heading == "Calendar 2026/27" and "2 September 2026 to 23 October 2026" in admin.text
        first = admin.path

        inset = '[[closed]]\ndate = 2026-10-23\ntype = "inset"\n'
        upload(admin, f"{CALENDAR}\n{inset}".encode())
        assert admin.path != first and "23 October 2026: INSET" in admin.text
        history = admin.text.partition("History")[2]
        assert history.index("The school or the council set other days") < history.index("It is the first")
        assert history.count("Pete Walsh") == 2
        assert admin.open(first).text.startswith("Not in use any more")

    def test_what_is_wrong_with_it_is_said_with_the_key(self, admin: Browser, browser: At) -> None:
        upload(admin, CALENDAR.replace("2026-10-23", "2026-08-23").encode())
        assert admin.errors == ["ranges[0]: ends on 2026-08-23, before it starts on 2026-09-02."]
        assert "2026-08-23" in admin.page.xpath("//textarea[@name='calendar']")[0].text, "what was sent is kept"
        upload(admin, CALENDAR.replace("ranges", "rangs").encode())
        assert "rangs" in admin.errors[0]
        upload(admin, b"\xff\xfe")
        assert admin.errors == ["The file must be a text file in UTF-8"]
        upload(admin, CALENDAR.encode(), because="")
        assert admin.errors == ["Select why"]
        upload(admin, CALENDAR.replace("900004", "900101").encode())
        assert admin.status == 422 and len(admin.errors) == 1, "another council's school"

    def test_another_councils_are_not_to_be_seen(self, abroad: Desk, admin: Browser, browser: At) -> None:
        (theirs, *_) = abroad.as_("admin-885").get("/calendars").json()["calendars"]
        assert admin.open(f"/calendars/versions/{theirs['calendar']}").status == 404
        assert browser("caseworker-885").open(f"/calendars/versions/{theirs['calendar']}").status == 403

    def test_a_closure_is_reported_and_withdrawn_each_with_its_reason(self, desk: Desk, admin: Browser) -> None:
        admin.open("/calendars/closures").send("/calendars/closures")
        assert admin.errors == ["Enter the first day", "Select why"]
        day = {"first.day": "9", "first.month": "11", "first.year": "2026", "reason": "utilities"}
        for wrong, sentence in (
            ({"first.day": "31"}, "The first day must be a real date"),
            ({"schools": "9000"}, "Enter school numbers of six digits, each on a line of its own"),
            ({"schools": "900101"}, "That school is not in the directory of this authority."),
            (
                {"last.day": "8", "last.month": "11", "last.year": "2026"},
                "Enter a last day that is not before the first",
            ),
            ({"first.day": "14"}, "2026-11-14: no session."),
        ):
            admin.open("/calendars/closures").send("/calendars/closures", **{**day, **wrong})
            assert admin.status == 422 and admin.errors[0].startswith(sentence), wrong
        last = {"last.day": "10", "last.month": "nov", "last.year": "2026", "schools": "900003\n900002"}
        admin.open("/calendars/closures").send("/calendars/closures", **day, **last)
        assert admin.path == "/calendars"
        told = admin.text.partition("Closures")[2]
        assert "9 Nov 2026" in told and "10 Nov 2026" in told and "No heating, water or power" in told

        (address,) = [href for href in admin.links().values() if href.endswith("/withdraw")]
        admin.open(address).send(address)
        assert admin.errors == ["Select why"]
        admin.send(address, because="wrong_schools")
        told = admin.text.partition("Closures")[2]
        assert "Withdrawn" in told and "it was for other schools" in told
        assert admin.open(address).status == 404
        (closure,) = desk.as_("admin").get("/calendars").json()["closures"]
        assert (closure["schools"], closure["withdrawal"]["because"]) == (["900002", "900003"], "wrong_schools")


class TestPolicy:
    def test_every_value_is_told_with_how_binding_it_is(self, admin: Browser, browser: At) -> None:
        admin.open("/policy")
        assert admin.heading == "Policy of Warwickshire, from 1 September 2025"
        for words in ("Fixed by law", "Statutory guidance", "The council’s own choice", "SI 2012/1033", "In force"):
            assert words in admin.text
        assert "Rungs, in order Restorative approach: at least 5 school days, 1 review; " in admin.text
        assert "A policy is not changed on a page." in admin.text and "From the council’s file" in admin.text
        version = next(href for href in admin.links().values() if href.startswith("/policy/"))
        assert admin.open(version).heading == "Policy of Warwickshire, from 1 September 2025"
        other = browser("caseworker-885")
        assert other.open("/policy").heading.startswith("Policy of Worcestershire")
        assert other.open(version).status == 404


class TestRoles:
    def test_a_role_given_here_holds_at_once_until_it_is_taken(self, desk: Desk, admin: Browser, browser: At) -> None:
        # given somebody at work, who does not put processes in use
        psychologist = browser("ep")
        assert psychologist.open("/processes").status == 403
        problem(desk.as_("ep").get("/bundles"), 403)

        # when an administrator gives them that role
        page = admin.open("/people").links()["Dr Owen Marsh"]
        admin.open(page).open(f"{page}/give").send(f"{page}/give")
        assert admin.errors == ["Select a role", "Select why"]
        admin.send(f"{page}/give", role="process-owner", because="cover")

        # then they have it, signed in as they are, and its reason is told
        assert admin.path == page and "they cover for somebody who is away" in admin.text
        assert psychologist.open("/processes").status == 200
        assert desk.as_("ep").get("/bundles").status_code == 200
        assert "Process owner, Warwickshire council (given here)" in admin.open("/people").text

        # and when it is taken, it is gone at once
        take = next(href for href in admin.open(page).links().values() if "process-owner" in href)
        admin.open(take).send(take, because="not_needed")
        assert admin.path == page and "They do not need it" in admin.text
        assert psychologist.open("/processes").status == 403
        problem(desk.as_("ep").get("/bundles"), 403)
        assert [(one["given"], one["because"]) for one in desk.as_("admin").get("/roles").json()[:2]] == [
            (False, "not_needed"),
            (True, "cover"),
        ]

    def test_what_the_sign_in_says_can_be_taken_and_given_back(self, admin: Browser, browser: At) -> None:
        clerk = browser("gb-clerk")
        assert clerk.open("/cases").status == 200
        page = admin.open("/people").links()["Colin Frost"]
        assert "Sample person of the built-in sign-in" in admin.open(page).text
        take = next(href for href in admin.links().values() if href.endswith("/take"))
        admin.open(take).send(take, because="left")
        assert clerk.open("/cases").status == 403
        assert "Colin Frost" in browser("caseworker").open("/tasks/cover").text, "whose tasks somebody has to take on"
        assert "Taken here" in admin.text and admin.open(take).status == 404
        admin.open(f"{page}/give").send(f"{page}/give", role="gb-clerk", org="900001", because="mistake_mended")
        assert admin.path == page and clerk.open("/cases").status == 200

    def test_somebody_given_a_role_can_be_given_its_tasks(self, desk: Desk, admin: Browser, browser: At) -> None:
        ref, worker = desk.open(), browser("caseworker")
        assert "Naomi Pike" not in worker.open(f"/tasks/reassign?task={ref}-1").text
        desk.as_("admin").post("/roles/give", json=given("irp-clerk", "caseworker", "937"))
        assert "Naomi Pike" in worker.open(f"/tasks/reassign?task={ref}-1").text
        desk.as_("admin").post("/roles/take", json=given("irp-clerk", "caseworker", "937"))

    def test_nobody_changes_their_own_and_families_have_none(self, desk: Desk, admin: Browser) -> None:
        api = desk.as_("admin")
        problem(api.post("/roles/give", json=given("admin", "caseworker", "937")), 403)
        problem(api.post("/roles/take", json=given("admin", "admin", "937")), 403)
        for role, org in (("parent", "937"), ("caseworker", "885"), ("home-head", "900101"), ("ap-provider", "AP-9")):
            assert (
                problem(api.post("/roles/give", json=given("ep", role, org)), 422)["type"] == "/problems/role-not-for"
            )
        assert api.post("/roles/give", json={**given("ep", "auditor", "937"), "because": "Asked me"}).status_code == 422
        own = admin.open("/people").links()["Pete Walsh"]
        assert "These are your own roles" in admin.open(own).text and not admin.page.xpath("//main//form")
        assert "Maria Example" not in admin.open("/people").text and "Alex Example" not in admin.text
        admin.open(f"{own}/give").send(f"{own}/give", role="caseworker", because="joined")
        assert admin.errors == ["Nobody changes their own roles. Ask another administrator."]

    def test_they_are_the_councils_own(self, abroad: Desk, admin: Browser, browser: At) -> None:
        there = abroad.as_("admin-885")
        there.post("/roles/give", json=given("caseworker", "caseworker", "885"))
        assert len(there.get("/roles").json()) == 1
        assert browser("caseworker").open("/tasks/team").status == 200
        problem(abroad.as_("caseworker").get("/roles"), 403)
        assert "885" not in admin.open("/people").text
        for name in ("caseworker", "caseworker-885", "auditor", "process-owner"):
            stranger = browser(name)
            assert stranger.open("/people").status == (200 if name == "auditor" else 403)
            assert stranger.open(f"/people/{'0' * 16}/give").status == 403
        auditor = browser("auditor").open("/people")
        page = auditor.open(auditor.links()["Dr Owen Marsh"])
        assert page.status == 200 and "Give a role" not in page.text
        assert admin.open(f"/people/{'0' * 16}").status == 404


def given(person: str, role: str, org: str) -> dict[str, str]:
    return {"person": person, "role": role, "org": org, "because": "other"}
