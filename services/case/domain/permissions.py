"""Who may do what: table 1.2 of the domain as data, and who may know of a case at all.

A row names an action; its columns are the roles that may do it, each with the relation to the case that it needs.
Two questions are kept apart: a person with no relation to a case does not get to know of it (CaseUnknown); one with a
relation but without the action is told so (NotAllowed).
"""

from typing import Literal

from services.case.domain.case import Case, Task
from services.case.domain.errors import CaseUnknown, NotAllowed, TaskUnknown
from services.case.domain.people import FAMILY, HEADS, Membership, Person

Level = Literal["full", "own", "pack", "meta"]

HOME = ("home-staff", "home-head", "senco")
AUTHORITY = ("caseworker", "send-caseworker")

ACTIONS: dict[str, tuple[str, ...]] = {
    "open": (*HOME, *AUTHORITY, "social-worker", "parent"),
    "read": (
        "pupil", "parent", *HOME, "receiving-head", "ep", *AUTHORITY, "ap-provider", "social-worker", "gb-clerk",
        "irp-clerk", "fap-chair", "dpo", "auditor",
    ),
    "history": (*HOME, *AUTHORITY, "ep", "social-worker", "dpo", "auditor"),
    "claim": (
        *HOME, "receiving-head", "ep", *AUTHORITY, "ap-provider", "social-worker", "gb-clerk", "irp-clerk", "fap-chair",
    ),
    "reassign": (*HOME, "receiving-head", "ep", *AUTHORITY, "gb-clerk"),
    "note": (*HOME, "ep", *AUTHORITY, "social-worker"),
    "correct": (*HOME, *AUTHORITY, "dpo"),
    "start_process": ("home-staff", "home-head", *AUTHORITY),
    "concern": ("pupil", "parent", "senco", "ep", *AUTHORITY, "social-worker"),
    "agree_for": ("caseworker", "send-caseworker"),
    "hold": ("caseworker", "home-head"),
    "resume": ("caseworker", "home-head"),
    "close": ("caseworker",),
    "reopen": ("caseworker",),
    "search": (
        *HOME, "receiving-head", "ep", *AUTHORITY, "social-worker", "gb-clerk", "irp-clerk", "fap-chair", "dpo",
        "auditor",
    ),
    "administer": ("admin",),
    "put_in_use": ("process-owner",),
    "erase": ("dpo",),
}  # fmt: skip


def relation(person: Person, case: Case) -> dict[Membership, Level]:
    """What each of the person's memberships makes of the case; empty if the person is not to know of it."""
    found: dict[Membership, Level] = {}
    if case.authority == person.authority or person.id in case.parties.values():
        for membership in person.memberships:
            level = _level(person, membership, case)
            if level is not None:
                found[membership] = level
    return found


def _level(person: Person, membership: Membership, case: Case) -> Level | None:
    role, org = membership.role, membership.org
    match role:
        case "caseworker" if org == case.authority:
            return "full"
        case "ep" | "send-caseworker" | "fap-chair" | "irp-clerk" | "social-worker" if org == case.authority:
            mine = case.parties.get("social_worker") == person.id
            return "full" if f"{role}@{org}" in case.involved or mine else None
        case "home-staff" | "senco" | "home-head" | "receiving-head" if org == case.home_school:
            return "full"
        case "gb-clerk" if org == case.home_school:
            return "full" if f"{role}@{org}" in case.involved else None
        case "home-head" | "receiving-head" | "ap-provider" if org in case.shared_with.values():
            return "pack"
        case "parent" if person.id in (case.parties.get("parent"), case.parties.get("parent2")):
            return "own"
        case "pupil" if person.id == case.parties.get("pupil"):
            return "own"
        case "auditor" | "dpo" if org == case.authority:
            return "meta"
    return None


def role_for(person: Person, case: Case, action: str) -> Membership:
    """The membership in which the person may do the action in this case.

    Raises CaseUnknown or NotAllowed.
    """
    related = relation(person, case)
    if not related:
        raise CaseUnknown
    for membership in related:
        if _allowed(membership.role, action):
            return membership
    raise NotAllowed


def _allowed(role: str, action: str) -> bool:
    roles = ACTIONS[action]
    return role in roles or (role in HEADS and bool(HEADS.intersection(roles)))


def role_anywhere(person: Person, action: str) -> Membership:
    """The membership in which the person may do something that is about no one case. Raises NotAllowed."""
    for membership in person.memberships:
        if _allowed(membership.role, action):
            return membership
    raise NotAllowed


def answering(person: Person, case: Case, task: Task) -> Membership:
    """The membership in which the person may work on the task: it is for them, their role and organisation, or given
    to them. Raises NotAllowed, or TaskUnknown where they are not to know of it."""
    if case.authority == person.authority or person.id in case.parties.values():
        for membership in person.memberships:
            if task.role in FAMILY:
                if task.person == person.id and membership.role == task.role:
                    return membership
            elif Person("", "", (membership,)).has(task.role, task.org):
                return membership
        if task.assignee and task.assignee == person.id and person.memberships:
            return person.memberships[0]
    if relation(person, case):
        raise NotAllowed
    raise TaskUnknown


def sees(person: Person, case: Case) -> Level:
    """How much of the case the person sees; the most that any membership gives. Raises CaseUnknown."""
    levels = set(relation(person, case).values())
    for level in ("full", "own", "pack", "meta"):
        if level in levels:
            return level
    raise CaseUnknown
