"""The directories: schools of the public register, providers of alternative provision, the ethical inclusion directory.
Searches stand in the address: nothing in them is about a person."""

from typing import Any

import msgspec
from starlette.responses import Response

from services.case.api import directory, providers
from services.case.api.asking import Handler as ApiHandler
from services.case.api.directory_bodies import ProviderQuery, SchoolQuery, StrategyQuery
from services.case.domain.errors import BodyInvalid
from services.case.domain.permissions import ACTIONS
from services.case.web.task_lists import next_of
from services.case.web.visit import Visit
from services.case.web.wording import NEEDS

PAGE = 20
STAGES = ("EY", "KS1", "KS2", "KS3", "KS4", "KS5")


class Shelf(msgspec.Struct, frozen=True):
    """A directory: what it is called, who lists and shows it, by which fields it is narrowed."""

    title: str
    action: str
    list_of: ApiHandler
    one: ApiHandler
    part: str
    query: type[Any]
    fields: tuple[str, ...]


SHELVES = {
    "schools": Shelf(
        "Schools", "search_schools", directory.list_schools, directory.one_school, "urn", SchoolQuery,
        ("text", "key_stage", "need"),
    ),
    "providers": Shelf(
        "Alternative provision", "search_providers", providers.list_providers, providers.one_provider, "provider",
        ProviderQuery, ("text", "key_stage", "need"),
    ),
    "strategies": Shelf(
        "Inclusion directory", "search_strategies", directory.list_strategies, directory.one_strategy, "strategy",
        StrategyQuery, ("text", "need"),
    ),
}  # fmt: skip


async def home(visit: Visit) -> Response:
    return visit.to("/directory/schools")


async def listed(visit: Visit) -> Response:
    """What a directory has that fits."""
    name = visit.request.url.path.rpartition("/")[2]
    shelf = SHELVES[name]
    asked = {field: visit.query(field)[:100] for field in shelf.fields if visit.query(field)}
    if visit.query("cursor"):
        asked["cursor"] = visit.query("cursor")
    try:
        query = msgspec.convert({**asked, "limit": PAGE}, shelf.query)
    except msgspec.ValidationError as error:
        raise BodyInvalid([{"pointer": "", "detail": "There is no such filter."}]) from error
    reply = await visit.read(shelf.list_of, query)
    return visit.page(
        f"directory/{name}.html",
        found=reply.body,
        further=next_of(reply.links),
        asked=asked,
        shelf=shelf,
        tabs=_tabs(visit, name),
        needs=NEEDS,
        stages=STAGES,
    )


async def one(visit: Visit) -> Response:
    """An entry in full."""
    name = visit.request.url.path.split("/")[2]
    shelf = SHELVES[name]
    reply = await visit.read(shelf.one)
    about = reply.body.get("title") or reply.body["name"]
    return visit.page(
        "directory/entry.html",
        entry=reply.body,
        about=about,
        kind=name,
        needs=NEEDS,
        back=f"/directory/{name}",
        rows=ROWS[name](reply.body),
    )


def _tabs(visit: Visit, here: str) -> list[dict[str, Any]]:
    roles = visit.person.roles
    return [
        {"text": shelf.title, "href": f"/directory/{name}", "active": name == here}
        for name, shelf in SHELVES.items()
        if roles & set(ACTIONS[shelf.action])
    ]


def _needs(codes: list[str] | None) -> str:
    return ", ".join(NEEDS.get(code, code) for code in codes or [])


def _office(contacts: Any) -> list[str]:
    """Whom to ask: offices, never people by name."""
    lines = []
    for contact in (contacts or {}).values():
        if isinstance(contact, dict):
            lines.append(", ".join(str(contact[p]) for p in ("office", "phone", "email") if contact.get(p)))
    return lines


def _school_rows(entry: dict[str, Any]) -> list[tuple[str, Any]]:
    ages = f"{entry['ages'][0]} to {entry['ages'][1]}" if entry.get("ages") else ""
    pupils = f"{entry['pupils']:,} of {entry['capacity']:,} places" if entry.get("capacity") else ""
    return [
        ("Number (URN)", entry["urn"]),
        ("Kind", entry.get("type")),
        ("Council", entry.get("authority_name")),
        ("Ages", ages),
        ("Pupils", pupils),
        ("Special provision for", _needs(entry.get("needs"))),
        ("Address", ", ".join(str(entry[p]) for p in ("street", "town", "postcode") if entry.get(p))),
        ("Phone", entry.get("phone")),
        ("Ask", _office(entry.get("contacts"))),
    ]


def _provider_rows(entry: dict[str, Any]) -> list[tuple[str, Any]]:
    offer, places = entry.get("offer", {}), entry.get("places", {})
    free = [f"{one['key_stage']}: {one.get('free', 0)} of {one['places']}" for one in places.get("stages", [])]
    return [
        ("What it offers", offer.get("description")),
        ("Key stages", ", ".join(offer.get("key_stages", []))),
        ("For", _needs(offer.get("needs"))),
        ("Subjects", ", ".join(offer.get("subjects", []))),
        ("Qualifications", ", ".join(offer.get("qualifications", []))),
        ("Hours a week", offer.get("hours_per_week")),
        ("Registered as a school", "Yes" if entry.get("registered") else "No: not full-time"),
        ("Free places", free),
        ("Cannot be chosen", entry.get("why_not")),
        ("Sites", [f"{site.get('address', '')}, {site.get('postcode', '')}" for site in entry.get("sites", [])]),
        ("Ask", _office(entry.get("contacts"))),
    ]


def _strategy_rows(entry: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        ("What for", entry.get("purpose")),
        ("Steps", entry.get("steps")),
        ("Helps with", _needs(entry.get("needs"))),
        ("Where", ", ".join(entry.get("areas", []))),
        ("Time", entry.get("time")),
        ("Cost", entry.get("cost")),
        ("Waiting time", f"{entry['waiting_weeks']} weeks" if entry.get("waiting_weeks") else ""),
        ("Evidence", entry.get("evidence")),
        ("Not offered", entry.get("why_not")),
        ("Ask", _office(entry.get("contacts"))),
    ]


ROWS = {"schools": _school_rows, "providers": _provider_rows, "strategies": _strategy_rows}
