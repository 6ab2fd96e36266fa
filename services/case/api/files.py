"""Files of a case: add one, list them, fetch one. Who fetched one is recorded before it is handed out."""

import asyncio
from typing import Any
from uuid import uuid5

import msgspec
from starlette.requests import Request

from services.case.api.asking import REF, Ask, Reply
from services.case.api.bodies import NewFile
from services.case.api.looks import looked
from services.case.api.multipart import parts_of
from services.case.application.file_access import readable, reader, refuse_unless_readable
from services.case.application.reference import NAMESPACE
from services.case.application.running import Running
from services.case.domain.case import Case
from services.case.domain.errors import BodyInvalid, BodyMalformed, CaseUnknown, MediaTypeUnknown, Refusal
from services.case.domain.file_errors import FileTooLarge, FileUnknown
from services.case.domain.files import File, add_file
from services.case.domain.permissions import adding, role_anywhere, sees

FIELDS = ("case", "description")


async def read_file(request: Request, largest: int) -> tuple[bytes, NewFile]:
    """A digest of the body, and what it says. Raises MediaTypeUnknown, BodyMalformed, BodyInvalid, TooLarge,
    FileTooLarge."""
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise MediaTypeUnknown("Send a file as multipart/form-data.")
    parts, digest = await parts_of(request.stream(), kind, largest)
    files = [part for part in parts if part.is_file and part.name == "file"]
    fields = {part.name: part.value for part in parts if not part.is_file}
    if len(files) != 1 or len(files) + len(fields) != len(parts) or not fields.keys() <= set(FIELDS):
        detail = "Send one file as “file”, and with it “case” and “description” at most once each."
        raise BodyInvalid([{"pointer": "/file", "detail": detail}])
    if files[0].too_large:
        raise too_large(largest)
    try:
        said = {name: value.decode() for name, value in fields.items()}
        body = msgspec.convert({**said, "called": files[0].called, "content": b""}, NewFile)
    except UnicodeDecodeError as error:
        raise BodyMalformed("The form could not be read.") from error
    except msgspec.ValidationError as error:
        raise BodyInvalid([{"pointer": "/description", "detail": f"{error}."}]) from error
    if "\0" in body.description:
        raise BodyInvalid([{"pointer": "/description", "detail": "A character in it cannot be stored."}])
    return digest, msgspec.structs.replace(body, content=files[0].value)


def too_large(largest: int) -> FileTooLarge:
    return FileTooLarge(f"The selected file must be smaller than {largest // 1_000_000} MB.")


async def add_to_case(ask: Ask) -> Reply:
    """Add a file to a case, or bring one that goes with the form that opens a case: its answers name the id."""
    body, attachments = ask.body, ask.house.attachments
    id = uuid5(NAMESPACE, f"file {ask.command.id}")
    case = await _case_to_add_to(ask, body.case)
    upload = await asyncio.to_thread(
        attachments.looked_at, id, body.content, body.called, body.description, ask.person
    )  # fmt: skip
    if case is None:
        await asyncio.to_thread(attachments.hold, upload, ask.person)
        return Reply(as_told(upload.file), 201, location=f"/api/v1/files/{id}")
    fresh = await asyncio.to_thread(attachments.keep, upload, case, ask.person)

    def decide(running: Running) -> bytes:
        running.decision.by = ask.person.as_actor(adding(ask.person, running.case))
        add_file(running.decision, upload.file)
        return msgspec.json.encode({**as_told(upload.file), "case": running.case.ref})

    try:
        outcome = await ask.house.door.change(case.ref, ask.command, decide)
    except Refusal:
        if fresh:
            await asyncio.to_thread(attachments.discard, id)
        raise
    answer = msgspec.json.decode(outcome.answer)
    return Reply(answer, 201, location=f"/api/v1/files/{answer['file']}", position=outcome.position)


async def _case_to_add_to(ask: Ask, ref: str) -> Case | None:
    """None for a case that is not open yet. Raises CaseUnknown, NotAllowed."""
    if not ref:
        role_anywhere(ask.person, "open")
        return None
    if not REF.fullmatch(ref):
        raise CaseUnknown
    case = await ask.house.door.see(ref)
    adding(ask.person, case)
    return case


def as_told(file: File) -> dict[str, Any]:
    return {
        "file": file.id,
        "name": file.name,
        "description": file.description,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "added_on": file.added_on,
    }


async def list_files(ask: Ask) -> Reply:
    """The files of a case that the person may fetch; auditors are told that they are there, without their names."""
    case = await ask.house.door.see(ask.ref)
    await looked(ask, case, "read", "files")
    if sees(ask.person, case) == "meta":
        return Reply([{**as_told(file), "name": "", "description": ""} for file in case.files.values()])
    found = await asyncio.to_thread(readable_by, ask, case)
    return Reply([as_told(file) for file in case.files.values() if file.id in found])


def readable_by(ask: Ask, case: Case) -> set[str]:
    """The ids of the files that the person may fetch; blocks."""
    return readable(ask.person, case, ask.house.store.load(case.stream), ask.house.reference)


async def one_file(ask: Ask) -> Reply:
    """A file, to be kept. That it was fetched, and by whom, is recorded."""
    house, id = ask.house, ask.part("file")
    ref = await asyncio.to_thread(house.attachments.case_of, id)
    try:
        case = await house.door.see(ref)
        membership = reader(ask.person, case)
    except CaseUnknown as unknown:
        raise FileUnknown from unknown
    history = await asyncio.to_thread(house.store.load, case.stream)
    refuse_unless_readable(ask.person, case, id, history, house.reference)
    content = await asyncio.to_thread(house.attachments.content, case, id)
    by, file = ask.person.as_actor(membership), case.files[id]
    await asyncio.to_thread(lambda: house.looking.record(case, by, "file", file=id))
    kind = f"{file.media_type}; charset=utf-8" if file.media_type == "text/plain" else file.media_type
    return Reply(content, content_type=kind, file_name=file.name)
