"""A live case as bytes and back: a way past reading all its events again.

Never the truth and always disposable: what another version of the code has written is not read.
"""

import logging
import zlib
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import msgspec

from services.case.application.live import Live
from services.case.application.reference import Reference
from services.case.domain.case import Case
from services.case.process.engine import Diverged, Instance

EVERY = 100  # events of a case between two snapshots
log = logging.getLogger(__name__)
ROOT = Path(__file__).parents[1]


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """`shape` stands for the code that wrote it; `engines` are the running instances by number."""

    shape: bytes
    case: Case
    engines: dict[int, bytes]


def _shape() -> bytes:
    files = sorted([*ROOT.glob("domain/*.py"), *ROOT.glob("process/engine/*.py"), Path(__file__)])
    return sha256(b"\0".join(file.read_bytes() for file in files)).digest()


SHAPE = _shape()
_DECODER = msgspec.msgpack.Decoder(Kept)


def is_due(before: int, after: int) -> bool:
    """Whether a case that has come from one version to another should be kept."""
    return after // EVERY > before // EVERY


def as_bytes(live: Live) -> bytes | None:
    """The live case, compressed. Its hash is not in it: that comes with being stored. None if it is not to be trusted:
    nobody is kept from work that does not need the engine in question."""
    running = [instance.id for instance in live.case.instances.values() if not instance.ended]
    try:
        engines = {number: live.engine(number).snapshot() for number in running}
    except Diverged:
        log.exception("%s is not kept", live.case.ref)
        return None
    return zlib.compress(msgspec.msgpack.encode(Kept(SHAPE, live.case, engines)), 1)


def from_bytes(stream: UUID, reference: Reference, hash: bytes, kept: bytes) -> Live | None:
    """The live case as it was kept; None if other code wrote it."""
    try:
        found = _DECODER.decode(zlib.decompress(kept))
    except (zlib.error, msgspec.DecodeError):
        return None
    if found.shape != SHAPE:
        return None
    live = Live(stream, reference)
    live.case = found.case
    live.case.hash = hash
    for number, state in found.engines.items():
        bundle = reference.bundle(found.case.instances[number].bundle)
        live.restore(number, Instance.restore(bundle.definition, state))
    return live
