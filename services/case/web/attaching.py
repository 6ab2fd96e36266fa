"""Files in answers. What was chosen is kept as its page is sent, so that from then on the answer is the file's id."""

from collections.abc import Iterator
from typing import Any

import msgspec

from services.case.api import files as api
from services.case.api.bodies import NewFile
from services.case.application.file_access import files_in
from services.case.domain import file_errors
from services.case.domain.case import Case
from services.case.domain.files import File
from services.case.web.questions import Question, Step
from services.case.web.visit import Visit

REFUSED = (
    file_errors.FileEmpty,
    file_errors.FileTooLarge,
    file_errors.FileTypeNotAllowed,
    file_errors.FileInfected,
    file_errors.ScannerAway,
)


class Files(msgspec.Struct):
    """`known`: those of the case that the person may fetch, by id, or those that came with the form · `ref`: of the
    case, "" while it is not open · `at`: the address under which the person fetches them."""

    known: dict[str, File]
    ref: str = ""
    at: str = ""

    def links(self, question: Question, answer: Any) -> list[dict[str, str]]:
        """Where the files are that the answer names."""
        ids = files_in({question.name: question.field}, {question.name: answer})
        return [
            {"href": f"{self.at}/{id}", "text": self.known[id].name or "the file"}
            for id in ids
            if id in self.known and self.at
        ]


def files_of(visit: Visit, case: Case, at: str = "") -> Files:
    """Those of a case that the person may fetch, at its own pages where no other address is said; blocks."""
    found = api.readable_by(visit.asking(), case) if case.files else set()
    known = {id: file for id, file in case.files.items() if id in found}
    return Files(known, case.ref, at or f"/cases/{case.ref}/files")


async def take_files(visit: Visit, step: Step, files: Files) -> list[dict[str, str]]:
    """Keep what was chosen on this page; what is wrong with it."""
    faults, posted = [], visit.posted
    for at in list(_places(step, list(posted.files))):
        part = posted.files[at]
        try:
            if part.too_large:
                raise api.too_large(visit.house.attachments.largest)
            body = NewFile(part.value, part.called, files.ref)
            told = (await visit.do(api.add_to_case, body, about=at)).body
        except REFUSED as refusal:
            faults.append({"pointer": f"/{at.replace('.', '/')}", "detail": str(refusal).removesuffix(".")})
        else:
            posted.pairs.append((at, told["file"]))
            files.known[told["file"]] = file_of(visit, told)
    return faults


def file_of(visit: Visit, told: dict[str, Any]) -> File:
    """A file as the API tells of it."""
    facts = {name: value for name, value in told.items() if name not in ("file", "case")}
    return msgspec.convert({**facts, "id": told["file"], "by": visit.person.id}, File)


def _places(step: Step, names: list[str]) -> Iterator[str]:
    """The fields of the page that ask for a file, of those that were sent."""
    asked = {question.name: question for question in step.questions}
    for at in names:
        name, *rest = at.split(".")
        question = asked.get(name)
        if question is not None and question.kind == "several" and len(rest) == 2 and rest[0].isdecimal():
            question = next((one for one in question.inside if one.name == rest[1]), None)
        elif rest:
            question = None
        if question is not None and question.kind == "file":
            yield at
