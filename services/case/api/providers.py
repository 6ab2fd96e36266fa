"""Providers of alternative provision: found, listed by the authority, kept up by themselves, checked by schools."""

import asyncio
from math import dist
from typing import Any, Literal

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.api.bodies import is_on
from services.case.api.directory import change, for_authority, near, next_page, put_entry
from services.case.application.entries import check, etag_of, update_places
from services.case.domain.entry_faults import faults_of
from services.case.domain.errors import BodyInvalid, NotAllowed, NotInDirectory
from services.case.domain.people import Membership, Person
from services.case.domain.permissions import ACTIONS, role_anywhere
from services.case.domain.provider import Provider
from services.case.projections.directory import Listed, checks_of, listed

Level = Literal["all", "staff", "own", "public"]
PUBLIC = ("name", "kind", "offer", "sites", "places")  # what families see
AUTHORITY = frozenset({"caseworker", "send-caseworker", "admin", "dpo", "auditor"})  # see every school's checks
FAR = 1e9  # metres of a provider whose place is not known


def _level(person: Person) -> Level:
    """How much of providers a person sees. Raises NotAllowed."""
    role_anywhere(person, "search_providers")
    if any(m.role in AUTHORITY and m.org == person.authority for m in person.memberships):
        return "all"
    if person.roles <= {"parent"}:
        return "public"
    return "own" if person.roles <= {"ap-provider", "parent"} else "staff"


def _own(person: Person) -> set[str]:
    """The providers that a person works for."""
    return {m.org for m in person.memberships if m.role == "ap-provider"}


async def list_providers(ask: Ask) -> Reply:
    """Providers that the person's authority lists, the nearest first; each says why it cannot be chosen, if so."""
    level, query, place = _level(ask.person), ask.query, await near(ask)
    found = await asyncio.to_thread(listed, ask.house.database, ask.person.authority, Provider)
    seen = [one for one in found if level != "own" or one.id in _own(ask.person)]
    fitting = [(_metres(one.entry, place), one) for one in seen if _fits(ask, one.entry)]
    if query.within_km is not None:
        fitting = [(metres, one) for metres, one in fitting if metres <= query.within_km * 1000]
    fitting.sort(key=lambda pair: (pair[0], pair[1].entry.name, pair[1].id))
    ids = [one.id for _, one in fitting]
    start = ids.index(query.cursor) + 1 if query.cursor in ids else 0
    page = fitting[start : start + query.limit]
    links = next_page(ask, page[-1][1].id) if start + query.limit < len(fitting) else ""
    return Reply([_provider(ask, level, one, metres) for metres, one in page], links=links)


def _fits(ask: Ask, provider: Provider) -> bool:
    query, offer, today = ask.query, provider.offer, ask.house.clock.today()
    words = f"{provider.name} {offer.description} {' '.join(offer.subjects)}".lower()
    from_day = provider.places.available_from
    return (
        all(word in words for word in query.text.lower().split())
        and (query.key_stage is None or query.key_stage in offer.key_stages)
        and (query.need is None or query.need in offer.needs)
        and (query.hours is None or offer.hours_per_week >= query.hours)
        and (query.registered is None or provider.is_registered == is_on(query.registered))
        and (query.by is None or ((from_day or today) <= query.by and provider.places.free(query.key_stage) > 0))
        and (query.choosable is None or (not any(provider.faults(today))) == is_on(query.choosable))
    )


def _metres(provider: Provider, place: tuple[int, int] | None) -> float:
    """To the nearest site in a straight line; 0 where nobody asked."""
    if place is None:
        return 0
    sites = [(site.easting, site.northing) for site in provider.sites]
    return min((dist(place, (x, y)) for x, y in sites if x is not None and y is not None), default=FAR)


def _provider(ask: Ask, level: Level, one: Listed, metres: float | None = None) -> dict[str, Any]:
    """A provider as far as the person sees it."""
    entry: dict[str, Any] = msgspec.to_builtins(one.entry)
    faults = list(one.entry.faults(ask.house.clock.today()))
    away = None if not metres or metres == FAR else round(metres / 1000, 1)
    if level == "public":
        shown = {name: entry[name] for name in PUBLIC if name in entry}
        return {"id": one.id, **shown, "registered": one.entry.is_registered, "distance_km": away}
    return {
        "id": one.id,
        **entry,
        "registered": one.entry.is_registered,
        "contacts": msgspec.to_builtins(one.contacts),
        "can_be_chosen": not faults,
        "why_not": faults,
        "distance_km": away,
        "etag": etag_of("provider", one.id, one.version),
    }


async def one_provider(ask: Ask) -> Reply:
    """A provider, with the checks that the person's school has made of it; the authority sees those of all schools."""
    level, id = _level(ask.person), ask.part("provider")
    found = await asyncio.to_thread(listed, ask.house.database, ask.person.authority, Provider, id)
    if not found or (level == "own" and id not in _own(ask.person)):
        raise NotInDirectory
    body = _provider(ask, level, found[0])
    if level in ("all", "staff"):
        schools = None if level == "all" else [m.org for m in ask.person.memberships]
        checks = await asyncio.to_thread(checks_of, ask.house.database, ask.person.authority, id, schools)
        body["checks"] = msgspec.to_builtins(checks)
    return Reply(body, etag=body.get("etag", ""))


async def put_provider(ask: Ask) -> Reply:
    """List a provider, or change its entry; suspend it or take it out of the directory in the same way."""
    provider: Provider = ask.body.provider
    faults = []
    if provider.urn and provider.urn not in ask.house.reference.schools:
        faults.append({"pointer": "/provider/urn", "detail": "The register of schools has no school of that number."})
    return await put_entry(ask, ask.part("provider"), "/provider", provider, faults)


async def update_provider_places(ask: Ask) -> Reply:
    """How much room there is and at which price. The provider says it itself, or the authority for it."""
    id, body = ask.part("provider"), ask.body
    if id in _own(ask.person):
        by = Membership("ap-provider", id)
    else:
        role_anywhere(ask.person, "update_places")
        by = for_authority(ask.person, "maintain_directory")
    wrong = list(faults_of(body.places, "/places"))
    if wrong:
        raise BodyInvalid(wrong)
    return await change(ask, by, update_places(ask.person.authority, id, body.places, body.price))


async def check_provider(ask: Ask) -> Reply:
    """A school's own check of a provider: being listed does not replace it."""
    body = ask.body
    schools = [m for m in ask.person.memberships if m.role in ACTIONS["check_provider"]]
    if not schools:
        raise NotAllowed
    by = next((m for m in schools if body.school in (None, m.org)), None)
    if by is None:
        raise NotAllowed("You can record checks of your own school only.")
    if body.check.on > ask.house.clock.today():
        raise BodyInvalid([{"pointer": "/check/on", "detail": "The check must be today or in the past."}])
    id = ask.part("provider")
    decide = check(ask.person.authority, id, by.org, body.check, body.case or "", body.note)
    return await change(ask, by, decide)
