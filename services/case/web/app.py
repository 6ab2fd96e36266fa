"""The pages beside the API: the table of pages made into endpoints, refusals made into pages."""

import asyncio
import contextlib
import logging
import time
from urllib.parse import quote

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.case.api import health
from services.case.api.app import create_app, http_problem
from services.case.api.asking import LARGEST
from services.case.api.problems import STATUS, problem
from services.case.domain import errors, link_errors
from services.case.domain.errors import Refusal
from services.case.domain.permissions import role_anywhere
from services.case.store.database import DatabaseAway
from services.case.web import safety
from services.case.web.family.reader import LEFT, refused_by_link
from services.case.web.page import Page
from services.case.web.pages import Pages
from services.case.web.routes import PAGES
from services.case.web.sessions import Session, SessionOver
from services.case.web.visit import Visit, posted_by
from services.case.wiring import House

PATIENCE = 10.0  # seconds after which a page is given up, as when the database hangs
LONG_PATIENCE = 120.0  # the same where a file comes over a slow line, or all cases are counted

log = logging.getLogger(__name__)


def create_site(house: House) -> FastAPI:
    """The API with the pages, on a house that is not open yet."""
    app = create_app(house)
    pages = app.state.pages = Pages(house, PAGES)
    by_path: dict[str, dict[str, Page]] = {}
    for page in PAGES:
        by_path.setdefault(page.path, {})[page.method] = page
    for path, by_method in by_path.items():
        at = path.replace("{ref}", "{ref:ref}")
        app.router.routes.append(Route(at, PageEndpoint(pages, by_method), methods=list(by_method)))
    app.add_api_route("/assets/{stamp}/{name:path}", _static, include_in_schema=False)
    app.add_exception_handler(HTTPException, _http_error)
    return app


class PageEndpoint:
    """What answers at a page's address: session, role, form, then the page's handler."""

    def __init__(self, pages: Pages, by_method: dict[str, Page]) -> None:
        self._pages = pages
        self._by_method = by_method

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        page = self._by_method["GET" if scope["method"] == "HEAD" else scope["method"]]
        request = Request(scope, receive)
        try:
            async with asyncio.timeout(LONG_PATIENCE if page.takes_files or page.counts else PATIENCE):
                answer = await self._answer(request, page)
        except ClientDisconnect:
            answer = Response(status_code=499)  # nobody is there to read it
        except (DatabaseAway, TimeoutError):
            answer = self._refused(Visit(request, self._pages, None), errors.TryAgain())
        except Exception:  # a defect of ours
            log.exception("a page could not be made")
            visit = Visit(request, self._pages, None)
            answer = visit.page("problem.html", 500, sentence="Nothing was changed. Please tell us.", code=500)
        safety.guard(answer, self._pages.provider_origin, page.unnamed)
        health.REQUESTS.labels(page.path, answer.status_code).inc()
        health.SECONDS.labels(page.path).observe(time.perf_counter() - began)
        await answer(scope, receive, send)

    async def _answer(self, request: Request, page: Page) -> Response:
        pages = self._pages
        session = None
        try:
            session = await asyncio.to_thread(pages.session_of, request, page.who == "link")
            return await self._visited(request, page, session)
        except (SessionOver, errors.NotSignedIn) as over:
            if page.who == "link":
                return refused_by_link(Visit(request, pages, None), link_errors.LinkOver(LEFT))
            if isinstance(over, errors.NotSignedIn):
                return _to_sign_in(request)
            if page.who == "anybody":
                return await self._visited(request, page, None)
            return RedirectResponse("/sign-in?ended=1", 303)
        except errors.LookUnexplained:
            return _to_say_why(request)
        except Refusal as refusal:
            if page.who == "link" or page.unnamed:
                return refused_by_link(Visit(request, pages, session), refusal)
            return self._refused(Visit(request, pages, session), refusal)

    async def _visited(self, request: Request, page: Page, session: Session | None) -> Response:
        pages, posted = self._pages, None
        if session is None and (page.who == "link" or page.takes_files):  # nobody's files are read
            raise errors.NotSignedIn
        if page.method == "POST":
            safety.refuse_foreign(request)
            files = pages.house.settings.largest_file if page.takes_files else LARGEST
            posted = await posted_by(request, files)
        visit = Visit(request, pages, session, posted)
        if page.method == "POST":
            safety.refuse_unproven(request, session, visit.posted.get("token"), pages.secure)
        if page.who != "anybody":
            may_visit(visit, page.who)
        answer = await page.handler(visit)
        if session is None and page.method == "GET":
            safety.set_cookie(answer, safety.PRE_SESSION, visit.token, pages.secure)
        return answer

    def _refused(self, visit: Visit, refusal: Refusal) -> Response:
        status = STATUS[type(refusal)]
        return visit.page("problem.html", status, sentence=str(refusal), code=status)


def _to_sign_in(request: Request) -> Response:
    back = request.url.path if request.method == "GET" else ""
    return RedirectResponse(f"/sign-in?next={quote(back)}" if back not in ("", "/") else "/sign-in", 303)


def _to_say_why(request: Request) -> Response:
    here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    back = quote(here, safe="") if request.method == "GET" else ""
    return RedirectResponse(f"/audit?ref={request.path_params['ref']}&next={back}", 303)


def may_visit(visit: Visit, who: str) -> None:
    """Whether the person has a role for the page at all; what they may do in a case, its handler looks at.

    Raises NotSignedIn, NotAllowed.
    """
    person = visit.person
    if who not in ("signed-in", "answering", "link"):
        role_anywhere(person, who)


async def _static(request: Request) -> Response:
    pages: Pages = request.app.state.pages
    answer = pages.static.answer(request.path_params["name"], request.headers.get("accept-encoding", ""))
    return answer or problem(errors.NoSuchPage())


async def _http_error(request: Request, error: Exception) -> Response:
    """An address that is not there: a page for people, a problem for programs."""
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return await http_problem(request, error)
    pages: Pages = request.app.state.pages
    status = getattr(error, "status_code", 404)
    refusal = errors.NotThatMethod() if status == 405 else errors.NoSuchPage()
    session = None
    with contextlib.suppress(SessionOver, DatabaseAway):
        session = await asyncio.to_thread(pages.session_of, request)
    visit = Visit(request, pages, session)
    answer = visit.page("problem.html", status, sentence=str(refusal), code=status)
    safety.guard(answer, pages.provider_origin)
    return answer
