"""Letters as PDF: what stands in them, whose names they can show, who gets them, and that a copy is recorded."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from services.case.application.reference import Reference
from services.case.domain.errors import LetterNotShown
from services.case.web.letter_pdf import Letter, as_pdf
from services.case.web.rendering import as_letter
from tests.api.desk import Desk
from tests.web.browsing import Browser

At = Callable[[str], Browser]
THEN = datetime(2026, 11, 3, 9, 0, 0, 5, tzinfo=UTC)


def made(words: str) -> PdfReader:
    letter = Letter("A meeting", "Example council", "MM-2026-000007", ("Example council", ""), words)
    return PdfReader(io.BytesIO(as_pdf(letter, THEN)))


def test_a_letter_is_tagged_and_says_in_which_language_it_is() -> None:
    pdf = made("Dear parents")
    root = pdf.trailer["/Root"]

    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en-GB", True)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author) == ("A meeting", "Example council")
    assert pdf.metadata.creation_date == THEN.replace(microsecond=0)


def test_what_notices_mark_comes_out_in_order_and_pages_are_numbered() -> None:
    pdf = made(
        "We **meet**\non *Monday*:\n\n- here\n- [there](http://x.example)\n\n## Next\n\n1. You\n2. We\n\n"
        + "Some words.\n\n" * 60
    )
    first, last = pdf.pages[0].extract_text(), pdf.pages[-1].extract_text()

    assert "We meet on Monday:\n• here\n• [there](http://x.example)\nNext\n1. You\n2. We\nSome words." in first
    assert first.splitlines()[0:2] == ["Example council", "A meeting"]
    assert f"MM-2026-000007 Page 1 of {len(pdf.pages)}" in first
    assert f"Page {len(pdf.pages)} of {len(pdf.pages)}" in last and len(pdf.pages) > 1


@pytest.mark.parametrize(
    "name",
    ["Łukasz Żółć", "Siân Llŷr ap Gŵyr", "Ștefan Țurcanu", "Şükrü Çağlar", "Олена Їжак", "Ἀλέξης"],
)
def test_names_are_read_back_as_they_are_written(name: str) -> None:
    assert name in made(f"For {name}.").pages[0].extract_text()


@pytest.mark.parametrize("name", ["محمد علی ٹھاکر", "گل‌بهار", "अमित", "Nguyễn Thị Hương"])
def test_names_whose_letters_are_shaped_have_all_of_them(name: str) -> None:
    text = made(name).pages[0].extract_text()  # as they stand on paper, for pypdf passes over what readers are told

    assert {letter for letter in name if letter.isalpha()} <= set(text)


@pytest.mark.parametrize("name", ["ਗੁਰਪ੍ਰੀਤ", "আমিনা", "李小龙", "\N{GRINNING FACE}"])
def test_a_letter_that_cannot_show_a_name_is_not_made(name: str) -> None:
    with pytest.raises(LetterNotShown) as refused:
        made(f"For {name}.")
    assert name not in str(refused.value) and refused.value.__cause__ is None


def test_a_letter_is_taken_along_from_its_page_and_that_is_recorded(desk: Desk, browser: At) -> None:
    ref = desk.moved_to_terms()
    caseworker, parent = browser("caseworker"), browser("parent")
    message = next(one for one in desk.as_("parent").get(f"/cases/{ref}/messages").json() if one["to"] == "parent")
    page = f"/cases/{ref}/messages/{message['notice']}/parent"

    caseworker.open(page)
    words = caseworker.text
    answer = caseworker.client.get(caseworker.links()["Download the letter (PDF)"])

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'attachment; filename="{ref}-letter-{message["notice"]}.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    text = " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
    assert text.startswith("Warwickshire council ") and f"Our reference: {ref} {message['title']}" in text
    assert (
        words.partition(" Download")[0].partition(message["title"])[2].split()[:20]
        == (text.partition(message["title"])[2].split()[:20])
    )
    assert parent.client.get(f"{page}/pdf").status_code == 200
    auditor = browser("auditor").look_at(ref).open(f"/cases/{ref}/access")
    assert auditor.text.count("A copy: a letter") == 2 and "Asha Bell, Caseworker" in auditor.text


def test_nobody_takes_a_letter_who_does_not_read_it(desk: Desk, browser: At) -> None:
    ref = desk.moved_to_terms()
    message = next(one for one in desk.as_("parent").get(f"/cases/{ref}/messages").json() if one["to"] == "parent")
    for name, status in (("auditor", 404), ("pupil", 404), ("caseworker-885", 404), ("admin", 403), ("", 404)):
        person = browser(name)
        if name == "auditor":  # who else is first asked why they look
            person.look_at(ref)
        answer = person.client.get(f"/cases/{ref}/messages/{message['notice']}/parent/pdf")
        if name:
            assert answer.status_code == status, name
        assert answer.headers["content-type"] != "application/pdf"


def test_nothing_of_the_marks_of_any_notice_is_left_on_a_page(reference: Reference) -> None:
    words = [notice.body for bundle in reference.processes("937") for notice in bundle.notices.values()]
    assert any("\n## " in one for one in words)
    for one in words:
        page = as_letter(one, 3)
        assert not re.search(r"#|\*\*|<[ou]l>|<h[^3]", page), page
