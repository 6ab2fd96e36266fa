"""Checks a case file. It needs Python 3.9 or later and nothing else: no other program of ours, no network.

    python verify.py [FILE.zip | FOLDER] [--key HEX] [--witness HEX]

Without a name it checks the folder in which it lies. `--key` is the public key of the council's case service and
`--witness` that of its auditor: get them from the council by another way than the file, or whoever made the file may
have made its keys too. Exit code: 0 good, 1 something is not what was recorded, 2 it could not be checked.

What is checked: every file is as it was signed; each event follows the one before it, none is missing; both ends are in
the checkpoint, a signed statement over the council's whole log; the processes are those that the events name; what is
in files that were added to the case is what the events say, or it is said why it is not there.
"""

import argparse
import base64
import hashlib
import json
import sys
import uuid
import zipfile
from pathlib import Path
from typing import Any

GENESIS = bytes(32)
LEFT_OUT = {"kept_back": "kept back from whoever took this copy", "erased": "erased", "damaged": "not what was added"}
TITLE = "inclusion-casework/checkpoint/v1"
COUNTERSIGNED = b"inclusion-casework/countersignature/v1\n"
STREAMS = ("events.ndjson", "looks.ndjson")
UNSIGNED = {"manifest.json", "manifest.signature"}

# --- Ed25519 (RFC 8032), only to verify

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # x, y, z, t in extended coordinates


def add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = add(found, point)
        point = add(point, point)
        scalar >>= 1
    return found


def x_of(y: int, odd: int) -> int:
    """Raises ValueError where no point has that y."""
    if y >= P:
        raise ValueError
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and odd):
        raise ValueError
    return P - x if x & 1 != odd else x


def point(encoded: bytes) -> Point:
    number = int.from_bytes(encoded, "little")
    y, odd = number & (2**255 - 1), number >> 255
    x = x_of(y, odd)
    return x, y, 1, x * y % P


BASE_Y = 4 * pow(5, -1, P) % P
BASE_X = x_of(BASE_Y, 0)
BASE: Point = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(text: bytes, key: str, signature: str) -> bool:
    """Whether the signature of the text is that of the key; both in hexadecimal digits."""
    try:
        public, signed = bytes.fromhex(key), bytes.fromhex(signature)
        if len(public) != 32 or len(signed) != 64 or signature != signed.hex() or key != public.hex():
            return False
        a, r, s = point(public), point(signed[:32]), int.from_bytes(signed[32:], "little")
    except ValueError:
        return False
    if s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signed[:32] + public + text).digest(), "little") % ORDER
    left, right = times(s, BASE), add(r, times(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- the file


class Wrong(Exception):
    """Something is not what was recorded; the message says what."""


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def files_of(place: Path) -> dict[str, bytes]:
    """Raises OSError, Wrong."""
    if place.is_dir():
        paths = [path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        return {path.relative_to(place).as_posix(): path.read_bytes() for path in paths}
    try:
        with zipfile.ZipFile(place) as archive:
            names = archive.namelist()
            if len(set(names)) < len(names):
                raise Wrong("a file is in it twice")
            return {name: archive.read(name) for name in names}
    except (zipfile.BadZipFile, ValueError, KeyError, EOFError, NotImplementedError) as error:
        raise Wrong("the archive is damaged") from error


def check_manifest(files: dict[str, bytes], key: str) -> dict[str, Any]:
    """That every file is as it was signed, and that there is no other."""
    for name in UNSIGNED:
        if name not in files:
            raise Wrong(f"{name} is missing")
    if not is_signed(files["manifest.json"], key, files["manifest.signature"].decode("ascii", "replace")):
        raise Wrong("manifest.json is not what was signed with the key")
    manifest: dict[str, Any] = json.loads(files["manifest.json"])
    for name, digest in manifest["files"].items():
        if name not in files:
            raise Wrong(f"{name} is missing")
        if sha256(files[name]).hex() != digest:
            raise Wrong(f"{name} is not what was signed")
    for name in files.keys() - manifest["files"].keys() - UNSIGNED:
        raise Wrong(f"{name} was not in the file when it was signed")
    return manifest


def check_stream(name: str, body: bytes) -> tuple[list[dict[str, Any]], tuple[str, int, bytes] | None]:
    """The events of one stream, and where it ends: its id, last version and hash."""
    events = [json.loads(line) for line in body.decode().splitlines()]
    previous, end = GENESIS, None
    for number, event in enumerate(events, start=1):
        where = f"{name}: event {number}"
        if event["version"] != number or event["stream"] != events[0]["stream"]:
            raise Wrong(f"{where} is missing or out of its place")
        head = f'["{uuid.UUID(event["stream"])}",{number},"{event["type"]}","{event["recorded_at"]}"]'
        sealed = base64.b64decode(event["sealed"], validate=True) if "sealed" in event else b""
        hash = sha256(previous, head.encode(), sha256(event["facts"].encode()), sha256(sealed))
        if event["previous"] != previous.hex():
            raise Wrong(f"{where} does not follow the event before it")
        if event["hash"] != hash.hex():
            raise Wrong(f"{where} is not what was recorded")
        previous, end = hash, (event["stream"], number, hash)
    return events, end


def check_checkpoint(kept: dict[str, Any], key: str, witness: str) -> list[str]:
    """Lines of the statement. That it is signed, and countersigned if it says so."""
    text = kept["statement"].encode()
    if kept["key"] != key or not is_signed(text, key, kept["signature"]):
        raise Wrong("the checkpoint is not signed with the key")
    if witness and kept["countersigner"] != witness:
        raise Wrong("the checkpoint is not countersigned by that auditor")
    if kept["countersigner"] and not is_signed(COUNTERSIGNED + text, kept["countersigner"], kept["countersignature"]):
        raise Wrong("the auditor's signature is not that of this checkpoint")
    lines: list[str] = kept["statement"].split("\n")
    if lines[0] != TITLE:
        raise Wrong("the checkpoint is of another kind")
    return lines


def check_end(end: tuple[str, int, bytes], proof: dict[str, Any], lines: list[str]) -> None:
    """That the stream ends so in the tree of the checkpoint."""
    stream, version, hash = end
    said = dict(line.split(" ", 1) for line in lines[1:] if line)
    found = sha256(b"\0", uuid.UUID(stream).bytes, version.to_bytes(8, "big"), hash)
    index, size, path = proof["index"], int(said["streams"]), [bytes.fromhex(one) for one in proof["path"]]
    while size > 1:
        if index ^ 1 < size:
            if not path:
                raise Wrong("a proof is too short")
            other = path.pop(0)
            found = sha256(b"\1", other, found) if index % 2 else sha256(b"\1", found, other)
        index, size = index // 2, (size + 1) // 2
    if path or found.hex() != said["root"]:
        raise Wrong(f"stream {stream} does not end so in the checkpoint")


def check_bundles(files: dict[str, bytes], events: list[dict[str, Any]]) -> None:
    """That the processes are those that the events name, by their hashes."""
    folders: dict[str, dict[str, bytes]] = {}
    for name, body in files.items():
        if name.startswith("bundles/"):
            hash, _, path = name.removeprefix("bundles/").partition("/")
            folders.setdefault(hash, {})[path] = body
    for hash, bundle in folders.items():
        total = hashlib.sha256()
        for path, body in sorted(bundle.items()):
            total.update(f"{path}\0{len(body)}\0".encode() + body)
        if total.hexdigest() != hash:
            raise Wrong(f"bundle {hash[:12]} is not what its hash says")
    named = {json.loads(event["facts"])["bundle"] for event in events if event["type"] == "case.process_started.v1"}
    if named - folders.keys():
        raise Wrong("a process that the events name is missing")


def check_contents(files: dict[str, bytes], events: list[dict[str, Any]], left_out: dict[str, str]) -> int:
    """That each file that was added is here as the events say, or is said to be left out; how many are here."""
    facts = [json.loads(event["facts"]) for event in events if event["type"] == "case.file_added.v1"]
    added, here = {one["file"]: one for one in facts}, set()
    for name in files:
        if name.startswith("files/"):
            id = name.removeprefix("files/").partition(".")[0]
            if id not in added or id in here or id in left_out:
                raise Wrong(f"{name} is not a file that was added to the case, or is in it twice")
            if sha256(files[name]).hex() != added[id]["sha256"] or len(files[name]) != added[id]["size"]:
                raise Wrong(f"{name} is not what was added to the case")
            here.add(id)
    if added.keys() != here | left_out.keys() or not LEFT_OUT.keys() >= set(left_out.values()):
        raise Wrong("a file that was added to the case is missing")
    return len(here)


def check(files: dict[str, bytes], key: str = "", witness: str = "") -> dict[str, Any]:
    """What was found to be good. Raises Wrong."""
    try:
        kept = json.loads(files["checkpoint.json"])
        manifest = check_manifest(files, key or kept["key"])
        lines = check_checkpoint(kept, key or kept["key"], witness)
        streams = [check_stream(name, files[name]) for name in STREAMS if name in files]
        for _, end in streams:
            if end is not None:
                check_end(end, kept["proofs"][end[0]], lines)
        check_bundles(files, streams[0][0])
        contents, left_out = check_contents(files, streams[0][0], manifest["left_out"]), manifest["left_out"]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError) as error:
        raise Wrong(f"something in it cannot be read ({type(error).__name__}: {error})") from error
    return {
        "ok": True,
        "case": manifest["case"],
        "events": len(streams[0][0]),
        "files": len(files),
        "contents": contents,
        "left_out": left_out,
        "checkpoint": lines[1],
        "key": kept["key"],
        "countersigned_by": kept["countersigner"],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("place", nargs="?", type=Path, default=Path(__file__).parent, metavar="FILE.zip | FOLDER")
    parser.add_argument("--key", default="", help="public key of the case service, in hexadecimal digits")
    parser.add_argument("--witness", default="", help="public key of the auditor")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        found = check(files_of(given.place), given.key.lower(), given.witness.lower())
    except Wrong as wrong:
        print(json.dumps({"ok": False, "wrong": str(wrong)}) if given.json else f"NOT GOOD: {wrong}")
        return 1
    except OSError as error:
        print(f"cannot be opened: {error.strerror}", file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(found))
        return 0
    print(f"good: {found['events']} events of case {found['case']}, {found['files']} files, {found['checkpoint']};")
    print(f"files that were added to the case: {found['contents']} are here, {len(found['left_out'])} are not")
    for id, why in found["left_out"].items():
        print(f"not here: file {id}, {LEFT_OUT[why]}")
    if not given.key:
        print(f"signed with {found['key']}: compare it with the key that the council publishes")
    if not given.witness:
        print(f"countersigned by {found['countersigned_by'] or 'nobody yet'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
