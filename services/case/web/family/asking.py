"""A family asks the school something, or says that somebody is putting pressure on it."""

from starlette.responses import Response

from services.case.api import cases as api
from services.case.api.bodies import Concern, StartProcess
from services.case.domain import errors
from services.case.web.family.reader import Reader, family_of
from services.case.web.family.reading import tasks_of
from services.case.web.visit import Visit

ENQUIRY = "enquiry"  # the process in which the school has to reply


async def ask(visit: Visit) -> Response:
    """How to ask the school."""
    reader = await family_of(visit, "see")
    asked = any(one.process == ENQUIRY and not one.ended for one in reader.case.instances.values())
    return reader.page("family/ask.html", begun=_begun(reader), asked=asked, back="/family")


def _begun(reader: Reader) -> str:
    """Where the party goes on with what it asks, "" if it asks nothing now."""
    case = reader.case
    mine = [task.id for task in tasks_of(reader) if case.instances[task.instance].process == ENQUIRY]
    return f"/family/tasks/{mine[0]}" if mine else ""


async def begin(visit: Visit) -> Response:
    """A question begins: it is for the party to write, then for the school to answer."""
    reader = await family_of(visit, "see")
    try:
        await visit.act(api.start_process, StartProcess, {"process": ENQUIRY}, ref=reader.case.ref)
    except errors.ProcessRunning:
        return visit.to(_begun(reader) or "/family/ask")
    begun = _begun(await family_of(visit, "see"))
    return visit.to(f"{begun}/questions/1" if begun else "/family")


async def concern(visit: Visit) -> Response:
    """Saying that somebody is putting pressure on one."""
    reader = await family_of(visit)
    return reader.page("family/concern.html", back="/family")


async def raise_concern(visit: Visit) -> Response:
    """The case pauses until the council’s inclusion team has looked into it."""
    reader, about = await family_of(visit), visit.posted.get("about")
    if not about:
        wrong = [{"text": "Write what happened", "href": "#about"}]
        return reader.page("family/concern.html", 422, errors=wrong, back="/family")
    await visit.act(api.add_concern, Concern, {"about": about}, ref=reader.case.ref)
    return reader.page("family/concern_raised.html")
