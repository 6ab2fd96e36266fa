"""Signing in and out. Embedded, as one of the sample people; else at the council's own provider."""

import asyncio
from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response

from services.case.domain.errors import NoSuchPage, NotSignedIn
from services.case.domain.people import Person
from services.case.samples import Sample, as_person, sample_people
from services.case.web import safety
from services.case.web.known_people import remember, remember_samples
from services.case.web.oidc import Pending, Provider
from services.case.web.pages import SESSION
from services.case.web.visit import Visit

PENDING = "sign-in"


async def home(visit: Visit) -> Response:
    """Where somebody begins who has typed nothing but our name."""
    return visit.to("/tasks" if visit.session else "/sign-in")


async def choose(visit: Visit) -> Response:
    """Embedded, the sample people to choose from; else the way to the provider."""
    back, settings = own_path(visit.query("next")), visit.house.settings
    people: dict[str, dict[str, Sample]] = {}
    for id, sample in (sample_people() if settings.embedded else {}).items():
        people.setdefault(_council(visit, sample), {})[id] = sample
    ended = bool(visit.query("ended"))
    return visit.page("sign_in.html", people=people, back=back, ended=ended, provider=bool(settings.oidc_client_id))


def _council(visit: Visit, sample: Sample) -> str:
    authorities = visit.house.reference.authorities
    known = sample.authority in authorities.codes
    return authorities[sample.authority].name if known else f"Council {sample.authority}, if it is set up"


async def as_sample(visit: Visit) -> Response:
    """Embedded only: sign in as one of the sample people."""
    sample = sample_people().get(visit.posted.get("name"))
    if not visit.house.settings.embedded or sample is None:
        raise NoSuchPage
    await asyncio.to_thread(remember_samples, visit.house.database)
    person = as_person(visit.posted.get("name"), sample)
    return await _signed_in(visit, person, sample.name, {}, own_path(visit.posted.get("next")))


async def start(visit: Visit) -> Response:
    """Off to the provider."""
    address, pending = await _provider(visit).begin(_here(visit), own_path(visit.query("next")))
    answer = RedirectResponse(address, 303)
    kept = msgspec.json.encode(pending).hex()
    safety.set_cookie(answer, PENDING, kept, visit.pages.secure)
    return answer


async def done(visit: Visit) -> Response:
    """Back from the provider."""
    kept = visit.request.cookies.get(safety.cookie_name(PENDING, visit.pages.secure), "")
    try:
        pending = msgspec.json.decode(bytes.fromhex(kept), type=Pending)
    except (ValueError, msgspec.MsgspecError) as error:
        raise NotSignedIn from error
    if visit.query("state") != pending.state:
        raise NotSignedIn
    person, name, token = await _provider(visit).finish(_here(visit), str(visit.request.url), pending)
    await asyncio.to_thread(remember, visit.house.database, person, name)
    answer = await _signed_in(visit, person, name, {"id_token": token}, own_path(pending.back))
    safety.clear_cookie(answer, PENDING, visit.pages.secure)
    return answer


async def _signed_in(visit: Visit, person: Person, name: str, kept: dict[str, Any], back: str) -> Response:
    sessions = visit.pages.sessions
    if visit.session is not None:
        await asyncio.to_thread(sessions.end, visit.session.cookie)
    session = await asyncio.to_thread(sessions.begin, person, name, kept)
    answer = visit.to(back or "/")
    safety.set_cookie(answer, SESSION, session.cookie, visit.pages.secure)
    return answer


async def stay(visit: Visit) -> Response:
    """Somebody was warned that they would be signed out, and is still there."""
    return visit.to(own_path(visit.posted.get("next")) or "/")


async def sign_out(visit: Visit) -> Response:
    """The session ends here, and at the provider."""
    assert visit.session is not None
    await asyncio.to_thread(visit.pages.sessions.end, visit.session.cookie)
    away = ""
    if visit.house.settings.oidc_client_id:
        away = await _provider(visit).end(_here(visit), str(visit.session.kept.get("id_token", "")))
    answer = RedirectResponse(away or "/signed-out", 303)
    safety.clear_cookie(answer, SESSION, visit.pages.secure)
    return answer


async def signed_out(visit: Visit) -> Response:
    return visit.page("signed_out.html")


def _provider(visit: Visit) -> Provider:
    if not visit.house.settings.oidc_client_id:
        raise NoSuchPage
    return visit.pages.provider


def _here(visit: Visit) -> str:
    return str(visit.request.base_url).rstrip("/")


def own_path(address: str) -> str:
    """An address that leads to a page of ours and nowhere else, "" for any other."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else ""
