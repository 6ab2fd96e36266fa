"""What pages on measures, reports, actions and surveys share: the way from one to the other, and forms on several pages
whose answers are kept with the session until they count."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
from starlette.responses import Response

from services.case.application.circumstances import Around
from services.case.domain.case import Case
from services.case.domain.permissions import ACTIONS
from services.case.process.forms import Form
from services.case.projections.measures.catalogue import BY_ID
from services.case.web.attaching import Files
from services.case.web.filling import Errors, Filling, rows_to_check
from services.case.web.questions import Answers
from services.case.web.short_forms import form_of
from services.case.web.visit import Visit

TABS = (
    ("Measures", "/measures", "measure"),
    ("Targets", "/targets", "measure"),
    ("Demand", "/demand", "measure"),
    ("Reports", "/reports", "read_reports"),
    ("Actions", "/actions", "follow_improvement"),
    ("Surveys", "/surveys", ""),
)
DRAFTS = "drafts"  # where a session keeps them, by address


def may(visit: Visit, action: str) -> bool:
    """Whether the person has a role for the action."""
    return any(m.role in ACTIONS[action] for m in visit.person.memberships)


def tabs_of(visit: Visit) -> list[dict[str, Any]]:
    """The lists that the person may see."""
    here = visit.request.url.path
    found = [(text, href) for text, href, action in TABS if not action or may(visit, action)]
    return [{"text": text, "href": href, "active": here == href} for text, href in found]


def measure_titles() -> dict[str, str]:
    """By id."""
    return {id: measure.title for id, measure in BY_ID.items()}


def drafting(visit: Visit, address: str, form: Form, begun: Answers, **shown: Any) -> Filling:
    """A form on the pages below `address`. `begun`: its answers where there is no draft yet."""

    def around(answers: Answers) -> Around:
        case = Case(UUID(int=0), authority=visit.person.authority)
        return Around(case, visit.house.clock.today(), visit.house.reference)

    async def keep(answers: Answers) -> None:
        await keep_draft(visit, address, answers)

    assert visit.session is not None
    answers = visit.session.kept.get(DRAFTS, {}).get(address, begun)
    return Filling(form, answers, address, around, keep, shown, Files({}))


def go_on(visit: Visit, filling: Filling) -> Response:
    """Where a draft goes on; one that is whole, at its first question."""
    still = filling.first_open()
    return visit.to(f"{filling.address}/questions/1" if still.endswith("/check") else still)


def checked(visit: Visit, template: str, filling: Filling) -> Response:
    """The draft to read again, or what it still asks."""
    still = filling.first_open()
    return check_page(visit, template, filling, []) if still == visit.request.url.path else visit.to(still)


def check_page(visit: Visit, template: str, filling: Filling, faults: Errors) -> Response:
    """With what is wrong: beside the answer that it is about, or else above all of them."""
    rows = rows_to_check(visit, filling, faults)
    wrong = [{"text": row["error"], "href": row["href"]} for row in rows if row["error"]]
    beside = [{"text": fault["detail"], "href": "#main-content"} for fault in faults if not wrong]
    return visit.page(
        template, 422 if faults else 200, rows=rows, errors=wrong or beside, base=filling.address,
        back=f"{filling.address}/questions/1", **filling.shown,
    )  # fmt: skip


async def keep_draft(visit: Visit, address: str, answers: Answers | None) -> None:
    """None: it is a draft no more."""
    session = visit.session
    assert session is not None
    drafts = {at: draft for at, draft in session.kept.get(DRAFTS, {}).items() if at != address}
    session.kept[DRAFTS] = drafts if answers is None else {**drafts, address: answers}
    await asyncio.to_thread(visit.pages.sessions.keep, session)


def changed(name: str, leave_out: tuple[str, ...] = (), options: dict[str, dict[str, str]] | None = None) -> Form:
    """A form of `forms/` without some of its questions, and with the options that only code knows: by the place of the
    field, `findings.measure` say."""
    schema = msgspec.json.decode(msgspec.json.encode(form_of(name).schema))
    for field in leave_out:
        del schema["properties"][field]
        schema["required"] = [one for one in schema["required"] if one != field]
    for place, titles in (options or {}).items():
        field, _, inside = place.partition(".")
        asked = schema["properties"][field]
        asked = asked["items"]["properties"][inside] if inside else asked["items"]
        asked["oneOf"] = [{"const": code, "title": title} for code, title in titles.items()]
    return Form(name, msgspec.json.encode(schema))
