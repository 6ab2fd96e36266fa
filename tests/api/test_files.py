"""Files of a case over HTTP: what may be added and by whom, who fetches it, and that this is recorded."""

from hashlib import sha256
from typing import Any

import httpx
import pytest

from services.case.application.looking import access_stream
from services.case.domain.access_events import CaseLookedAt
from tests.api.desk import TO_PACK, TO_TERMS, Desk, answers, house_of, problem, pupil
from tests.api.documents import DOCX, JPEG, ODT, PDF, PNG, TEXT, WITH_MACROS, XLSX, zipped

KINDS = {
    "report.pdf": (PDF, "application/pdf"),
    "yard.jpeg": (JPEG, "image/jpeg"),
    "plan.png": (PNG, "image/png"),
    "notes.txt": (TEXT, "text/plain"),
    "letter.docx": (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "marks.xlsx": (XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "view.odt": (ODT, "application/vnd.oasis.opendocument.text"),
}
NOT_ALLOWED = {
    "a program called a picture.png": b"MZ\x90\x00" + b"\0" * 60,
    "letter.docx": WITH_MACROS,
    "older.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 60,
    "all.zip": zipped(a_pdf="x"),
    "broken.docx": DOCX[:40],
    "notes.txt": b"\x00\x01",
}


def add(desk: Desk, by: str, content: bytes, name: str = "report.pdf", **fields: Any) -> httpx.Response:
    headers = fields.pop("headers", {})
    return desk.as_(by).post("/files", files={"file": (name, content)}, data=fields, headers=headers)


def added(desk: Desk, by: str, content: bytes, name: str = "report.pdf", **fields: Any) -> dict[str, Any]:
    answer = add(desk, by, content, name, **fields)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture(scope="module")
def ref(desk: Desk) -> str:
    return desk.open()


@pytest.mark.parametrize("name", KINDS)
def test_a_file_comes_back_as_it_was_and_as_nothing_that_a_browser_would_run(desk: Desk, ref: str, name: str) -> None:
    content, kind = KINDS[name]

    told = added(desk, "home-staff", content, name, case=ref, description="Seen in June")
    back = desk.as_("caseworker").get(f"/files/{told['file']}")

    assert (told["media_type"], told["size"], told["sha256"]) == (kind, len(content), sha256(content).hexdigest())
    assert back.content == content
    assert back.headers["content-type"].partition(";")[0] == kind
    assert back.headers["content-disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert back.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in back.headers["content-security-policy"]
    assert told["file"] in [one["file"] for one in desk.as_("senco").get(f"/cases/{ref}/files").json()]


def test_a_name_in_any_script_comes_back_and_breaks_no_header(desk: Desk, ref: str) -> None:
    told = added(desk, "caseworker", PDF, 'Zoë "x"; \u202ereport: a.pdf', case=ref)

    said = desk.as_("caseworker").get(f"/files/{told['file']}").headers
    assert told["name"] == 'Zoë "x"; report: a.pdf'
    assert said["content-disposition"] == (
        "attachment; filename=\"Zo_ _x__ report_ a.pdf\"; filename*=UTF-8''Zo%C3%AB%20%22x%22%3B%20report%3A%20a.pdf"
    )


def test_what_it_is_is_found_in_it_and_its_name_follows(desk: Desk, ref: str) -> None:
    told = added(desk, "caseworker", TEXT, r"C:\desk\page.html", case=ref)

    assert (told["name"], told["media_type"]) == ("page.txt", "text/plain")


@pytest.mark.parametrize("name", NOT_ALLOWED)
def test_other_kinds_are_refused_whatever_they_are_called(desk: Desk, ref: str, name: str) -> None:
    before = desk.head()

    assert problem(add(desk, "caseworker", NOT_ALLOWED[name], name, case=ref), 415)["type"].endswith("type-not-allowed")
    assert desk.head() == before


def test_nothing_and_too_much_are_refused(desk: Desk, ref: str) -> None:
    before = desk.head()

    problem(add(desk, "caseworker", b"", case=ref), 422)
    large = PDF + b"\0" * 10_000_000
    assert "smaller than 10 MB" in problem(add(desk, "caseworker", large, case=ref), 413)["detail"]
    assert desk.head() == before


def test_forms_that_are_not_what_is_asked_for(desk: Desk, ref: str) -> None:
    client, before = desk.as_("caseworker"), desk.head()

    problem(client.post("/files", json={"case": ref}), 415)
    problem(client.post("/files", files={"other": ("a.pdf", PDF)}, data={"case": ref}), 422)
    problem(client.post("/files", files={"file": ("a.pdf", PDF)}, data={"case": ref, "more": "x"}), 422)
    problem(add(desk, "caseworker", PDF, case=ref, description="x" * 501), 422)
    problem(add(desk, "caseworker", PDF, case="EP-2026-999999"), 404)
    kind = {"content-type": "multipart/form-data; boundary=x"}
    for body in (
        b"",
        b"--x",
        b"--x\r\n\r\nbody\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n',
    ):
        problem(client.post("/files", content=body, headers=kind), 400)
    assert desk.head() == before


def test_the_log_and_what_is_published_have_no_name(desk: Desk, ref: str) -> None:
    name = "Quillfeather statement.pdf"
    told = added(desk, "caseworker", PDF, name, case=ref, description="From Mrs Pomfret")

    event = desk.events(ref, "case.file_added.v1")[-1]

    assert event["facts"].keys() == {"file", "media_type", "size", "sha256"}
    assert event["personal"] == {"name": name, "description": "From Mrs Pomfret"}
    with house_of(desk.served) as house:
        row = house.database.row("SELECT names, sealed FROM files WHERE id = %s", [told["file"]])
        assert row is not None
        assert row[0] == b""
        assert PDF not in row[1]


def test_asked_again_by_the_same_key_it_is_added_once(desk: Desk, ref: str) -> None:
    key = {"Idempotency-Key": "the-very-same"}
    boundary = {"content-type": "multipart/form-data; boundary=x"}
    body = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    form = body % (b"case", b"", ref.encode()) + body % (b"file", b'; filename="a.pdf"', PDF) + b"--x--\r\n"
    client, before = desk.as_("caseworker"), len(desk.as_("caseworker").get(f"/cases/{ref}/files").json())

    first, again = (client.post("/files", content=form, headers={**key, **boundary}) for _ in range(2))
    other = client.post("/files", content=form.replace(PDF, PDF + b"%"), headers={**key, **boundary})

    assert first.json() == again.json()
    problem(other, 422)
    assert len(client.get(f"/cases/{ref}/files").json()) == before + 1
    assert client.get(f"/files/{first.json()['file']}").content == PDF


def test_who_is_no_part_of_the_case_hears_of_no_file(desk: Desk, ref: str) -> None:
    file = added(desk, "home-staff", PDF, case=ref)["file"]

    for stranger in ("caseworker-885", "home-head-885", "receiving-head", "ap-provider", "parent2", "admin"):
        problem(desk.as_(stranger).get(f"/files/{file}"), 404)
        problem(add(desk, stranger, PDF, case=ref), 404)
    problem(desk.as_("caseworker").get("/files/3f1e6c52-7a0b-5d54-9a51-0c2f6d8f4b1e"), 404)
    problem(desk.as_("caseworker").get("/files/nonsense"), 404)


def test_auditors_see_that_it_is_there_and_not_what_it_is(desk: Desk, ref: str) -> None:
    file = added(desk, "home-staff", PDF, "Quillfeather.pdf", case=ref)["file"]

    for who in ("auditor", "dpo"):
        listed = desk.as_(who).get(f"/cases/{ref}/files").json()
        assert {one["name"] for one in listed} == {""}
        assert file in [one["file"] for one in listed]
        problem(desk.as_(who).get(f"/files/{file}"), 403)
        problem(add(desk, who, PDF, case=ref), 403)


def test_those_whose_work_the_case_is_add_files_and_others_only_while_they_are_asked(desk: Desk) -> None:
    ref = desk.open_move()  # the home head is asked, nobody else

    for who in ("home-staff", "home-head", "senco", "caseworker", "caseworker2"):
        assert add(desk, who, PDF, case=ref).status_code == 201, who
    for who in ("parent", "pupil"):
        problem(add(desk, who, PDF, case=ref), 403)
    desk.walk(ref, *TO_PACK, *TO_TERMS)  # now the family is
    for who in ("parent", "pupil"):
        own = added(desk, who, PDF, case=ref)["file"]
        assert [one["file"] for one in desk.as_(who).get(f"/cases/{ref}/files").json()] == [own]
        assert desk.as_(who).get(f"/files/{own}").content == PDF


def test_whoever_fetches_it_is_recorded(desk: Desk, ref: str) -> None:
    file = added(desk, "home-staff", PDF, case=ref)["file"]

    desk.as_("senco").get(f"/files/{file}")

    with house_of(desk.served) as house:
        looks = [one.event for one in house.store.load(access_stream(ref))]
    assert isinstance(looks[-1], CaseLookedAt)
    assert (looks[-1].what, looks[-1].file, looks[-1].person) == ("file", file, "senco")


def test_the_receiving_school_fetches_what_its_pack_has_and_nothing_else(desk: Desk) -> None:
    ref = desk.open_move()
    desk.walk(ref, *TO_PACK[:-1])
    within, beside = (added(desk, "home-head", PDF + name, case=ref)["file"] for name in (b"%1", b"%2"))
    of_another = added(desk, "home-head", PDF, case=desk.open_move())["file"]
    receiving = desk.as_("receiving-head")
    problem(receiving.get(f"/files/{within}"), 404)
    pack = answers("managed_move", "information_pack")

    def pack_with(file: str) -> dict[str, Any]:
        return {**pack, "documents": [{"title": "Risk assessment", "kind": "leaders", "file": file}]}

    task = desk.task(ref, "prepare_pack")
    for wrong in (of_another, "file-0001", "3f1e6c52-7a0b-5d54-9a51-0c2f6d8f4b1e"):
        refused = desk.as_("home-head").post(
            f"/tasks/{task['task']}/complete", json={"answers": pack_with(wrong)}, headers={"If-Match": task["etag"]}
        )
        assert problem(refused, 422)["errors"] == [
            {"pointer": "/answers/documents/0/file", "detail": "Choose a file that was added to this case."}
        ]
    desk.complete(ref, "prepare_pack", "home-head", pack_with(within))

    assert receiving.get(f"/files/{within}").content == PDF + b"%1"
    problem(receiving.get(f"/files/{beside}"), 404)
    assert [one["file"] for one in receiving.get(f"/cases/{ref}/files").json()] == [within]
    problem(desk.as_("ap-provider").get(f"/files/{within}"), 404)
    own = added(desk, "receiving-head", PDF + b"%3", case=ref)["file"]  # while it is asked for something
    assert receiving.get(f"/files/{own}").status_code == 200

    desk.complete(ref, "acknowledge_pack", "receiving-head", answers("managed_move", "pack_read"))
    assert receiving.get(f"/files/{within}").status_code == 200
    withdrawn = {"reason": "Not that school."}
    said = desk.as_("parent").post(f"/cases/{ref}/agreements/parent/withdraw", json=withdrawn)
    assert said.status_code == 200, said.text
    problem(receiving.get(f"/files/{within}"), 404)


def test_a_file_that_comes_with_the_form_that_opens_a_case(desk: Desk) -> None:
    file = added(desk, "home-staff", PDF, "Before.pdf")["file"]
    of_somebody = added(desk, "senco", PDF, "Other.pdf")["file"]
    problem(desk.as_("home-staff").get(f"/files/{file}"), 404)  # there is no case yet
    problem(add(desk, "ap-provider", PDF), 403)

    def opened(*files: str) -> httpx.Response:
        attachments = [{"file": one, "kind": "statement", "restriction": "case"} for one in files]
        body = {"process": "exclusion_prevention", "answers": pupil(attachments=attachments)}
        return desk.as_("home-staff").post("/cases", json=body)

    assert problem(opened(of_somebody), 422)["errors"][0]["pointer"] == "/answers/attachments/0/file"
    ref = opened(file).json()["ref"]

    assert desk.as_("caseworker").get(f"/files/{file}").content == PDF
    assert [one["name"] for one in desk.as_("caseworker").get(f"/cases/{ref}/files").json()] == ["Before.pdf"]
    assert problem(opened(file), 422)["errors"][0]["pointer"] == "/answers/attachments/0/file"
    with house_of(desk.served) as house:
        row = house.database.row("SELECT held, ref, names FROM files WHERE id = %s", [file])
    assert row == (False, ref, b"")


def test_a_document_is_kept_from_those_who_are_not_to_see_it_whichever_way_they_ask(desk: Desk) -> None:
    # given a referral with documents for everybody, for the team, and for safeguarding only
    files = {who: added(desk, "senco", PDF, f"{who}.pdf")["file"] for who in ("case", "team", "safeguarding")}
    attachments = [{"file": id, "kind": "statement", "restriction": who} for who, id in files.items()]
    body = {"process": "exclusion_prevention", "answers": pupil(attachments=attachments)}
    ref = desk.as_("senco").post("/cases", json=body).json()["ref"]

    # then each role finds, is told the name of, and fetches those that are for it; who added one always does
    seen = {
        "home-staff": {"case"},
        "caseworker": {"case", "team"},
        "home-head": {"case", "team", "safeguarding"},
        "senco": {"case", "team", "safeguarding"},
    }
    for who, may in seen.items():
        client = desk.as_(who)
        assert {one["file"] for one in client.get(f"/cases/{ref}/files").json()} == {files[one] for one in may}, who
        assert {one for one, id in files.items() if client.get(f"/files/{id}").status_code == 200} == may, who
        told = [e for e in client.get(f"/cases/{ref}/events").json() if e["type"] == "case.file_added.v1"]
        assert {one["personal"]["name"] for one in told if "personal" in one} == {f"{one}.pdf" for one in may}, who
