"""A process owner at the pages: a new version of a process checked, tried and put in use, and cases moved to it."""

import re
from collections.abc import Callable

import pytest

from tests.api.desk import Desk
from tests.web.browsing import Browser
from tests.web.uploading import archive, upload

At = Callable[[str], Browser]
VERSION = re.compile(r"/processes/versions/[0-9a-f]{64}")


@pytest.fixture
def owner(browser: At) -> Browser:
    return browser("process-owner")


def test_a_new_version_from_the_archive_to_the_cases_that_follow_it(desk: Desk, owner: Browser, browser: At) -> None:
    # given two moves that wait to be explored in five school days, and one that is further
    first, second, further = desk.open_move(), desk.open_move(), desk.moved_to_terms()
    desk.settle()

    # when the owner checks a version that gives six
    message = desk.as_("caseworker").get(f"/cases/{further}/messages").json()[0]
    letter, caseworker = f"/cases/{further}/messages/{message['notice']}/{message['to']}", browser("caseworker")
    told = caseworker.open(letter).text
    upload(owner, archive(words="New words.", process=("count = 5", "count = 6")))
    assert owner.status == 200 and VERSION.fullmatch(owner.path)
    page = owner.path
    assert "It has not been tried yet" in owner.text and "Put it in use" not in owner.text

    # and tries it
    owner.send(f"{page}/dry-run")
    assert owner.path == page and "tried against 3 processes of this kind" in owner.text
    assert "“Talk with the family about a managed move” is due" in owner.text
    assert f"{first}can follow Deadline moved" in owner.text

    # and puts it in use, saying why
    owner.send(f"{page}/use")
    assert (owner.status, owner.errors) == (422, ["Select why"])
    owner.send(f"{page}/use", because="guidance_changed")
    assert owner.path == page and "Yes: new cases follow it" in owner.text
    assert "3 open cases run on other versions" in owner.text
    owner.open("/processes")
    assert "Guidance changed" in owner.text

    # then cases can be moved, with a reason
    owner.open(page).open(f"{page}/cases")
    owner.send(f"{page}/cases")
    assert owner.errors == ["Select at least one case", "Select why", "Say why in words"]
    owner.send(f"{page}/cases", case=[first], because="guidance_changed", reason="Families asked for it.")
    assert owner.heading == "1 case moved"
    owner.open(f"{page}/cases")
    owner.send(f"{page}/cases", all="yes", because="guidance_changed", reason="Families asked for it.")
    assert owner.heading == "2 cases moved"
    assert "No open case runs on another version" in owner.open(f"{page}/cases").text
    assert caseworker.open(letter).text == told, "what somebody was told stays as it was"
    for ref in (first, second, further):
        assert [event["facts"]["because"] for event in desk.events(ref, "case.process_migrated.v1")] == [
            "guidance_changed"
        ]


def test_what_cannot_be_used_is_said_line_by_line(owner: Browser) -> None:
    upload(owner, archive(managed_move=("<bpmn:userTask", "<bpmn:task")))
    assert owner.status == 422
    assert owner.errors == ["This version cannot be used yet. Below is what needs to be put right."]
    assert "managed_move/managed_move.bpmn, line" in owner.text
    for packed, sentence in (
        (b"", "Select the zip archive of the process’s folder"),
        (b"no archive", "This is no zip archive with the folder of a process."),
    ):
        upload(owner, packed)
        assert (owner.status, owner.errors) == (422, [sentence])
    upload(owner, archive(), process="")
    assert owner.errors == ["Select which process this is"]


def test_a_page_for_each_version_and_for_owners_only(browser: At, owner: Browser) -> None:
    owner.open("/processes")
    address = next(href for href in owner.links().values() if VERSION.fullmatch(href))
    assert owner.open(address).status == 200
    assert owner.open(f"{address}/cases").status == 200
    assert owner.open(f"/processes/versions/{'0f' * 32}").status == 404
    for name in ("caseworker", "admin", "auditor", "home-head"):
        stranger = browser(name)
        for page in (address, f"{address}/cases", "/processes"):
            assert stranger.open(page).status == 403, (name, page)
    stranger = browser("caseworker-885")
    token = stranger.open("/help").page.xpath("//input[@name='token']/@value")[0]
    for path in ("dry-run", "use", "cases"):
        assert stranger.post(f"{address}/{path}", [("token", token), ("because", "other")]).status == 403


def test_a_form_that_is_cut_off_changes_nothing(owner: Browser) -> None:
    owner.open("/processes/new-version")
    origin = {"origin": str(owner.client.base_url).rstrip("/"), "content-type": "multipart/form-data; boundary=x"}
    for body in (b"", b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n', b"--x\r\n\r\n\r\n--x--\r\n"):
        assert owner.client.post("/processes/new-version", content=body, headers=origin).status_code in (400, 403)
