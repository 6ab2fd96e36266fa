"""The files of a case: those that the person may fetch, adding one, fetching one."""

from typing import Any

from starlette.responses import Response

from services.case.api import files as api
from services.case.api.asking import respond
from services.case.api.bodies import NewFile
from services.case.domain import errors, file_errors
from services.case.domain.case import Case
from services.case.domain.files import about
from services.case.domain.permissions import adding
from services.case.web.attaching import REFUSED
from services.case.web.case_pages import head_of
from services.case.web.visit import Visit

LONGEST = 500  # characters of a description


async def listed(visit: Visit) -> Response:
    """All of them, and a form to add one."""
    return await _page(visit, [])


async def _page(visit: Visit, wrong: list[dict[str, str]]) -> Response:
    _, case, shown = await head_of(visit)
    told = (await visit.read(api.list_files)).body
    rows = [{**one, "about": about(one["media_type"], one["size"])} for one in told]
    return visit.page(
        "cases/files.html",
        422 if wrong else 200,
        **shown,
        files=rows,
        may_add=_may_add(visit, case),
        largest=visit.house.settings.file_megabytes,
        description=visit.posted.get("description"),
        errors=wrong,
    )


def _may_add(visit: Visit, case: Case) -> bool:
    try:
        return bool(adding(visit.person, case)) and not case.erased
    except errors.NotAllowed:
        return False


async def add(visit: Visit) -> Response:
    """Keep the file that was chosen; or say what is wrong with it."""
    case = await visit.house.door.see(visit.asking().ref)
    adding(visit.person, case)
    part, description = visit.posted.files.get("file"), visit.posted.get("description")
    wrong: list[dict[str, str]] = []
    if part is None:
        wrong.append({"text": "Select a file", "href": "#file"})
    if len(description) > LONGEST:
        wrong.append({"text": f"What it is must be {LONGEST} characters or fewer", "href": "#description"})
    if part is not None and not wrong:
        wrong = await _kept(visit, NewFile(part.value, part.called, case.ref, description), part.too_large)
    return await _page(visit, wrong) if wrong else visit.to(f"/cases/{case.ref}/files")


async def _kept(visit: Visit, body: Any, too_large: bool) -> list[dict[str, str]]:
    try:
        if too_large:
            raise api.too_large(visit.house.attachments.largest)
        await visit.do(api.add_to_case, body)
    except REFUSED as refusal:
        return [{"text": str(refusal).removesuffix("."), "href": "#file"}]
    return []


async def fetch(visit: Visit) -> Response:
    """The file itself. Raises FileUnknown."""
    try:
        case = await visit.house.door.see(visit.asking().ref)
    except errors.CaseUnknown as unknown:
        raise file_errors.FileUnknown from unknown
    if visit.part("file") not in case.files:
        raise file_errors.FileUnknown
    return respond(await visit.read(api.one_file, file=visit.part("file")))
