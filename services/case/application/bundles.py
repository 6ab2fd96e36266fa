"""The bundles of an authority's processes: which is in use and was, one put in use by a person, cases moved to it."""

from typing import Any

from services.case.application.in_use import InUse
from services.case.application.reference import Reference
from services.case.domain import authority_events as a
from services.case.domain.errors import BundleNotInUse, BundleUnknown
from services.case.domain.meta import Event, Meta
from services.case.process.bundle import Bundle
from services.case.projections.bundles import Use
from services.case.store.database import Database

STORED = "SELECT body FROM artefacts WHERE hash = %s AND kind = 'bundle'"


def bundle_of(database: Database, reference: Reference, hash: str) -> Bundle:
    """A bundle that is or was in use, or a draft that the gate has accepted. Raises BundleUnknown."""
    if hash in reference.bundles:
        return reference.bundles[hash]
    row = database.row(STORED, [hash])
    if row is None:
        raise BundleUnknown
    return Bundle.from_bytes(row[0])


def put_bundle(state: InUse, meta: Meta, bundle: Bundle, because: a.BundleReason) -> list[Event]:
    """Put a bundle in use; what runs stays on its own. Nothing happens if it is in use."""
    if state.bundles.get(bundle.process) == bundle.hash:
        return []
    return [a.BundlePutInUse(meta=meta, process=bundle.process, bundle=bundle.hash, because=because)]


def refuse_unused(state: InUse, bundle: Bundle) -> None:
    """Raises BundleNotInUse."""
    if state.bundles.get(bundle.process) != bundle.hash:
        raise BundleNotInUse


def told(state: InUse, reference: Reference, uses: list[Use]) -> list[dict[str, Any]]:
    """Each process of the authority with the bundles that are or were in use, the latest first, and what runs on it."""
    counted = {(use.process, use.bundle): use for use in uses}
    return [
        {
            "process": process,
            "title": reference.bundle(in_use).about.title,
            "owner": reference.bundle(in_use).about.owner,
            "bundle": in_use,
            "bundles": [
                {
                    "bundle": put.bundle,
                    "in_use": put.bundle == in_use,
                    "since": put.on,
                    "by": put.by,
                    "because": put.because or None,
                    **_counts(counted.get((process, put.bundle))),
                }
                for put in reversed(state.bundles_put[process])
            ],
        }
        for process, in_use in sorted(state.bundles.items())
    ]


def _counts(use: Use | None) -> dict[str, int]:
    return {"running": use.running if use else 0, "unfinished": use.unfinished if use else 0}
