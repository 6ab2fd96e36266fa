"""The mailboxes of those who work for councils, schools and providers, from the directories: for prompts that there is
something to read where they sign in."""

from collections.abc import Collection, Iterable
from functools import cache

from services.case.deliveries.recipients import OfficeOf
from services.case.domain.directory import Additions, Office
from services.case.domain.people import SCHOOL_ROLES
from services.case.domain.provider import Provider
from services.case.policy.authority_text import Authority
from services.case.projections.directory import Listed, listed
from services.case.store.database import Database


def offices(database: Database, authority: Authority) -> OfficeOf:
    """Whom to ask at an organisation that works with cases of the authority. It remembers what it found: take a new one
    for each batch of work."""

    @cache
    def office_of(role: str, org: str) -> Office | None:
        if role == "caseworker":
            return Office(email=authority.contact) if "@" in authority.contact else None
        if role == "dpo":
            return Office(email=authority.data_protection) if "@" in authority.data_protection else None
        if role in SCHOOL_ROLES:
            found = listed(database, authority.code, Additions, org)
        else:
            found = listed(database, authority.code, Provider, org) if role == "ap-provider" else []
        return found[0].contacts.contact if found else None

    return office_of


def mailboxes(database: Database, authority: Authority, roles: Collection[str]) -> dict[str, str]:
    """Every mailbox behind which people in these roles work, each once, by `role@organisation`."""
    code, found = authority.code, dict[str, str]()  # by address
    if "caseworker" in roles and "@" in authority.contact:
        found[authority.contact] = f"caseworker@{code}"
    if at_schools := sorted(SCHOOL_ROLES & set(roles)):
        _add(found, at_schools[0], listed(database, code, Additions))
    if "ap-provider" in roles:
        _add(found, "ap-provider", listed(database, code, Provider))
    return {to: address for address, to in found.items()}


def _add(found: dict[str, str], role: str, entries: Iterable[Listed]) -> None:
    for entry in entries:
        if entry.contacts.contact is not None and entry.contacts.contact.email:
            found.setdefault(entry.contacts.contact.email, f"{role}@{entry.id}")
