"""Puts the sample directories in use in an embedded database: by the same ways as a council's own, once."""

from collections.abc import Callable
from typing import Any

import msgspec

from services.case.application.door import once
from services.case.application.importing import REGISTER as REGISTER_STREAM
from services.case.application.importing import import_schools, read_register, read_register_links
from services.case.application.listing import Decide, Listing, Listings
from services.case.clock.now import Clock
from services.case.domain import directory_events as d
from services.case.domain.directory import Additions, Strategy, as_facts
from services.case.domain.meta import Event, Meta
from services.case.domain.people import SYSTEM
from services.case.domain.provider import Provider
from services.case.samples import LINKS, REGISTER, SampleEntry, sample_entries
from services.case.store.event_store import EventStore

REASON = "Sample of the embedded mode"


def put_samples_in_use(store: EventStore, listings: Listings, clock: Clock) -> int:
    """The place in the log up to which they are. Any number of processes may start at once."""
    entries = [("provider", one) for one in sample_entries("providers")]
    entries += [("strategy", one) for one in sample_entries("strategies")]
    entries += [("school", one) for one in sample_entries("schools")]
    for code in {one.authority for _, one in entries}:
        listings.change(code, SYSTEM, once(), _list([(k, one) for k, one in entries if one.authority == code]))
    imported = store.load(REGISTER_STREAM)
    if imported:
        return imported[-1].position
    schools, links = read_register(REGISTER.read_bytes()), read_register_links(LINKS.read_bytes())
    return import_schools(store, schools, links, SYSTEM, clock.today(), clock.now()).position


def _list(entries: list[tuple[str, SampleEntry]]) -> Decide:
    """Nothing, once the authority lists anything."""

    def decide(listing: Listing, meta: Meta) -> tuple[list[Event], bytes]:
        if listing.version:
            return [], b""
        return [MAKE[kind](one, meta) for kind, one in entries], b""

    return decide


def _facts(one: SampleEntry, shape: type[Any]) -> dict[str, Any]:
    entry = as_facts(msgspec.convert(one.entry, shape))
    contacts = as_facts(one.contacts)
    return {"authority": one.authority, "entry": entry, "personal": {"contacts": contacts, "reason": REASON}}


MAKE: dict[str, Callable[[SampleEntry, Meta], Event]] = {
    "provider": lambda one, meta: d.ProviderListed(meta=meta, provider=one.id, **_facts(one, Provider)),
    "strategy": lambda one, meta: d.StrategyListed(meta=meta, strategy=one.id, **_facts(one, Strategy)),
    "school": lambda one, meta: d.SchoolAdditionsRecorded(meta=meta, school=one.id, **_facts(one, Additions)),
}
