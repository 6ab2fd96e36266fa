"""Copies of a case for auditors. That one was taken, by whom and why, and each file whose content is in it, is recorded
before it is handed out."""

import asyncio
from typing import Annotated, Literal

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.api.files import readable_by
from services.case.domain.case import Case
from services.case.domain.errors import NothingSigned, ReasonMissing
from services.case.domain.permissions import role_for
from services.case.export.case_file import NoKey
from services.case.export.contents import NONE, Contents, contents_of
from services.case.export.copies import COPIES, copy_of


class Export(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`as`: an archive with its verifier, or the event log for process mining."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] = ""
    form: Literal["case-file", "xes", "ocel"] = msgspec.field(name="as", default="case-file")


async def export_case(ask: Ask) -> Reply:
    """The case file as a ZIP archive (`verify.py` in it checks it), XES, or OCEL 2.0 as JSON. What is in files that
    were added to the case goes into the archive for whoever may fetch them: auditors once they broke the glass."""
    case = await ask.house.door.see(ask.ref)
    membership = role_for(ask.person, case, "export")
    if not ask.body.reason.strip():
        raise ReasonMissing
    house, by, form = ask.house, ask.person.as_actor(membership), ask.body.form
    contents = await asyncio.to_thread(_contents, ask, case) if form == "case-file" else NONE
    await asyncio.to_thread(house.looking.record, case, by, form, ask.body.reason.strip())
    for id in contents.inside:
        await asyncio.to_thread(house.looking.record, case, by, "file", ask.body.reason.strip(), id)
    parts = house.store, house.reference, house.checkpointing
    try:
        body = await asyncio.to_thread(copy_of, *parts, case.ref, form, contents)
    except NoKey as no_key:
        raise NothingSigned from no_key
    return Reply(body, content_type=COPIES[form][1])


def _contents(ask: Ask, case: Case) -> Contents:
    return contents_of(ask.house.attachments, case, readable_by(ask, case))
