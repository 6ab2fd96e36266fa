"""Auditors take a copy of a case away, once it is recorded who took it and why."""

from starlette.responses import Response

from services.case.api.exports import Export, export_case
from services.case.domain.permissions import role_for
from services.case.web.case_pages import head_of
from services.case.web.visit import Visit

REASON = 500  # characters
FORMS = {
    "case-file": ("Case file", "Everything recorded, with a program that checks it. A ZIP archive", "zip"),
    "xes": ("Event log as XES", "For process mining", "xes"),
    "ocel": ("Event log as OCEL 2.0", "For process mining", "json"),
}


async def ask(visit: Visit) -> Response:
    """Raises NotAllowed."""
    return await _form(visit, [], "", "case-file")


async def give(visit: Visit) -> Response:
    """The copy. Raises NotAllowed, NothingSigned; TryAgain where it cannot be recorded."""
    reason, form = visit.posted.get("reason"), visit.posted.get("as")
    errors = []
    if form not in FORMS:
        errors.append({"text": "Select what you want to take", "href": "#as"})
    if not reason or len(reason) > REASON:
        errors.append({"text": f"Say why you take a copy, in up to {REASON} characters", "href": "#reason"})
    if errors:
        return await _form(visit, errors, reason, form)
    ref = visit.part("ref")
    reply = await visit.read(export_case, body=Export(reason, form), ref=ref)  # type: ignore[arg-type]
    headers = {"Content-Disposition": f'attachment; filename="{ref}.{FORMS[form][2]}"'}
    return Response(reply.body, headers=headers, media_type=reply.content_type)


async def _form(visit: Visit, errors: list[dict[str, str]], reason: str, form: str) -> Response:
    _, case, shown = await head_of(visit)
    role_for(visit.person, case, "export")
    code = 422 if errors else 200
    return visit.page("audit/export.html", code, **shown, errors=errors, reason=reason, form=form, forms_of=FORMS)
