"""The people of an authority, for its administrators: which roles they have and by what, giving one and taking one;
for auditors to read.

Who somebody is comes from the place where they sign in; what is given and taken here is added to it."""

import asyncio
from hashlib import sha256
from typing import Any

from starlette.responses import Response

from services.case.api import bodies
from services.case.api import roles as api
from services.case.api.identity import Meaning, read_meaning
from services.case.domain import errors
from services.case.domain.people import FAMILY, SCHOOL_ROLES, Membership
from services.case.web import wording
from services.case.web.known_people import Seen, seen_staff, where_held
from services.case.web.school_day_pages import reasons
from services.case.web.short_forms import said, show
from services.case.web.visit import Visit


def code_of(id: str) -> str:
    """What stands in an address in the place of a person's id, which may be anything."""
    return sha256(id.encode()).hexdigest()[:16]


async def listed(visit: Visit) -> Response:
    """Everybody who has signed in, or was given a role, with the roles that they have now; and every change."""
    changes = (await visit.read(api.list_roles)).body
    people = await asyncio.to_thread(_people, visit, changes)
    return visit.page("administration/people.html", people=people, **await _words(visit, changes))


async def one(visit: Visit) -> Response:
    """Somebody: each role with where it comes from, and what was changed here."""
    person, changes = await _person(visit)
    mine = [change for change in changes if change["person"] == person["id"]]
    own, administers = person["id"] == visit.person.id, "admin" in visit.person.roles
    words = await _words(visit, mine)
    return visit.page(
        "administration/person.html", person=person, own=own, may=administers and not own, back="/people", **words
    )


async def ask_give(visit: Visit) -> Response:
    """Which role, for what, and why. Raises NoSuchPage for somebody unknown."""
    person, _ = await _person(visit)
    return show(visit, "give_role", {}, caption=person["name"], back=_page_of(person))


async def give(visit: Visit) -> Response:
    person, _ = await _person(visit)
    answers, wrong = said(visit, "give_role")
    org = answers.get("org", "")
    at_council = answers.get("role") not in (*SCHOOL_ROLES, "ap-provider")
    if not wrong and not org and not at_council:
        wrong = [_at("org", "Enter the school or provider for which they have this role")]
    if not wrong:
        body = {**answers, "person": person["id"], "org": org or visit.person.authority}
        try:
            await visit.act(api.give_role, bodies.ChangeRole, body)
        except errors.RoleNotFor:
            wrong = [_at("org", "This role is not held there. Check the school’s number or the provider’s id")]
        except errors.SamePerson as own:
            wrong = [_at("role", str(own))]
    if wrong:
        return show(visit, "give_role", answers, wrong, caption=person["name"], back=_page_of(person))
    return visit.to(_page_of(person))


async def ask_take(visit: Visit) -> Response:
    """Why a role is taken. Raises NoSuchPage where the person does not have it."""
    person, role = await _held(visit)
    return show(visit, "take_role", {}, caption=_caption(person, role), back=_page_of(person))


async def take(visit: Visit) -> Response:
    person, role = await _held(visit)
    answers, wrong = said(visit, "take_role")
    if not wrong:
        body = {**answers, "person": person["id"], "role": role["role"], "org": role["org"]}
        try:
            await visit.act(api.take_role, bodies.ChangeRole, body)
        except errors.SamePerson as own:
            wrong = [_at("because", str(own))]
    if wrong:
        return show(visit, "take_role", answers, wrong, caption=_caption(person, role), back=_page_of(person))
    return visit.to(_page_of(person))


def _at(field: str, text: str) -> dict[str, str]:
    return {"text": text, "href": f"#{field}", "at": field}


def _page_of(person: dict[str, Any]) -> str:
    return f"/people/{person['code']}"


def _caption(person: dict[str, Any], role: dict[str, Any]) -> str:
    return f"{person['name']}: {wording.role(role['role'])}, {role['at']}"


async def _person(visit: Visit) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The person of the address, and every change of roles. Raises NoSuchPage."""
    changes = (await visit.read(api.list_roles)).body
    people = await asyncio.to_thread(_people, visit, changes)
    found = [person for person in people if person["code"] == visit.part("person")]
    if not found:
        raise errors.NoSuchPage
    return found[0], changes


async def _held(visit: Visit) -> tuple[dict[str, Any], dict[str, Any]]:
    """The person of the address, and their role of it. Raises NoSuchPage."""
    person, _ = await _person(visit)
    found = [role for role in person["roles"] if role["held"] and f"{role['role']}@{role['org']}" == visit.part("role")]
    if not found:
        raise errors.NoSuchPage
    return person, found[0]


async def _words(visit: Visit, changes: list[dict[str, Any]]) -> dict[str, Any]:
    ids = [id for change in changes for id in (change["person"], change["by"].person)]
    return {
        "changes": changes,
        "names": await asyncio.to_thread(visit.names, *ids),
        "why": {**reasons("give_role"), **reasons("take_role")},
        "code_of": code_of,
        "where": lambda role, org: where_held(visit.house, visit.person.authority, Membership(role, org)),
    }


def _people(visit: Visit, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Staff, by name, each with their roles; blocks."""
    seen = {one.id: one for one in seen_staff(visit.house.database, visit.person.authority)}
    for change in changes:
        seen.setdefault(change["person"], Seen(change["person"], change["person"], ()))
    path = visit.house.settings.oidc_roles_path
    meaning = read_meaning(path) if visit.house.settings.oidc_issuer else None
    return [
        {"id": one.id, "code": code_of(one.id), "name": one.name, "roles": _roles(visit, one, meaning)}
        for one in sorted(seen.values(), key=lambda one: (one.name.casefold(), one.id))
    ]


def _roles(visit: Visit, one: Seen, meaning: Meaning | None) -> list[dict[str, Any]]:
    """Every role that the person has by their sign-in or was given or lost here."""
    state = visit.house.administration.of(visit.person.authority)
    said_here = state.roles.get(one.id, {})
    memberships = dict.fromkeys([*one.memberships, *said_here])
    return [
        {
            "role": membership.role,
            "org": membership.org,
            "at": where_held(visit.house, visit.person.authority, membership),
            "held": membership not in said_here or said_here[membership].given,
            "source": _source(membership, meaning) if membership in one.memberships else "",
            "changed": said_here.get(membership),
        }
        for membership in memberships
        if membership.role not in FAMILY
    ]


def _source(membership: Membership, meaning: Meaning | None) -> str:
    """By what of the sign-in somebody has a role; `meaning` of its claims, None for the sample people."""
    if meaning is None:
        return "Sample person of the built-in sign-in"
    means = f"{membership.role}@{membership.org}" if membership.org else membership.role
    groups = [name for name, said in meaning.roles.items() if means in said]
    if groups:
        return f"Sign-in: {' or '.join(f'“{name}”' for name in groups)} in the claim “{meaning.claim}” means it"
    return f"Sign-in: the claim “{meaning.claim}” said it"
