"""Accounts that a form names as the pupil's, a parent's or the social worker's: whoever has one sees what they see.

Of whom nobody has seen yet nothing is known, and they are taken at the word of whoever types them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.case.application.administration import Administration
from services.case.application.opening import ACCOUNTS
from services.case.domain.links import BY_LINK
from services.case.domain.people import PARTIES, Membership, Person
from services.case.process.forms import Form
from services.case.store.database import Database

SEEN = "SELECT authority, memberships FROM people WHERE id = %s"
NOT_THEIRS = "That account belongs to somebody in another role. Enter the family’s own account, or leave this empty."
NOT_SOCIAL_WORKERS = "That account is not a social worker’s. Choose somebody else, or leave this empty."


def accounts_in(form: Form, answers: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Field -> party and account, of those that the answers name."""
    asked = {field: fact.removesuffix("_account") for field, fact in form.facts.items() if fact in ACCOUNTS}
    found = {field: (party, answers.get(field)) for field, party in asked.items()}
    return {field: (party, id) for field, (party, id) in found.items() if isinstance(id, str) and id}


def faults(
    named: Mapping[str, tuple[str, str]], by: Person, database: Database, administration: Administration
) -> list[dict[str, str]]:
    """What is wrong with accounts that somebody names, as errors of their fields; blocks. An account may have other
    roles too: a teacher has children."""
    wrong = []
    for field, (party, id) in named.items():
        roles = {m.role for m in _memberships(id, by, database, administration)}
        if id.startswith(BY_LINK) or (roles and PARTIES[party] not in roles):
            detail = NOT_SOCIAL_WORKERS if party == "social_worker" else NOT_THEIRS
            wrong.append({"pointer": f"/{field}", "detail": detail})
    return wrong


def _memberships(id: str, by: Person, database: Database, administration: Administration) -> Iterator[Membership]:
    """As what somebody is known, in any council; of whoever asks, what their sign-in says."""
    seen = {authority: tuple(map(_membership, said)) for authority, said in database.rows(SEEN, [id])}
    seen.setdefault(by.authority, ())
    if id == by.id:
        seen[by.authority] = by.memberships
    for authority, memberships in seen.items():
        yield from administration.as_said_here(Person(id, authority, memberships)).memberships


def _membership(said: str) -> Membership:
    role, _, org = said.partition("@")
    return Membership(role, org)
