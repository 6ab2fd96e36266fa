"""Where a council wants a second factor: the code that goes another way than the link."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.case.application.files import HOUSE
from services.case.deliveries import contacts
from tests.api.conftest import MORNING
from tests.api.desk import Desk, house_of, pupil
from tests.serving import Served, serve
from tests.store.embedding import data_folder, until
from tests.web.browsing import Browser
from tests.web.test_family_links import At

TITLE = "The code for your link"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A council that wants a code by letter."""
    councils = tmp_path_factory.mktemp("councils") / "authorities"
    shutil.copytree(HOUSE / "authorities", councils)
    file: Path = next(councils.glob("937_*.toml"))
    policy = file.read_text()
    file.write_text(policy.replace("mm.model =", 'links.secondFactor = "letter"\nmm.model =', 1))
    with data_folder() as data, serve(data, MORNING, {"CASE_AUTHORITIES_PATH": str(councils)}) as running:
        yield running


def link_of(worker: Browser, ref: str, party: str = "parent") -> str:
    """The link that a caseworker is shown, once."""
    worker.open(f"/cases/{ref}/people/{party}/link").send(f"/cases/{ref}/people/{party}/link", purpose="see")
    (link,) = worker.page.xpath("//*[@id='the-link']/text()")
    return "/link/" + str(link).strip().partition("/link/")[2]


def link_and_code(browser: At, desk: Desk, ref: str) -> tuple[str, str]:
    """The link that a caseworker is shown, and the code in the letter that goes to the parent."""
    path = link_of(browser("caseworker"), ref)
    return path, code_in_letter(desk, ref)


def code_in_letter(desk: Desk, ref: str) -> str:
    """The code in the first letter with one that is offered to be sent."""
    letters: list[str] = []

    def posted() -> bool:
        records, _ = contacts.read(house.database, house.store.keys, 0, 1000)
        offered = [one.event["data"] for one in records if one.event["subject"] == ref]
        letters[:] = [one["letter"]["words"] for one in offered if one.get("letter", {}).get("title") == TITLE]
        return bool(letters)

    with house_of(desk.served) as house:
        until(posted, "the code to be offered")
    (code,) = re.findall(r"\b\d{6}\b", letters[0])
    return str(code)


def try_code(person: Browser, path: str, code: str) -> Browser:
    return person.open(path).send(path, code=code)


def test_the_code_opens_the_link_and_a_wrong_one_does_not(browser: At, desk: Desk) -> None:
    ref = desk.open()
    path, code = link_and_code(browser, desk, ref)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    person = browser("")
    assert try_code(person, path, "").errors == ["Enter the code"]
    assert try_code(person, path, wrong).errors == ["That is not the code. You have 4 more tries"]
    assert person.open("/family").status == 410
    assert try_code(person, path, f"{code[:3]} {code[3:]}").path == "/family"
    said = str(desk.events(ref))
    assert code not in said and "case.link_code_wrong.v1" in said


def test_the_code_goes_by_itself_and_nobody_else_is_shown_it(browser: At, desk: Desk) -> None:
    # given a parent who is reached by letter
    ref, worker = desk.open(), browser("caseworker")

    # when a caseworker makes a link
    link_and_code(browser, desk, ref)
    link_of(worker, ref)

    # then they are told where the code goes, and neither they nor whoever reads the messages see it
    assert "in a letter to 1 Made Up Lane" in worker.text and not worker.page.xpath("//*[@id='the-code']")
    messages = worker.open(f"/cases/{ref}/messages")
    (code, *_) = [one for one in desk.as_("caseworker").get(f"/cases/{ref}/messages").json() if one["title"] == TITLE]
    assert TITLE in messages.text and "······" in code["words"]
    assert not re.search(r"\b\d{6}\b", code["words"])


def test_where_it_must_not_go_by_itself_the_caseworker_is_shown_it_to_hand_over(browser: At, desk: Desk) -> None:
    parents = pupil()["parents"]
    ref = desk.open(parents=[{**parents[0], "contact_restriction": "no_contact"}])
    worker = browser("caseworker")
    path = link_of(worker, ref)
    (code,) = worker.page.xpath("//*[@id='the-code']/text()")
    assert try_code(browser(""), path, code.strip()).path == "/family"
    assert TITLE not in worker.open(f"/cases/{ref}/messages").text


def test_a_head_without_an_account_needs_the_code_too(browser: At, desk: Desk) -> None:
    # given a head of whom it is recorded how they are reached
    ref, worker = desk.moved_to_terms(), browser("caseworker")
    page = f"/cases/{ref}/people/home_head/contact"
    worker.open(page).send(page, name="Pat Head", prefers="", address="1 School Road\nWarwick")
    assert worker.path == f"/cases/{ref}/people"

    # when a caseworker makes a link for them, then the code goes there by itself, and without it there is no way in
    page = f"/cases/{ref}/people/home_head@900001/link"
    worker.open(page).send(page, purpose="agree")
    assert "in a letter to 1 School Road, Warwick" in worker.text and not worker.page.xpath("//*[@id='the-code']")
    (link,) = worker.page.xpath("//*[@id='the-link']/text()")
    path = "/link/" + str(link).strip().partition("/link/")[2]
    code = code_in_letter(desk, ref)
    head = browser("")
    assert head.open(path).send(path).errors == ["Enter the code"]
    assert head.open("/family").status == 410
    assert try_code(head, path, code).path == "/family"


def test_after_five_wrong_codes_the_link_is_over_for_the_right_one_too(browser: At, desk: Desk) -> None:
    ref = desk.open()
    path, code = link_and_code(browser, desk, ref)
    person = browser("")
    for number in range(1, 6):
        try_code(person, path, f"{(int(code) + number) % 1_000_000:06}")
    assert person.heading == "This link does not work any more"
    assert browser("").open(path).status == 410
