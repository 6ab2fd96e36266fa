"""The directories: schools of the public register with what the authority adds, and the ethical inclusion directory."""

import asyncio
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.api.bodies import is_on
from services.case.application.entries import Entry, etag_of, put
from services.case.application.listing import Decide
from services.case.domain.directory import Additions, Strategy, key_stages
from services.case.domain.entry_faults import faults_of, unknown_rungs
from services.case.domain.errors import BodyInvalid, NotAllowed, NotInDirectory
from services.case.domain.people import FAMILY, Membership, Person
from services.case.domain.permissions import ACTIONS, role_anywhere
from services.case.projections.directory import Listed, listed
from services.case.projections.school_search import OPEN, Found, Wanted, find_schools, links_of, place_of

URN = re.compile(r"[0-9]{6}")
STATUSES = {"open": OPEN, "closed": "closed", "any": None}
OUTSIDE = FAMILY | {"ap-provider"}  # see of schools what the public register says


def for_authority(person: Person, action: str) -> Membership:
    """The membership in which a person does something for their own authority. Raises NotAllowed."""
    for membership in person.memberships:
        if membership.role in ACTIONS[action] and membership.org == person.authority:
            return membership
    raise NotAllowed


def next_page(ask: Ask, last: str) -> str:
    url = ask.request.url.include_query_params(cursor=last)
    return f'<{url.path}?{url.query}>; rel="next"'


async def near(ask: Ask) -> tuple[int, int] | None:
    """The place from which distances count. Raises BodyInvalid where the query needs one and there is none."""
    query = ask.query
    if query.near is None:
        if query.within_km is not None:
            raise BodyInvalid([{"pointer": "/within_km", "detail": "Say near which school: near=URN."}])
        return None
    place = await asyncio.to_thread(place_of, ask.house.database, query.near)
    if place is None:
        raise BodyInvalid([{"pointer": "/near", "detail": "The register has no place for a school of that number."}])
    return place


async def change(ask: Ask, by: Membership, decide: Decide) -> Reply:
    """Change the directory of the person's authority, and answer with the entry's id and ETag."""
    person, house = ask.person, ask.house
    outcome = await asyncio.to_thread(house.listings.change, person.authority, person.as_actor(by), ask.command, decide)
    body = msgspec.json.decode(outcome.answer)
    return Reply(body, etag=body["etag"], position=outcome.position)


async def put_entry(ask: Ask, id: str, place: str, entry: Entry, faults: Iterable[dict[str, str]] = ()) -> Reply:
    """List or change an entry for the authority. Raises BodyInvalid for what no shape can say."""
    by = for_authority(ask.person, "maintain_directory")
    wrong = [*faults_of(entry, place), *faults]
    if wrong:
        raise BodyInvalid(wrong)
    return await change(ask, by, put(ask.person.authority, id, entry, ask.body.contacts, ask.seen, ask.body.reason))


async def list_schools(ask: Ask) -> Reply:
    """Schools of the public register, of any authority, the nearest first; closed ones if asked for, or by number."""
    query = ask.query
    role_anywhere(ask.person, "search_schools")
    is_number = query.urn is None and URN.fullmatch(query.text.strip())
    urn = query.text.strip() if is_number else query.urn
    wanted = Wanted(
        sees=_sees(ask.person),
        limit=query.limit + 1,
        text="" if is_number else query.text,
        urn=urn,
        near=await near(ask),
        within_km=query.within_km,
        key_stage=query.key_stage,
        need=query.need,
        phase=query.phase,
        authority=query.authority,
        status=None if urn else STATUSES[query.status],
        year=query.year,
        after=query.cursor,
    )
    found = await asyncio.to_thread(find_schools, ask.house.database, wanted)
    page = found[: query.limit]
    links = next_page(ask, page[-1].urn) if len(found) > query.limit else ""
    return Reply([_school(one) for one in page], links=links)


def _sees(person: Person) -> str:
    """The authority whose additions to schools the person sees, "" for none."""
    return person.authority if person.roles - OUTSIDE else ""


def _school(found: Found) -> dict[str, Any]:
    """A row of the list."""
    return {
        "urn": found.urn,
        "name": found.name,
        "authority": found.authority,
        "status": found.status,
        "closed_on": found.closed_on,
        "phase": found.phase,
        "ages": [found.low_age, found.high_age] if found.low_age is not None else None,
        "key_stages": key_stages(found.low_age, found.high_age),
        "needs": found.needs,
        "town": found.details.get("town"),
        "postcode": found.details.get("postcode"),
        "distance_km": None if found.metres is None else round(found.metres / 1000, 1),
        "additions": found.additions,
    }


async def one_school(ask: Ask) -> Reply:
    """A school in full, also one that is closed, with the schools before and after it, and what the authority adds."""
    role_anywhere(ask.person, "search_schools")
    urn, database = ask.part("urn"), ask.house.database
    wanted = Wanted(sees=_sees(ask.person), limit=1, status=None, urn=urn)
    found = await asyncio.to_thread(find_schools, database, wanted)
    if not found:
        raise NotInDirectory
    links = await asyncio.to_thread(links_of, database, urn)
    school, directory = found[0], ask.house.reference.directory
    etag = etag_of("school", urn, school.version or 0)
    body = {
        **_school(school),
        **{name: value for name, value in school.details.items() if name not in ("town", "postcode")},
        "opened_on": school.opened_on,
        "links": [
            {"urn": linked, "name": directory.name_of(linked), "is": kind, "since": since}
            for linked, kind, since in links
        ],
        "contacts": school.contacts,
        "etag": etag,
    }
    return Reply(body, etag=etag)


async def put_school(ask: Ask) -> Reply:
    """Say what the authority adds to the register for one of its schools: free places, whom to ask, taking part."""
    urn = ask.part("urn")
    school = ask.house.reference.schools.get(urn)
    if school is None or school.authority != ask.person.authority:
        raise NotInDirectory
    additions: Additions = ask.body.additions
    return await put_entry(ask, urn, "/additions", additions)


async def list_strategies(ask: Ask) -> Reply:
    """The ethical inclusion directory of the person's authority: what helps, with whom to ask."""
    role_anywhere(ask.person, "search_strategies")
    found = await asyncio.to_thread(listed, ask.house.database, ask.person.authority, Strategy)
    page = [one for one in found if _fits(ask, one.entry) and (ask.query.cursor or "") < one.id]
    links = next_page(ask, page[ask.query.limit - 1].id) if len(page) > ask.query.limit else ""
    return Reply([_strategy(ask, one) for one in page[: ask.query.limit]], links=links)


def _fits(ask: Ask, strategy: Strategy) -> bool:
    query = ask.query
    words = f"{strategy.title} {strategy.purpose} {' '.join(strategy.steps)}".lower()
    areas = [area.lower() for area in strategy.areas]
    return (
        all(word in words for word in query.text.lower().split())
        and query.kind in (None, strategy.kind)
        and (query.need is None or query.need in strategy.needs)
        and (query.rung is None or query.rung in strategy.rungs)
        and (query.phase is None or query.phase in strategy.phases)
        and (query.area is None or not areas or query.area.lower() in areas)
        and (query.waiting_weeks is None or (strategy.waiting_weeks or 0) <= query.waiting_weeks)
        and (is_on(query.all) or strategy.refusal(ask.house.clock.today()) is None)
    )


def _strategy(ask: Ask, one: Listed) -> dict[str, Any]:
    refusal = one.entry.refusal(ask.house.clock.today())
    return {
        "id": one.id,
        **msgspec.to_builtins(one.entry),
        "contacts": msgspec.to_builtins(one.contacts),
        "why_not": [str(refusal)] if refusal else [],
        "etag": etag_of("strategy", one.id, one.version),
    }


async def one_strategy(ask: Ask) -> Reply:
    role_anywhere(ask.person, "search_strategies")
    id = ask.part("strategy")
    found = await asyncio.to_thread(listed, ask.house.database, ask.person.authority, Strategy, id)
    if not found:
        raise NotInDirectory
    body = _strategy(ask, found[0])
    return Reply(body, etag=body["etag"])


async def put_strategy(ask: Ask) -> Reply:
    """List an entry of the ethical inclusion directory, or change it."""
    strategy: Strategy = ask.body.strategy
    ladder = ask.house.reference.policy_at(ask.person.authority, ask.house.clock.today()).ladder
    rungs = frozenset(rung.code for rung in ladder.rungs)
    faults = unknown_rungs(strategy, rungs, "/strategy")
    return await put_entry(ask, ask.part("strategy"), "/strategy", strategy, faults)
