"""Where a council wants a second factor: the code that goes another way than the link."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.case.application.files import HOUSE
from tests.api.conftest import MORNING
from tests.api.desk import Desk
from tests.serving import Served, serve
from tests.store.embedding import data_folder
from tests.web.browsing import Browser
from tests.web.test_family_links import At


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


def link_and_code(browser: At, ref: str) -> tuple[str, str]:
    """What a caseworker is shown, once."""
    worker = browser("caseworker")
    worker.open(f"/cases/{ref}/people/parent/link").send(f"/cases/{ref}/people/parent/link", purpose="see")
    (link,), (code,) = (worker.page.xpath(f"//*[@id='the-{what}']/text()") for what in ("link", "code"))
    return "/link/" + link.strip().partition("/link/")[2], code.strip()


def try_code(person: Browser, path: str, code: str) -> Browser:
    return person.open(path).send(path, code=code)


def test_the_code_opens_the_link_and_a_wrong_one_does_not(browser: At, desk: Desk) -> None:
    ref = desk.open()
    path, code = link_and_code(browser, ref)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    person = browser("")
    assert try_code(person, path, "").errors == ["Enter the code"]
    assert try_code(person, path, wrong).errors == ["That is not the code. You have 4 more tries"]
    assert person.open("/family").status == 410
    assert try_code(person, path, f"{code[:3]} {code[3:]}").path == "/family"
    said = str(desk.events(ref))
    assert code not in said and "case.link_code_wrong.v1" in said


def test_after_five_wrong_codes_the_link_is_over_for_the_right_one_too(browser: At, desk: Desk) -> None:
    ref = desk.open()
    path, code = link_and_code(browser, ref)
    person = browser("")
    for number in range(1, 6):
        try_code(person, path, f"{(int(code) + number) % 1_000_000:06}")
    assert person.heading == "This link does not work any more"
    assert browser("").open(path).status == 410
