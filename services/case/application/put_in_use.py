"""Puts files in use: what folders hold and an authority's stream does not say yet is recorded there, once."""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID, uuid5

from services.case.application.reference import NAMESPACE, Reference
from services.case.domain import events as e
from services.case.domain.meta import Event, Meta
from services.case.domain.people import SYSTEM
from services.case.store.event_store import EventStore
from services.case.store.recorder import Conflict

STORE = "INSERT INTO artefacts (hash, kind, name, body) VALUES (%s, %s, %s, %s) ON CONFLICT (hash) DO NOTHING"


def authority_stream(code: str) -> UUID:
    return uuid5(NAMESPACE, f"authority {code}")


def put_files_in_use(store: EventStore, reference: Reference, at: datetime) -> None:
    """For every authority: bundles, policies and calendars kept by hash, and an event for each that is new to its
    stream.

    After it, `reference.in_use` is what the streams say. Any number of processes may start at once.
    """
    keep = store.database.execute
    for bundle in reference.bundles.values():
        keep(STORE, [bundle.hash, "bundle", bundle.process, bundle.to_bytes()])
    for calendar in reference.calendars.calendars:
        keep(STORE, [calendar.hash, "calendar", calendar.holder, calendar.to_bytes()])
    for code in reference.authorities.codes:
        for policy in reference.authorities[code].policies:
            keep(STORE, [policy.hash, "policy", code, policy.to_bytes()])
        while not _record(store, reference, code, at):
            pass


def _record(store: EventStore, reference: Reference, code: str, at: datetime) -> bool:
    """False if another process was faster and everything must be looked at again."""
    stream = authority_stream(code)
    past = store.load(stream)
    said = dict(_key_and_hash(recorded.event) for recorded in past)
    fresh = [event for event in _from_files(reference, code, Meta(SYSTEM, at.date())) if _is_new(event, said)]
    if fresh:
        version, hash = (past[-1].version, past[-1].row.hash) if past else (0, bytes(32))
        try:
            store.append(stream, version, hash, fresh, at, personal=False).positions.result(30)
        except Conflict:
            return False
    said |= dict(_key_and_hash(event) for event in fresh)
    for key, file_hash in said.items():
        if key[0] == "bundle":
            reference.in_use[code, key[1]] = file_hash
    return True


def _from_files(reference: Reference, code: str, meta: Meta) -> Iterator[Event]:
    """What the files would put in use in an authority."""
    for bundle in reference.bundles.values():
        yield e.BundlePutInUse(meta=meta, process=bundle.process, bundle=bundle.hash)
    for policy in reference.authorities[code].policies:
        yield e.PolicyPutInUse(meta=meta, policy=policy.hash, effective_from=policy.effective_from)
    for calendar in reference.calendars.calendars:
        school = reference.schools.get(calendar.urn or "")
        if (calendar.authority or (school and school.authority)) == code:
            yield e.CalendarPutInUse(
                meta=meta, calendar=calendar.hash, name=calendar.holder, academic_year=calendar.academic_year
            )


def _is_new(event: Event, said: dict[tuple[str, ...], str]) -> bool:
    key, file_hash = _key_and_hash(event)
    return said.get(key) != file_hash


def _key_and_hash(event: Event) -> tuple[tuple[str, ...], str]:
    """What an event of an authority is about, the last of which counts, and the hash of its file."""
    match event:
        case e.BundlePutInUse():
            return ("bundle", event.process), event.bundle
        case e.PolicyPutInUse():
            return ("policy", event.policy), event.policy
        case e.CalendarPutInUse():
            return ("calendar", event.name, event.academic_year), event.calendar
    return (event.TOPIC,), ""


def fetch_from(store: EventStore) -> Callable[[str], bytes]:
    """Gives stored files by hash."""

    def fetch(hash: str) -> bytes:
        row = store.database.row("SELECT body FROM artefacts WHERE hash = %s", [hash])
        if row is None:
            raise LookupError(f"nothing is stored under {hash}")
        return bytes(row[0])

    return fetch
