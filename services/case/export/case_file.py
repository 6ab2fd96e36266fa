"""The case file: one archive with all that is recorded of a case and what is needed to check and to read it.

What is personal stays sealed in it; whoever works on the case reads that in the case. What is in files that were added
goes in for whoever may read it. Which file holds what: `README.md`.
"""

import base64
import hashlib
import io
import json
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

import contracts
from contracts.checkpoint import leaf, path
from services.case.application.looking import access_stream
from services.case.application.reference import Reference, stream_of
from services.case.domain import events as e
from services.case.domain.file_events import FileAdded
from services.case.domain.media_types import KINDS
from services.case.domain.process_migration import ProcessMigrated
from services.case.export.contents import NONE, Contents
from services.case.export.words import timeline
from services.case.store.checkpoints import Checkpoint, Checkpointing, checkpoint_at
from services.case.store.database import Database
from services.case.store.event_store import EventStore
from services.case.store.mapper import Recorded, hash_of

HERE = Path(__file__).parent
SCHEMAS = Path(contracts.__path__[0]) / "events"
STILL = (1980, 1, 1, 0, 0, 0)  # the time of each file in the archive: the same content is the same archive
PATIENCE = 6.0  # seconds to wait for an auditor's signature where auditors sign
ENDS = """
    SELECT DISTINCT ON (originator_id) originator_id, originator_version, state FROM events
    WHERE notification_id <= %s ORDER BY originator_id, originator_version DESC
"""
COUNTERSIGNED = "SELECT FROM checkpoints WHERE countersigner <> '' LIMIT 1"
COVERING = "SELECT min(position) FROM checkpoints WHERE position >= %s AND countersigner <> ''"


class NoKey(Exception):
    """No signing key is set (CASE_SIGNING_KEY), so nothing can be proved by an export."""


def case_file(
    store: EventStore, reference: Reference, checkpointing: Checkpointing, ref: str, contents: Contents = NONE
) -> bytes:
    """The archive. Raises NoKey."""
    events = store.load(stream_of(ref))
    looks = store.load(access_stream(ref))
    checkpoint = covering(store.database, checkpointing, max(r.position for r in (*events, *looks)))
    added = {r.event.file: r.event for r in events if isinstance(r.event, FileAdded)}
    files = {
        "README.md": (HERE / "case_file_readme.md").read_bytes(),
        "verify.py": (HERE / "standalone_verifier.py").read_bytes(),
        "events.ndjson": _lines(events),
        "looks.ndjson": _lines(looks),
        "timeline.md": timeline(ref, events, reference).encode(),
        "checkpoint.json": _json(_proved(store.database, checkpoint, events, looks)),
        **_schemas([*events, *looks]),
        **_bundles(events, reference),
        **{f"files/{id}{KINDS[added[id].media_type][1][0]}": body for id, body in contents.inside.items()},
    }
    digests = {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    left_out = {id: contents.left_out.get(id, "kept_back") for id in added.keys() - contents.inside.keys()}
    manifest = _json({"case": ref, "files": dict(sorted(digests.items())), "left_out": dict(sorted(left_out.items()))})
    files |= {"manifest.json": manifest, "manifest.signature": checkpointing.sign(manifest).encode()}
    return _archive(files)


def covering(database: Database, checkpointing: Checkpointing, position: int) -> Checkpoint:
    """A checkpoint of the log up to the position or further: a countersigned one if there is one or it comes soon.
    Raises NoKey."""
    row = database.row(COVERING, [position])
    found = checkpoint_at(database, row[0]) if row and row[0] else None
    if found is not None:
        return found
    with database.connection() as connection:
        made = checkpointing.state(connection)
    if made is None or not checkpointing.public_key:
        raise NoKey
    until = time.monotonic() + (PATIENCE if database.row(COUNTERSIGNED) is not None else 0)
    while time.monotonic() < until and not made.countersigner:
        time.sleep(0.2)
        made = checkpoint_at(database, made.position) or made
    return made


def _proved(database: Database, checkpoint: Checkpoint, *streams: list[Recorded]) -> dict[str, Any]:
    """The checkpoint, with the way from the end of each stream to its root."""
    ends = [(stream, version, hash_of(state)) for stream, version, state in database.rows(ENDS, [checkpoint.position])]
    leaves, places = [leaf(*end) for end in ends], {end[0]: at for at, end in enumerate(ends)}
    proofs = {}
    for events in streams:
        if events:
            index = places[events[0].stream]
            proofs[str(events[0].stream)] = {"index": index, "path": [one.hex() for one in path(leaves, index)]}
    return {**msgspec.structs.asdict(checkpoint), "proofs": proofs}


def _lines(events: Iterable[Recorded]) -> bytes:
    return b"".join(json.dumps(_line(recorded), ensure_ascii=False).encode() + b"\n" for recorded in events)


def _line(recorded: Recorded) -> dict[str, Any]:
    """What the chain covers, as it is stored: `facts` is the very text, `sealed` what is personal, encrypted."""
    row = recorded.row
    line: dict[str, Any] = {
        "stream": str(recorded.stream),
        "version": recorded.version,
        "type": recorded.type,
        "recorded_at": row.recorded_at,
        "previous": row.previous.hex(),
        "hash": row.hash.hex(),
        "facts": row.facts.decode(),
    }
    if row.sealed is not None:
        line["sealed"] = base64.b64encode(row.sealed).decode()
    return line


def _schemas(events: Iterable[Recorded]) -> dict[str, bytes]:
    types = sorted({recorded.type for recorded in events})
    return {f"schemas/{type}.json": (SCHEMAS / f"{type}.json").read_bytes() for type in types}


def _bundles(events: Iterable[Recorded], reference: Reference) -> dict[str, bytes]:
    hashes = sorted({r.event.bundle for r in events if isinstance(r.event, e.ProcessStarted | ProcessMigrated)})
    return {f"bundles/{hash}/{path}": body for hash in hashes for path, body in reference.bundle(hash).files.items()}


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"


def _archive(files: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, STILL), content, zipfile.ZIP_DEFLATED)
    return body.getvalue()
