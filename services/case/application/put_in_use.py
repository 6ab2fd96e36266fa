"""Puts files in use: what folders hold and an authority's stream does not say yet is recorded there, once."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5

from services.case.application.reference import NAMESPACE, Reference
from services.case.domain import events as e
from services.case.domain.meta import Event, Meta
from services.case.domain.people import SYSTEM
from services.case.store.event_store import EventStore
from services.case.store.mapper import Recorded
from services.case.store.recorder import Conflict

STORE = "INSERT INTO artefacts (hash, kind, name, body) VALUES (%s, %s, %s, %s) ON CONFLICT (hash) DO NOTHING"


def authority_stream(code: str) -> UUID:
    return uuid5(NAMESPACE, f"authority {code}")


def put_files_in_use(store: EventStore, reference: Reference, at: datetime) -> None:
    """For every authority: bundles and policies kept by hash, and an event for each that is new to its stream.

    After it, `reference.in_use` is what the streams say. Any number of processes may start at once.
    """
    for bundle in reference.bundles.values():
        store.database.execute(STORE, [bundle.hash, "bundle", bundle.process, bundle.to_bytes()])
    for code in reference.authorities.codes:
        for policy in reference.authorities[code].policies:
            store.database.execute(STORE, [policy.hash, "policy", code, policy.to_bytes()])
        while not _record(store, reference, code, at):
            pass


def _record(store: EventStore, reference: Reference, code: str, at: datetime) -> bool:
    """False if another process was faster and everything must be looked at again."""
    stream = authority_stream(code)
    past = store.load(stream)
    bundles, policies = _in_use(past)
    meta = Meta(SYSTEM, at.date())
    fresh: list[Event] = [
        e.BundlePutInUse(meta=meta, process=bundle.process, bundle=bundle.hash)
        for bundle in reference.bundles.values()
        if bundles.get(bundle.process) != bundle.hash
    ]
    fresh += [
        e.PolicyPutInUse(meta=meta, policy=policy.hash, effective_from=policy.effective_from)
        for policy in reference.authorities[code].policies
        if policy.hash not in policies
    ]
    if fresh:
        version, hash = (past[-1].version, past[-1].row.hash) if past else (0, bytes(32))
        try:
            store.append(stream, version, hash, fresh, at, personal=False).positions.result(30)
        except Conflict:
            return False
    bundles |= {event.process: event.bundle for event in fresh if isinstance(event, e.BundlePutInUse)}
    for process, bundle_hash in bundles.items():
        reference.in_use[code, process] = bundle_hash
    return True


def _in_use(past: list[Recorded]) -> tuple[dict[str, str], set[str]]:
    bundles = {r.event.process: r.event.bundle for r in past if isinstance(r.event, e.BundlePutInUse)}
    policies = {r.event.policy for r in past if isinstance(r.event, e.PolicyPutInUse)}
    return bundles, policies


def fetch_from(store: EventStore) -> Callable[[str], bytes]:
    """Gives stored files by hash."""

    def fetch(hash: str) -> bytes:
        row = store.database.row("SELECT body FROM artefacts WHERE hash = %s", [hash])
        if row is None:
            raise LookupError(f"nothing is stored under {hash}")
        return bytes(row[0])

    return fetch
