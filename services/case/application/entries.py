"""What can happen to an entry of an authority's directory: listed or changed, places updated, checked by a school."""

from typing import Any

import msgspec

from services.case.application.listing import Decide, Listing
from services.case.domain import directory_events as d
from services.case.domain.directory import Additions, Contacts, Strategy, as_facts
from services.case.domain.errors import EntryEdited, NotInDirectory, ReasonMissing
from services.case.domain.meta import Event, Meta
from services.case.domain.provider import OwnCheck, Places, Price, Provider
from services.case.domain.seen import is_as_seen

Entry = Provider | Strategy | Additions
KINDS: dict[type[Entry], str] = {Provider: "provider", Strategy: "strategy", Additions: "school"}


def etag_of(kind: str, id: str, version: int) -> str:
    return f'"{kind}.{id}.{version}"'


def put(authority: str, id: str, entry: Entry, contacts: Contacts, seen: str, reason: str) -> Decide:
    """List an entry, or change it: `seen` is its ETag as the person saw it, needed where it is listed already.

    Raises ReasonMissing, PreconditionMissing, EntryEdited.
    """
    kind = KINDS[type(entry)]
    facts, offices = as_facts(entry), as_facts(contacts)

    def decide(listing: Listing, meta: Meta) -> tuple[list[Event], bytes]:
        if not reason.strip():
            raise ReasonMissing
        _refuse_if_edited(listing, kind, id, seen)
        if listing.says(kind, id) == (facts, offices):
            return [], _answer(kind, id, listing.version_of(kind, id))
        sealed = {"contacts": offices, "reason": reason}
        named = {"meta": meta, "authority": authority, "entry": facts, "personal": sealed}
        event = _EVENTS[kind](id, named)
        return [event], _answer(kind, id, listing.version + 1)

    return decide


_EVENTS: dict[str, Any] = {
    "provider": lambda id, named: d.ProviderListed(provider=id, **named),
    "strategy": lambda id, named: d.StrategyListed(strategy=id, **named),
    "school": lambda id, named: d.SchoolAdditionsRecorded(school=id, **named),
}


def update_places(authority: str, id: str, places: Places, price: Price | None) -> Decide:
    """Say how much room a provider has, and its price if that changes. Raises NotInDirectory."""

    def decide(listing: Listing, meta: Meta) -> tuple[list[Event], bytes]:
        before = listing.says("provider", id)
        if before is None:
            raise NotInDirectory
        told = as_facts(price) if price is not None else before[0].get("price", {})
        if (before[0].get("places", {}), before[0].get("price", {})) == (as_facts(places), told):
            return [], _answer("provider", id, listing.version_of("provider", id))
        event = d.ProviderPlacesUpdated(
            meta=meta, authority=authority, provider=id, places=as_facts(places), price=told
        )
        return [event], _answer("provider", id, listing.version + 1)

    return decide


def check(authority: str, id: str, school: str, own: OwnCheck, case: str, note: str) -> Decide:
    """Record a school's own check of a provider. Raises NotInDirectory."""

    def decide(listing: Listing, meta: Meta) -> tuple[list[Event], bytes]:
        if listing.says("provider", id) is None:
            raise NotInDirectory
        event = d.ProviderChecked(
            meta=meta,
            authority=authority,
            provider=id,
            school=school,
            entry=as_facts(own),
            case=case,
            personal={"note": note} if note else None,
        )
        return [event], _answer("provider", id, listing.version_of("provider", id))

    return decide


def _refuse_if_edited(listing: Listing, kind: str, id: str, seen: str) -> None:
    version = listing.version_of(kind, id)
    if version and not is_as_seen(seen, etag_of(kind, id, version)):
        raise EntryEdited(etag=etag_of(kind, id, version))


def _answer(kind: str, id: str, version: int) -> bytes:
    return msgspec.json.encode({"id": id, "etag": etag_of(kind, id, version)})
