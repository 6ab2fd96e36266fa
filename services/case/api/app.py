"""The FastAPI application: the table of routes made into endpoints, refusals made into problems."""

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from importlib import resources
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from prometheus_client import Counter, Histogram
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Match
from starlette.routing import Route as StarletteRoute
from starlette.types import Receive, Scope, Send

from services.case.api import health
from services.case.api.asking import Ask, command_of, read_body, read_query, respond, wait_for
from services.case.api.files import read_file
from services.case.api.identity import BUILT_IN, Identity, ProviderKeys, built_in_keys, ed25519_key, read_meaning
from services.case.api.openapi import PATTERNS, TOLD, document
from services.case.api.problems import OTHERS, as_response, problem
from services.case.api.route import Route
from services.case.api.routes import CLOCK, ROUTES
from services.case.application.break_glass import is_overseer
from services.case.domain import errors
from services.case.domain.errors import Refusal
from services.case.domain.people import Person
from services.case.store.database import DatabaseAway
from services.case.wiring import House

PREFIX = "/api/v1"


class _Ref(StringConvertor):
    """A case reference in an address: `/cases/search` is another address."""

    regex = "(?!search(?:/|$))[^/]+"


register_url_convertor("ref", _Ref())
NOBODY = Person("", "")
MEANT = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}
SEEDED = 20.0  # seconds for the sample directories of a new embedded database to be there

log = logging.getLogger(__name__)


def create_app(house: House) -> FastAPI:
    """The application on a house that is not open yet; it is opened and closed with the application."""
    app = FastAPI(
        title="Inclusion Casework",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.house = house
    app.state.identity = identity_of(house)
    routes = [(f"{PREFIX}{route.path}", route) for route in ROUTES]
    if house.settings.embedded:
        routes += [(route.path, route) for route in CLOCK]
    by_path: dict[str, dict[str, Route]] = {}
    for path, route in routes:
        by_path.setdefault(path, {})[route.method] = route
    for path, by_method in by_path.items():
        at = path.replace("{ref}", "{ref:ref}")
        app.router.routes.append(StarletteRoute(at, Endpoint(by_method), methods=list(by_method)))
    described = document(routes)
    app.add_api_route("/openapi.json", _constant(described), include_in_schema=False)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.add_api_route("/docs/{name}", _docs_file, include_in_schema=False)
    for path, endpoint in (("/livez", health.live), ("/readyz", health.ready), ("/metrics", health.metrics)):
        app.add_api_route(path, endpoint, include_in_schema=False)
    app.add_exception_handler(HTTPException, http_problem)
    app.add_exception_handler(Exception, _unexpected)
    return app


def identity_of(house: House, audience: str = "") -> Identity:
    """Who checks the tokens that are for us, or for another audience such as our pages as the provider's client."""
    settings = house.settings
    audience = audience or settings.oidc_audience
    if settings.oidc_issuer:
        meaning = read_meaning(settings.oidc_roles_path)
        return Identity(settings.oidc_issuer, audience, ProviderKeys(settings.oidc_issuer), meaning)
    key = ed25519_key(house.signing_key())
    return Identity(BUILT_IN, audience, built_in_keys(key))


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    house: House = app.state.house
    try:
        await asyncio.to_thread(house.open)
    except Exception:
        log.exception("the service cannot start")
        raise
    house.projected.start(asyncio.get_running_loop())
    await house.projected.wait(house.seeded, SEEDED)
    try:
        yield
    finally:
        house.projected.stop()
        house.close()


class Front:
    """Stands before the application: what asks for an endpoint of ours goes straight there. The way through the
    framework's layers, which do nothing for it, takes as long as checking the answers of a form."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._ours: dict[int, list[tuple[StarletteRoute, Endpoint]]] = {}  # by the number of parts of the address
        for route in app.router.routes:
            if isinstance(route, StarletteRoute) and isinstance(route.endpoint, Endpoint):
                self._ours.setdefault(route.path.count("/"), []).append((route, route.endpoint))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for route, endpoint in self._ours.get(scope["path"].count("/"), ()):
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found, app=self._app)
                    await endpoint(scope, receive, send)
                    return
        await self._app(scope, receive, send)


class Endpoint:
    """What answers at an address. An ASGI application: request and answer are checked once, by us, and a quarter of the
    time of a request would go into checking them again."""

    def __init__(self, by_method: dict[str, Route]) -> None:
        self._by_method = by_method
        self._figures = cache(_figures)  # of this address, by status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        route = self._by_method["GET" if scope["method"] == "HEAD" else scope["method"]]
        path = route.path
        try:
            async with asyncio.timeout(route.patience):
                answer = await _answer(Request(scope, receive), route)
        except Refusal as refusal:
            answer = problem(refusal)
        except (DatabaseAway, TimeoutError):
            answer = problem(errors.TryAgain())
        except ClientDisconnect:
            answer = Response(status_code=499)  # nobody is there to read it
        except Exception:
            log.exception("a defect at %s", path)
            answer = defect()
        requests, seconds = self._figures(path, answer.status_code)
        requests.inc()
        seconds.observe(time.perf_counter() - began)
        await answer(scope, receive, send)


def _figures(path: str, status: int) -> tuple[Counter, Histogram]:
    return health.REQUESTS.labels(path, status), health.SECONDS.labels(path)


async def _answer(request: Request, route: Route) -> Response:
    house: House = request.app.state.house
    person = NOBODY
    if route.who != "anybody":
        person = await _person(request)
    if any(name not in TOLD and not MEANT[name].fullmatch(value) for name, value in request.path_params.items()):
        raise errors.NoSuchPage
    query = read_query(request, route.query)
    ask = Ask(request, house, person, query=query, seen=request.headers.get("if-match", "").strip())
    if route.method != "GET":
        if route.takes_file:
            raw, ask.body = await read_file(request, house.settings.largest_file)
        else:
            raw, ask.body = await read_body(request, route.body)
        day = getattr(ask.body, "effective_on", None)
        ask.command = command_of(request, person, raw, day, house.clock, house.store.keys.master)
    elif (position := wait_for(request)) is not None:
        await house.projected.wait(position)
    if is_overseer(person):
        ask.person = await asyncio.to_thread(house.break_glass.as_it_holds, person)
    reply = await route.handler(ask)
    return respond(reply)


async def _person(request: Request) -> Person:
    identity: Identity = request.app.state.identity
    header = request.headers.get("authorization")
    known = identity.known(header)
    if known is None:
        known = await asyncio.to_thread(identity.person, header)
    house: House = request.app.state.house
    return house.administration.as_said_here(known)


def _constant(body: dict[str, Any]) -> Callable[[], Awaitable[JSONResponse]]:
    async def constant() -> JSONResponse:
        return JSONResponse(body)

    return constant


SWAGGER = resources.files("fastapi_swagger") / "resources"
MEDIA = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon-32x32.png": "image/png"}


async def _docs() -> HTMLResponse:
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Inclusion Casework API",
        swagger_js_url="/docs/swagger-ui-bundle.js",
        swagger_css_url="/docs/swagger-ui.css",
        swagger_favicon_url="/docs/favicon-32x32.png",
    )


async def _docs_file(request: Request) -> Response:
    """From the wheel: no page of ours asks anything of another host."""
    name = request.path_params["name"]
    if name not in MEDIA:
        return problem(errors.NoSuchPage())
    return Response((SWAGGER / name).read_bytes(), headers={"Cache-Control": "max-age=86400"}, media_type=MEDIA[name])


async def http_problem(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself: unknown addresses and methods."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        answer = problem(errors.NotThatMethod())
        answer.headers.update(error.headers or {})
        return answer
    if error.status_code == 404:
        return problem(errors.NoSuchPage())
    return as_response("request", error.status_code, OTHERS["request"][1], str(error.detail), {})


async def _unexpected(request: Request, error: Exception) -> Response:
    return defect()


def defect() -> Response:
    """A defect of ours. The log has the trace and no data of the request."""
    return as_response("defect", *OTHERS["defect"], "Nothing was changed. Please tell us.", {})
