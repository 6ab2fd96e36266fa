"""Who may do what: table 1.2 of the domain as data, and who may know of a case at all.

A row names an action; its columns are the roles that may do it, each with the relation to the case that it needs.
Two questions are kept apart: a person with no relation to a case does not get to know of it (CaseUnknown); one with a
relation but without the action is told so (NotAllowed).
"""

from collections.abc import Collection
from typing import Literal, get_args

from services.case.domain.case import Case, Task
from services.case.domain.contacts import organisation_of
from services.case.domain.errors import CaseUnknown, NotAllowed, TaskUnknown
from services.case.domain.people import FAMILY, HEADS, NAMED, OVERSIGHT, PARTIES, Membership, Person, Role

Level = Literal["full", "own", "pack", "meta"]

HOME = ("home-staff", "home-head", "senco")
AUTHORITY = ("caseworker", "send-caseworker")

ACTIONS: dict[str, tuple[str, ...]] = {
    "open": (*HOME, *AUTHORITY, "social-worker", "parent"),
    "read": (
        "pupil", "parent", *HOME, "receiving-head", "ep", *AUTHORITY, "ap-provider", "social-worker", "gb-clerk",
        "irp-clerk", "fap-chair", "dpo", "auditor",
    ),
    "history": ("parent", *HOME, *AUTHORITY, "ep", "social-worker", "dpo", "auditor"),
    "read_terms": ("pupil", "parent", *HOME, "receiving-head", *AUTHORITY, "social-worker", "dpo", "auditor"),
    "reassign": (*HOME, "receiving-head", "ep", *AUTHORITY, "gb-clerk"),
    "register": (*HOME, *AUTHORITY, "gb-clerk", "irp-clerk"),
    "right_register": ("caseworker",),
    "note": (*HOME, "ep", *AUTHORITY, "social-worker"),
    "add_file": (*HOME, "ep", *AUTHORITY, "social-worker"),
    "correct": (*HOME, *AUTHORITY, "dpo"),
    "contacts": ("pupil", "parent", *HOME, *AUTHORITY, "social-worker"),
    "start_process": ("home-staff", "home-head", *AUTHORITY),
    "concern": ("pupil", "parent", "senco", "ep", *AUTHORITY, "social-worker"),
    "send_link": AUTHORITY,
    "agree_for": ("caseworker", "send-caseworker"),
    "hold": ("caseworker", "home-head"),
    "resume": ("caseworker", "home-head"),
    "close": ("caseworker",),
    "reopen": ("caseworker",),
    "export": ("auditor", "dpo"),
    "break_glass": ("auditor", "dpo"),
    "read_broken_glass": ("dpo", "admin"),
    "search": (
        *HOME, "receiving-head", "ep", *AUTHORITY, "social-worker", "gb-clerk", "irp-clerk", "fap-chair", "dpo",
        "auditor",
    ),
    "search_schools": get_args(Role),
    "search_providers": (
        *HOME, "receiving-head", "ep", *AUTHORITY, "social-worker", "fap-chair", "dpo", "auditor", "admin", "parent",
        "ap-provider",
    ),
    "search_strategies": get_args(Role),
    "maintain_directory": ("caseworker", "admin"),
    "update_places": ("ap-provider", "caseworker", "admin"),
    "check_provider": HOME,
    "administer": ("admin",),
    "read_roles": ("admin", "auditor", "dpo"),
    "read_policy": ("caseworker", "send-caseworker", "auditor", "dpo", "process-owner", "admin"),
    "put_in_use": ("process-owner",),
    "erase": ("dpo",),
    "measure": (*HOME, "caseworker", "send-caseworker", "fap-chair", "dpo", "auditor", "process-owner"),
    "measured_cases": (*HOME, "caseworker"),
    "improve": ("caseworker", "process-owner"),
    "follow_improvement": (*HOME, "receiving-head", "caseworker", "send-caseworker", "fap-chair", "dpo", "auditor",
                           "process-owner"),
    "read_reports": get_args(Role),
}  # fmt: skip
GUEST = frozenset({"read", "read_terms", "search_schools", "search_providers", "search_strategies"})  # of ACTIONS


def relation(person: Person, case: Case) -> dict[Membership, Level]:
    """What each of the person's memberships makes of the case; empty if the person is not to know of it.

    Heads are named for what they are here: one who only has the pack is the receiving head. Who came by a link is
    nobody to any other case.
    """
    if person.only not in ("", case.ref):
        return {}
    if person.is_guest:
        return _as_guest(person, case)
    found: dict[Membership, Level] = {}
    for membership in person.memberships:
        level = _as_party(person, membership, case) or _level(person, membership, case)
        if level is not None:
            role = membership.role
            if role in HEADS:
                role = "home-head" if level == "full" else "receiving-head"
            found[Membership(role, membership.org)] = level
    return found


def _as_guest(person: Person, case: Case) -> dict[Membership, Level]:
    """Of who came by a link and is not of the family: another organisation by the pack alone, as long as it is shared;
    the home school and the authority by the terms to which they are asked to agree."""
    found: dict[Membership, Level] = {}
    asked = {task.party for task in case.tasks.values() if task.agreement == "terms"}
    signing = {PARTIES.get(party) for party in (*asked, *case.terms.answers)}
    for membership in person.memberships if person.authority == case.authority else ():
        role, org = membership.role, membership.org
        if role in ("receiving-head", "ap-provider"):
            if org in case.shared_with.values():
                found[membership] = "pack"
        elif role in signing and org == organisation_of(case, role):
            found[membership] = "own"
    return found


def _as_party(person: Person, membership: Membership, case: Case) -> Level | None:
    """Of those whom the case names, whichever council they belong to."""
    match membership.role:
        case "parent" if person.id in (case.parties.get("parent"), case.parties.get("parent2")):
            return "own"
        case "pupil" if person.id == case.parties.get("pupil"):
            return "own"
        case "social-worker" if person.id == case.parties.get("social_worker"):
            return "full"
    return None


def _level(person: Person, membership: Membership, case: Case) -> Level | None:
    """Of those who act for an organisation, in the case's own authority."""
    role, org = membership.role, membership.org
    if case.authority != person.authority:
        return None
    match role:
        case "caseworker" if org == case.authority:
            return "full"
        case "ep" | "send-caseworker" | "fap-chair" | "irp-clerk" if org == case.authority:
            return "full" if f"{role}@{org}" in case.involved else None
        case "social-worker" if org == case.authority and not case.parties.get("social_worker"):
            return "full" if f"{role}@{org}" in case.involved else None
        case "home-staff" | "senco" | "home-head" | "receiving-head" if org == case.home_school:
            return "full"
        case "gb-clerk" if org == case.home_school:
            return "full" if f"{role}@{org}" in case.involved else None
        case "home-head" | "receiving-head" | "ap-provider" if org in case.shared_with.values():
            return "pack"
        case "auditor" | "dpo" if org == case.authority:
            return "full" if any(glass.ref == case.ref for glass in person.glass) else "meta"
    return None


def role_for(person: Person, case: Case, action: str) -> Membership:
    """The membership in which the person may do the action in this case.

    Raises CaseUnknown or NotAllowed.
    """
    return _role_in(person, case, _roles(person, action))


def _roles(person: Person, action: str) -> Collection[str]:
    """The roles in which this person may do the action: a guest does next to nothing, whatever their role."""
    return () if person.is_guest and action not in GUEST else ACTIONS[action]


def role_among(person: Person, case: Case, roles: Collection[str]) -> Membership:
    """The membership in which the person acts in this case in one of the roles. Raises CaseUnknown or NotAllowed."""
    return _role_in(person, case, () if person.is_guest else roles)


def _role_in(person: Person, case: Case, roles: Collection[str]) -> Membership:
    related = relation(person, case)
    if not related:
        raise CaseUnknown
    for membership in related:
        if membership.role in roles:
            return membership
    raise NotAllowed


def may(person: Person, case: Case, action: str) -> bool:
    """Whether the person may do the action in this case."""
    return any(membership.role in _roles(person, action) for membership in relation(person, case))


def role_anywhere(person: Person, action: str) -> Membership:
    """The membership in which the person may do something that is about no one case. A head is both kinds of head.

    Raises NotAllowed.
    """
    for membership in person.memberships:
        offices = HEADS if membership.role in HEADS else {membership.role}
        if not offices.isdisjoint(_roles(person, action)):
            return membership
    raise NotAllowed


def schools_of(person: Person, action: str) -> tuple[str, ...] | None:
    """The schools for which the person may do something that is about many cases; None for the whole authority.

    Raises NotAllowed.
    """
    found = []
    for membership in person.memberships:
        offices = HEADS if membership.role in HEADS else {membership.role}
        if not offices.isdisjoint(_roles(person, action)):
            if membership.org == person.authority:
                return None
            found.append(membership.org)
    if not found:
        raise NotAllowed
    return tuple(sorted(found))


def answering(person: Person, case: Case, task: Task) -> Membership:
    """The membership in which the person may work on the task: it is for them, their role and organisation, or given
    to them. Raises NotAllowed, or TaskUnknown where they are not to know of it."""
    for membership in person.memberships if person.only in ("", case.ref) else ():
        if task.role in FAMILY or (task.role in NAMED and task.person):
            theirs = task.person == person.id and membership.role == task.role
        else:
            given = task.assignee == person.id or Person("", "", (membership,)).has(task.role, task.org)
            theirs = given and case.authority == person.authority
        if theirs:
            return membership
    if relation(person, case):
        raise NotAllowed
    raise TaskUnknown


def adding(person: Person, case: Case) -> Membership:
    """The membership in which the person may add a file: those whose work the case is, at any time, and whoever is
    asked for something in it, meanwhile. Raises CaseUnknown, NotAllowed."""
    related = relation(person, case)
    for membership in related:
        if membership.role in _roles(person, "add_file"):
            return membership
    for task in case.tasks.values():
        if is_for(person, case, task):
            return answering(person, case, task)
    raise NotAllowed if related else CaseUnknown


def is_for(person: Person, case: Case, task: Task) -> bool:
    """Whether the person may work on the task."""
    try:
        return bool(answering(person, case, task))
    except (NotAllowed, TaskUnknown):
        return False


def sees(person: Person, case: Case) -> Level:
    """How much of the case the person sees; the most that any membership gives. Raises CaseUnknown."""
    levels = set(relation(person, case).values())
    for level in ("full", "own", "pack", "meta"):
        if level in levels:
            return level
    raise CaseUnknown


def oversees(person: Person, case: Case) -> bool:
    """Whether the person sees what they see of the case because they oversee it, not because they work on it: then each
    look is recorded. Raises CaseUnknown."""
    level = sees(person, case)
    return not any(m.role not in OVERSIGHT and seen == level for m, seen in relation(person, case).items())
