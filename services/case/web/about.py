"""Help, accessibility, privacy, cookies and licences: found in the same place on every page; what a problem means."""

import msgspec
from starlette.responses import Response

from services.case.api.problems import said_of
from services.case.domain.errors import NoSuchPage
from services.case.web.assets import FETCHED
from services.case.web.visit import Visit


async def help_page(visit: Visit) -> Response:
    return visit.page("about/help.html")


async def accessibility(visit: Visit) -> Response:
    return visit.page("about/accessibility.html")


async def privacy(visit: Visit) -> Response:
    return visit.page("about/privacy.html")


async def cookies(visit: Visit) -> Response:
    return visit.page("about/cookies.html")


async def licences(visit: Visit) -> Response:
    """Of what is sent to browsers; that of Python packages is in `docs/dependencies.md`."""
    file = FETCHED / "licences.json"
    packages = msgspec.json.decode(file.read_bytes()) if file.is_file() else []
    return visit.page("about/licences.html", packages=packages)


async def problem(visit: Visit) -> Response:
    """What the `type` of a problem says, for a person."""
    said = said_of(visit.part("slug"))
    if said is None:
        raise NoSuchPage
    status, sentence = said
    return visit.page("about/problem.html", sentence=sentence, code=status)
