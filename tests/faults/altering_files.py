"""The same adversaries at work on the files of an exported case. The one who computes hashes anew also signs everything
with a key of their own."""

import hashlib
import json
import random
import uuid
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.case.export.standalone_verifier import STREAMS, Wrong, check
from tests.faults.archives import unpacked

if TYPE_CHECKING:
    from tests.faults.audited import Audited

Files = dict[str, bytes]
THEIRS = Ed25519PrivateKey.from_private_bytes(b"adversary".ljust(32, b"."))


def alter_file(house: "Audited", chance: random.Random, adversary: str) -> str:
    """By what it was found."""
    clean = _clean(house)
    files = dict(clean)
    while files == clean:
        house.did = _alter(chance, files) if adversary == "blind" else _forged(chance, files)
    try:
        check(files, house.key)
    except Wrong:
        return "the verifier in it"
    return ""


def _clean(house: "Audited") -> Files:
    kept: Files | None = getattr(house, "clean_files", None)
    if kept is None:
        kept = unpacked(house.export())
        house.clean_files = kept  # type: ignore[attr-defined]
    return kept


def _alter(chance: random.Random, files: Files) -> str:
    name, did = chance.choice(sorted(files)), chance.choice(["flip", "delete", "reorder", "insert", "truncate"])
    body = files[name]
    if did == "delete":
        del files[name]
    elif did == "insert":
        files[f"{name}.{chance.randrange(1000)}"] = body
    elif did == "truncate":
        files[name] = body[: chance.randrange(len(body))]
    elif did == "reorder":
        lines = body.splitlines(keepends=True)
        chance.shuffle(lines)
        files[name] = b"".join(lines)
    else:
        place = chance.randrange(len(body))
        files[name] = body[:place] + bytes([body[place] ^ (1 << chance.randrange(8))]) + body[place + 1 :]
    return f"{did} {name}"


def _forged(chance: random.Random, files: Files) -> str:
    """Every digest made good; signed by them, or not at all."""
    did = _forge_content(chance, files) if chance.random() < 0.3 else _forge_events(chance, files)
    digest_again(files)
    if chance.random() < 0.5:
        sign_again(files)
    return did


def _forge_content(chance: random.Random, files: Files) -> str:
    """What is in a file that was added is another, the file is gone, or one more is there; perhaps the event says so
    too, every later hash made good."""
    name = chance.choice([name for name in files if name.startswith("files/")])
    did, body = chance.choice(["rewrite", "delete", "insert"]), files[name]
    if did == "insert":
        files[f"files/{uuid.UUID(int=chance.getrandbits(128))}.pdf"] = body
        return f"{did} {name}"
    if did == "delete":
        del files[name]
        manifest = json.loads(files["manifest.json"])
        manifest["left_out"][name.removeprefix("files/").partition(".")[0]] = "erased"
        files["manifest.json"] = json.dumps(manifest).encode()
        return f"{did} {name}"
    files[name] = body[:-1] + chance.randbytes(8)
    if chance.random() < 0.5:
        old, new = (hashlib.sha256(one).hexdigest() for one in (body, files[name]))
        _write(files, "events.ndjson", _with_digest(files, old, new, len(body), len(files[name])))
    return f"{did} {name}"


def _with_digest(files: Files, old: str, new: str, size: int, other: int) -> list[dict[str, Any]]:
    events = [json.loads(line) for line in files["events.ndjson"].splitlines()]
    for event in events:
        if old in event["facts"]:
            event["facts"] = event["facts"].replace(old, new).replace(f'"size":{size}', f'"size":{other}')
    return events


def _forge_events(chance: random.Random, files: Files) -> str:
    """Events rewritten, cut or put in, every later hash made good."""
    name = chance.choice([name for name in STREAMS if files[name]])
    events = [json.loads(line) for line in files[name].splitlines()]
    at, did = chance.randrange(len(events)), chance.choice(["rewrite", "delete", "reorder", "insert", "truncate"])
    if did == "rewrite":
        events[at]["facts"] = events[at]["facts"].replace("937", "938", 1).replace("2026", "2025", 1)
    elif did == "delete":
        del events[at]
    elif did == "insert":
        events.insert(at, dict(chance.choice(events)))
    elif did == "reorder":
        chance.shuffle(events)
    else:
        del events[at:]
    _write(files, name, events)
    return f"{did} {name}"


def _write(files: Files, name: str, events: list[dict[str, Any]]) -> None:
    files[name] = b"".join(json.dumps(e, ensure_ascii=False).encode() + b"\n" for e in _rehashed(events))


def _rehashed(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    import base64

    previous, found = bytes(32), []
    for version, event in enumerate(events, start=1):
        head = f'["{event["stream"]}",{version},"{event["type"]}","{event["recorded_at"]}"]'.encode()
        sealed = base64.b64decode(event.get("sealed", ""))
        parts = hashlib.sha256(event["facts"].encode()).digest() + hashlib.sha256(sealed).digest()
        hash = hashlib.sha256(previous + head + parts).digest()
        found.append({**event, "version": version, "previous": previous.hex(), "hash": hash.hex()})
        previous = hash
    return found


def digest_again(files: Files) -> None:
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {
        name: hashlib.sha256(body).hexdigest()
        for name, body in sorted(files.items())
        if not name.startswith("manifest")
    }
    files["manifest.json"] = json.dumps(manifest).encode()


def sign_again(files: Files) -> None:
    kept = json.loads(files["checkpoint.json"])
    kept["key"] = THEIRS.public_key().public_bytes_raw().hex()
    kept["signature"] = THEIRS.sign(kept["statement"].encode()).hex()
    files["checkpoint.json"] = json.dumps(kept).encode()
    digest_again(files)
    files["manifest.signature"] = THEIRS.sign(files["manifest.json"]).hex().encode()
