"""Files on pages: chosen in answer to a question, kept at once, fetched again; and what is wrong with one."""

from collections.abc import Callable
from typing import Any

import pytest

from services.case.application.reference import Reference
from tests.api.desk import TO_PACK, Desk, answers, pupil
from tests.api.documents import PDF
from tests.web.browsing import Browser
from tests.web.filling_in import fill_in
from tests.web.test_casework import form_of

At = Callable[[str], Browser]
NAME = "Risk assessment Quillfeather.pdf"
LARGE = ("large.pdf", PDF + b"\0" * 10_000_000)
WRONG = {  # what is chosen -> what the page says
    "empty": (("empty.pdf", b""), "The selected file is empty"),
    "large": (LARGE, "The selected file must be smaller than 10 MB"),
    "kind": (
        ("run.exe", b"MZ\x90\x00" + b"\0" * 60),
        "The selected file must be a PDF, a JPEG or PNG image, plain text, or a Word, Excel or OpenDocument file",
    ),
}


@pytest.fixture
def packing(desk: Desk, browser: At) -> tuple[str, Browser]:
    """A home head who has to say what is in the pack, at the page that asks for documents."""
    ref = desk.open_move()
    desk.walk(ref, *TO_PACK[:-1])
    task = desk.task(ref, "prepare_pack")["task"]
    desk.as_("home-head").post(f"/tasks/{task}/claim", json={})
    given = answers("managed_move", "information_pack")
    assert desk.as_("home-head").put(f"/tasks/{task}/draft", json={"answers": given}).status_code == 204
    head = browser("home-head")
    return task, head.open(asking_for_documents(head, task))


def asking_for_documents(browser: Browser, task: str) -> str:
    """The address of the page that asks for the documents of a pack."""
    for number in range(1, 20):
        here = f"/tasks/{task}/questions/{number}"
        if browser.open(here).page.xpath("//input[@name='documents.0.file']"):
            return here
    raise AssertionError("no page asks for documents")


def chosen(browser: Browser, file: tuple[str, bytes], **more: Any) -> Browser:
    fields = {"documents.0.title": "Risk assessment", "documents.0.kind": "leaders", **more}
    return browser.send(browser.path, files={"documents.0.file": file}, **fields)


def test_a_file_is_kept_as_its_page_is_sent_and_can_be_fetched_from_the_answers(
    packing: tuple[str, Browser], desk: Desk
) -> None:
    task, head = packing
    ref = task.rpartition("-")[0]
    here = head.path

    chosen(head, (NAME, PDF))
    head.open(f"/tasks/{task}/check")

    assert f"{NAME} (PDF, 1 KB)" in head.text
    fetched = head.client.get(head.links()[f"Download {NAME}"])
    assert fetched.content == PDF
    assert fetched.headers["content-disposition"].startswith("attachment")
    head.open(here)  # the choice is still there, and goes with the page when nothing else is chosen
    assert NAME in head.text
    head.send(here, files={"documents.0.file": ("", b"")})
    head.open(f"/tasks/{task}/check").send(f"/tasks/{task}/check")
    assert head.status == 200, head.errors
    given = desk.events(ref, "case.task_completed.v1")[-1]["personal"]["answers"]["documents"]
    assert [one["title"] for one in given] == ["Risk assessment"]
    assert len(desk.events(ref, "case.file_added.v1")) == 1


def test_the_receiving_school_finds_it_at_its_task_and_the_case_page_lists_it(
    packing: tuple[str, Browser], desk: Desk, browser: At
) -> None:
    task, head = packing
    ref = task.rpartition("-")[0]
    chosen(head, (NAME, PDF))
    head.open(f"/tasks/{task}/check").send(f"/tasks/{task}/check")

    receiving = browser("receiving-head")
    receiving.open(f"/tasks/{desk.task(ref, 'acknowledge_pack')['task']}")

    assert receiving.client.get(receiving.links()[f"Download {NAME}"]).content == PDF
    for who in ("home-head", "caseworker", "receiving-head"):
        assert NAME in browser(who).open(f"/cases/{ref}").links()
    auditor = browser("auditor").look_at(ref).open(f"/cases/{ref}/files")
    assert NAME not in auditor.text
    assert "PDF, 1 KB" in auditor.text
    file = desk.as_("caseworker").get(f"/cases/{ref}/files").json()[0]["file"]
    assert auditor.open(f"/cases/{ref}/files/{file}").status == 403
    for who, status in (("ap-provider", 404), ("caseworker-885", 404)):
        assert browser(who).open(f"/cases/{ref}/files/{file}").status == status
    access = auditor.open(f"/cases/{ref}/access")
    assert "A file" in access.text


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_file_is_said_where_it_is_chosen(packing: tuple[str, Browser], case: str) -> None:
    _, head = packing
    file, sentence = WRONG[case]

    chosen(head, file)

    assert (head.status, head.errors) == (422, [sentence])
    assert head.links("//*[contains(@class, 'govuk-error-summary__list')]") == {sentence: "#documents-0-file"}
    field = head.page.get_element_by_id("documents-0-file")
    assert sentence in head.page.get_element_by_id(field.get("aria-describedby").split()[-1]).text_content()
    assert head.page.get_element_by_id("documents-0-title").value == "Risk assessment"  # nothing typed is lost


def test_one_more_than_is_chosen_is_not_lost_when_another_is_added(packing: tuple[str, Browser]) -> None:
    _, head = packing

    head.send(
        head.path,
        "do=add:documents",
        files={"documents.0.file": (NAME, PDF)},
        **{"documents.0.title": "Risk assessment", "documents.0.kind": "leaders"},
    )

    assert NAME in head.text
    assert head.page.xpath("//input[@name='documents.1.file']")


def test_a_file_goes_with_the_form_that_opens_a_case(browser: At, desk: Desk, reference: Reference) -> None:
    form = form_of(reference, "exclusion_prevention", "referral")
    check = "/cases/new/exclusion_prevention/check"
    worker = fill_in(browser("caseworker").open("/cases/new/exclusion_prevention"), form, pupil())
    change = next(href for words, href in worker.links().items() if words.endswith("add any documents?"))
    worker.open(change)

    kind = {"attachments.0.kind": "statement", "attachments.0.restriction": "case"}
    worker.send(worker.path, files={"attachments.0.file": (NAME, PDF)}, **kind)

    assert worker.path == check
    assert f"{NAME} (PDF, 1 KB)" in worker.text
    worker.send(check)
    ref = next(href for href in worker.links().values() if href.startswith("/cases/EP-")).split("/")[2]
    assert worker.client.get(worker.open(f"/cases/{ref}").links()[NAME]).content == PDF


def test_a_file_is_added_at_the_case(browser: At, desk: Desk) -> None:
    ref = desk.open()
    team = browser("caseworker").open(f"/cases/{ref}/files")
    here = f"/cases/{ref}/files"

    assert team.send(here, files={"file": ("", b"")}).errors == ["Select a file"]
    assert team.send(here, files={"file": LARGE}, description="All of it").errors == [WRONG["large"][1]]
    assert team.page.get_element_by_id("description").value == "All of it"
    team.send(here, files={"file": (NAME, PDF)}, description="Seen at the meeting")

    assert (team.status, team.path) == (200, here)
    assert NAME in team.links()
    assert "Seen at the meeting" in team.text
    assert "File added: PDF, 1 KB" in team.open(f"/cases/{ref}/history").text


def test_a_form_from_elsewhere_adds_nothing(browser: At, desk: Desk) -> None:
    ref = desk.open()
    team = browser("caseworker").open(f"/cases/{ref}/files")
    token = team.page.xpath("//input[@name='token']/@value")[0]
    files = {"file": (NAME, PDF)}

    nobody = browser("")
    assert nobody.post(f"/cases/{ref}/files", [("token", token)], None, files).path == "/sign-in"
    for sent, origin in (([("token", token)], "https://elsewhere.example"), ([("token", "x")], None), ([], None)):
        assert team.post(f"/cases/{ref}/files", sent, origin, files).status == 403

    assert desk.as_("caseworker").get(f"/cases/{ref}/files").json() == []
