"""What is in files of a case goes into its case file for whoever may read it, and is checked there against the log."""

import asyncio
from typing import Any

import pytest

from services.case.application.erasing import erase
from services.case.application.reference import stream_of
from services.case.domain.people import Membership, Person
from services.case.export.standalone_verifier import Wrong, check
from tests.api.desk import Desk, house_of, pupil
from tests.api.documents import PDF
from tests.api.test_files import added
from tests.faults.altering_files import digest_again, sign_again
from tests.faults.archives import unpacked

WHY = {"reason": "The ombudsman asks what was sent"}
BOTH = Person("both", "937", (Membership("auditor", "937"), Membership("caseworker", "937")))


def exported(desk: Desk, ref: str, by: str = "auditor") -> dict[str, bytes]:
    answer = desk.as_(by).post(f"/cases/{ref}/exports", json=WHY)
    assert answer.status_code == 200, answer.text
    return unpacked(answer.content)


def break_glass(desk: Desk, ref: str) -> None:
    answer = desk.as_("auditor").post(f"/cases/{ref}/break-glass", json=WHY)
    desk.as_("auditor").get(f"/cases/{ref}", headers={"Wait-For": answer.headers["position"]})


@pytest.fixture
def case(desk: Desk) -> tuple[str, str]:
    """A case, and a file that was added to it."""
    ref = desk.open()
    return ref, added(desk, "senco", PDF, "Quillfeather.pdf", case=ref)["file"]


def test_an_auditor_takes_what_is_in_files_once_they_broke_the_glass(desk: Desk, case: tuple[str, str]) -> None:
    # given a file in a case of which an auditor sees no content
    ref, file = case
    before = exported(desk, ref)
    assert not [name for name in before if name.startswith("files/")]
    assert check(before)["left_out"] == {file: "kept_back"}

    # when they break the glass and take the copy again
    break_glass(desk, ref)
    files = exported(desk, ref)

    # then what is in it is there, without its name, and that they took it is on the case's access stream
    assert files[f"files/{file}.pdf"] == PDF
    assert (check(files)["contents"], check(files)["left_out"]) == (1, {})
    assert all(b"Quillfeather" not in body for body in files.values())
    assert b'"what":"file"' in files["looks.ndjson"].splitlines()[-1].replace(b"\\", b"")


def test_a_document_is_kept_back_from_whose_role_it_is_kept(desk: Desk) -> None:
    # given documents for the team and for safeguarding only, and a caseworker who is an auditor too
    ids = {who: added(desk, "senco", PDF, f"{who}.pdf")["file"] for who in ("team", "safeguarding")}
    attachments = [{"file": id, "kind": "statement", "restriction": who} for who, id in ids.items()]
    body = {"process": "exclusion_prevention", "answers": pupil(attachments=attachments)}
    ref = desk.as_("senco").post("/cases", json=body).json()["ref"]
    desk.strangers["both"] = BOTH

    # then their copy has the one and tells of the other
    files = exported(desk, ref, "both")
    assert [name for name in files if name.startswith("files/")] == [f"files/{ids['team']}.pdf"]
    assert check(files)["left_out"] == {ids["safeguarding"]: "kept_back"}


def test_a_file_that_cannot_be_read_is_told_of(desk: Desk, case: tuple[str, str]) -> None:
    # given one file that was damaged where it is kept, and one that was not
    ref, file = case
    break_glass(desk, ref)
    other = added(desk, "senco", PDF + b"%2", case=ref)["file"]
    with house_of(desk.served) as house:
        house.database.execute("UPDATE files SET sealed = sealed || '\\x00' WHERE id = %s", [file])
    files = exported(desk, ref)
    assert files[f"files/{other}.pdf"] == PDF + b"%2" and check(files)["left_out"] == {file: "damaged"}

    # when the case's key is destroyed, its files with it
    with house_of(desk.served) as house:
        asyncio.run(erase(house.door, stream_of(ref), "request"))

    # then the copy still comes, and says so
    files = exported(desk, ref)
    assert check(files)["left_out"] == {file: "erased", other: "erased"}


def swapped(files: dict[str, Any], name: str) -> None:
    files[name] = files[name].replace(b"%PDF-1", b"%PDF-2")


def dropped(files: dict[str, Any], name: str) -> None:
    del files[name]


def put_in(files: dict[str, Any], name: str) -> None:
    files["files/3f1e6c52-7a0b-5d54-9a51-0c2f6d8f4b1e.pdf"] = files[name]


@pytest.mark.parametrize("did", [swapped, dropped, put_in])
def test_contents_are_checked_against_the_log_whoever_signs(desk: Desk, case: tuple[str, str], did: Any) -> None:
    # given a copy with what is in a file
    ref, file = case
    break_glass(desk, ref)
    files = exported(desk, ref)

    # when somebody alters that, makes every digest good, and signs all of it with a key of their own
    did(files, f"files/{file}.pdf")
    digest_again(files)
    sign_again(files)

    # then it is found, even by whoever did not ask the council for its key
    with pytest.raises(Wrong, match="added to the case"):
        check(files)
