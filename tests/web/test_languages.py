"""Who likes to be written to in another language, or in easy read, gets those words wherever the council has them."""

import shutil
from typing import Any

import pytest

from services.case.application.files import HOUSE
from services.case.deliveries import contacts
from services.case.process.notices import NoticeRefused, read_notice, with_variants
from tests.api.desk import Desk, house_of, pupil
from tests.api.test_bundles import packed
from tests.web.browsing import Browser

PROCESS = "exclusion_prevention"
POLISH = """---
title: Otrzymaliśmy zgłoszenie
language: pl
called: [Polish, polski]
---

Otrzymaliśmy zgłoszenie dotyczące: {placeholders}
"""


@pytest.fixture(scope="module", autouse=True)
def in_polish_too(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A process owner has put exclusion prevention in use with its first notice in Polish too."""
    folder = tmp_path_factory.mktemp("draft") / PROCESS
    shutil.copytree(HOUSE / PROCESS, folder)
    notices = folder / "notices"
    asked = read_notice("referral_received", (notices / "referral_received.md").read_bytes()).asks()
    text = POLISH.format(placeholders=", ".join(f"{{{{ {name} }}}}" for name in sorted(asked)))
    (notices / "referral_received.polish.md").write_text(text)
    owner = desk.as_("process-owner")
    checked = owner.post("/bundles/check", json={"process": PROCESS, "archive": packed(folder)}).json()
    assert owner.post("/bundles/dry-run", json={"bundle": checked["bundle"]}).status_code == 200, checked
    assert owner.post(f"/bundles/{checked['bundle']}/use", json={"because": "improved"}).json()["changed"]


def parents(**changes: Any) -> list[dict[str, Any]]:
    return [{**pupil(PROCESS)["parents"][0], **changes}]


def test_a_parent_is_written_to_in_their_language_and_the_page_says_which(desk: Desk) -> None:
    # given a parent without an e-mail address who likes to be written to in Polish
    (parent,) = parents(language="Polski, some English")
    ref = desk.open(parents=[{name: said for name, said in parent.items() if name not in ("email", "phone")}])

    # then the letter that is sent is in it
    desk.settle()
    with house_of(desk.served) as house:
        offered = [one.event["data"] for one in contacts.read(house.database, house.store.keys, 0, 100)[0]]
    (letter,) = [one["letter"] for one in offered if one["to"] == "parent"]
    assert letter["title"] == "Otrzymaliśmy zgłoszenie" and ref in letter["words"]

    # and when the caseworker looks at what they were told
    worker = Browser(desk.served.address).sign_in("caseworker").open(f"/cases/{ref}/messages")
    assert "Otrzymaliśmy zgłoszenie" in worker.text
    worker.open(next(href for text, href in worker.links().items() if "Otrzymaliśmy" in text))

    # it is in Polish for eyes and ears, with what is known filled in, and others got it in English
    assert worker.page.xpath("//h1[@lang='pl']") and worker.page.xpath("//div[@lang='pl']") and ref in worker.text
    told = {one["to"]: one["title"] for one in desk.as_("caseworker").get(f"/cases/{ref}/messages").json()}
    assert told["home_head"] == "We have received a referral"
    worker.close()


def test_where_there_are_no_such_words_the_caseworker_is_told(desk: Desk) -> None:
    ref = desk.open(parents=parents(language="Urdu"))
    message = desk.as_("caseworker").get(f"/cases/{ref}/messages").json()[-1]
    assert (message["title"], message["wanted"]) == ("We have received a referral", "Urdu")
    assert "wanted" not in desk.as_("auditor").get(f"/cases/{ref}/messages").json()[-1]
    worker = Browser(desk.served.address).sign_in("caseworker").open(f"/cases/{ref}/messages")
    assert "They like to be written to in Urdu" in worker.text
    worker.close()


FIRST = read_notice("asked", b"---\ntitle: Will you come?\n---\nCome on {{ meeting_date }}.")
EASY = read_notice("asked.easy", b"---\ntitle: Come\neasy_read: true\n---\n{{ meeting_date }}: come.")
WELSH = read_notice(
    "asked.welsh", b"---\ntitle: Dewch\nlanguage: cy\ncalled: [Welsh, Cymraeg]\n---\n{{ meeting_date }}"
)


@pytest.mark.parametrize(
    ("language", "easy_read", "title"),
    [
        ("", False, "Will you come?"),
        ("English", True, "Come"),
        ("cymraeg", False, "Dewch"),
        ("Welsh", True, "Dewch"),
        ("Polish", False, "Will you come?"),
    ],
)
def test_the_words_that_suit_best_are_taken(language: str, easy_read: bool, title: str) -> None:
    notice = with_variants({"asked": FIRST, "asked.easy": EASY, "asked.welsh": WELSH})["asked"]
    assert notice.suited_to(language, easy_read).title == title


@pytest.mark.parametrize(
    "text",
    [
        b"---\ntitle: Dewch\nlanguage: cy\ncalled: [Welsh]\n---\nDewch.",  # the day is missing
        b"---\ntitle: Dewch\n---\n{{ meeting_date }}",  # in which language?
    ],
)
def test_words_that_say_less_or_not_what_they_are_cannot_be_put_in_use(text: bytes) -> None:
    with pytest.raises(NoticeRefused):
        with_variants({"asked": FIRST, "asked.welsh": read_notice("asked.welsh", text)})
