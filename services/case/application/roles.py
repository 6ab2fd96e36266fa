"""Roles given and taken here: what an authority's administrator says of its staff, over what the provider says at which
they sign in. It holds from the next request on, also of those who are signed in."""

from typing import Any

import msgspec

from services.case.application.in_use import InUse
from services.case.application.reference import Reference
from services.case.domain import authority_events as a
from services.case.domain.errors import RoleNotFor, SamePerson
from services.case.domain.meta import Event, Meta
from services.case.domain.people import FAMILY, SCHOOL_ROLES, Membership, Person


def as_said_here(person: Person, state: InUse | None) -> Person:
    """The person with the memberships that count in their authority: those of the sign-in, without those taken here,
    and those given here."""
    said = state.roles.get(person.id) if state is not None else None
    if not said:
        return person
    kept = [m for m in person.memberships if m not in said or said[m].given]
    kept += [m for m, change in said.items() if change.given and m not in kept]
    return msgspec.structs.replace(person, memberships=tuple(kept))


def give_role(
    state: InUse, meta: Meta, person: str, membership: Membership, because: a.RoleReason, reference: Reference
) -> list[Event]:
    """Somebody has a role for an organisation of the authority from now on. Nothing happens if it was given already.

    Raises SamePerson for one's own roles, RoleNotFor for a role that is not held for that organisation.
    """
    _refuse_own(meta, person)
    if not _is_held_for(membership, state.code, reference):
        raise RoleNotFor
    last = state.roles.get(person, {}).get(membership)
    if last is not None and last.given:
        return []
    return [a.RoleGiven(meta=meta, person=person, role=membership.role, org=membership.org, because=because)]


def take_role(state: InUse, meta: Meta, person: str, membership: Membership, because: a.RoleReason) -> list[Event]:
    """Somebody does not have a role any more. Nothing happens if it was taken already.

    Raises SamePerson for one's own roles, RoleNotFor for a family's.
    """
    _refuse_own(meta, person)
    if membership.role in FAMILY:
        raise RoleNotFor
    last = state.roles.get(person, {}).get(membership)
    if last is not None and not last.given:
        return []
    return [a.RoleTaken(meta=meta, person=person, role=membership.role, org=membership.org, because=because)]


def _refuse_own(meta: Meta, person: str) -> None:
    if person == meta.by.person:
        raise SamePerson("Nobody changes their own roles. Ask another administrator.")


def _is_held_for(membership: Membership, code: str, reference: Reference) -> bool:
    """Whether it is a role of staff, for an organisation of the authority. Of families a case says who they are."""
    role, org = membership.role, membership.org
    if role in FAMILY:
        return False
    if role in SCHOOL_ROLES:
        return org in reference.schools and reference.schools[org].authority == code
    return (code, org) in reference.directory.providers if role == "ap-provider" else org == code


def told(state: InUse) -> list[dict[str, Any]]:
    """Every role given or taken, the last first."""
    return [
        {
            "person": change.person,
            "role": change.membership.role,
            "org": change.membership.org,
            "given": change.given,
            "because": change.because,
            "on": change.on,
            "by": change.by,
        }
        for change in reversed(state.role_changes)
    ]
