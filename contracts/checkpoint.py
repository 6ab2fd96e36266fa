"""Checkpoints: signed statements over the whole log. Anyone can check one, with SHA-256 and Ed25519.

A hash chain alone does not show that its end was cut off, or that a whole stream is gone. So the case service states
now and then how many events and streams the log had up to a position, and the root of a tree over the last hashes:

    leaf = SHA-256( 0x00 | stream, 16 bytes | version, 8 bytes, big endian | hash of the event of that version )
    node = SHA-256( 0x01 | left | right )

Leaves come in order of their streams, one for each, its last event up to the position. On each level two neighbours
make a node; one left over at the end goes up as it is (the tree of RFC 9162). Where there is no stream the root is
SHA-256 of nothing. A path of neighbours shows that one stream is in the tree without telling of the others.

What is signed is the text of `Statement.text`, in ASCII. An auditor countersigns COUNTERSIGNED followed by that text.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

TITLE = "inclusion-casework/checkpoint/v1"
COUNTERSIGNED = b"inclusion-casework/countersignature/v1\n"
_FORM = re.compile(
    rf"{TITLE}\nposition ([0-9]{{1,18}})\nevents ([0-9]{{1,18}})\nstreams ([0-9]{{1,18}})\nroot ([0-9a-f]{{64}})\n"
    r"previous ([0-9a-f]{64})\nat ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)\n"
)


class NotACheckpoint(ValueError):
    """This is not the text of a checkpoint."""


class Statement(msgspec.Struct, frozen=True):
    """What a checkpoint states of the log up to `position`. `previous`: the digest of the statement before it, zeros at
    first. `root`, `previous` in hexadecimal digits; `at` as in `chain.stamp`."""

    position: int
    events: int
    streams: int
    root: str
    previous: str
    at: str

    @property
    def text(self) -> str:
        """The text that is signed.

        >>> print(Statement(9, 7, 2, "ab" * 32, "00" * 32, "2026-11-03T09:00:00.000000Z").text.splitlines()[1])
        position 9
        """
        return (
            f"{TITLE}\nposition {self.position}\nevents {self.events}\nstreams {self.streams}\nroot {self.root}\n"
            f"previous {self.previous}\nat {self.at}\n"
        )

    @property
    def digest(self) -> str:
        """By which the next statement names this one."""
        return sha256(self.text.encode()).hexdigest()


def read_statement(text: str) -> Statement:
    """Raises NotACheckpoint."""
    found = _FORM.fullmatch(text)
    if not found:
        raise NotACheckpoint
    position, events, streams, root, previous, at = found.groups()
    try:
        datetime.fromisoformat(at)
    except ValueError as error:
        raise NotACheckpoint from error
    statement = Statement(int(position), int(events), int(streams), root, previous, at)
    if statement.text != text:
        raise NotACheckpoint  # a number with zeros before it
    return statement


def leaf(stream: UUID, version: int, hash: bytes) -> bytes:
    return sha256(b"\0" + stream.bytes + version.to_bytes(8, "big") + hash).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves in order of their streams.

    >>> root([]).hex()[:8]
    'e3b0c442'
    """
    level = list(leaves)
    if not level:
        return sha256(b"").digest()
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The neighbours of a leaf on its way to the root, the nearest first."""
    level, found = list(leaves), []
    while len(level) > 1:
        if index ^ 1 < len(level):
            found.append(level[index ^ 1])
        level, index = _above(level), index // 2
    return found


def root_from(leaf: bytes, index: int, size: int, path: Iterable[bytes]) -> bytes | None:
    """The root of the tree of that size in which the leaf has that place and path; None where the path is not one."""
    neighbours, found = list(path), leaf
    if not 0 <= index < size:
        return None
    while size > 1:
        if index ^ 1 < size:
            if not neighbours:
                return None
            neighbour = neighbours.pop(0)
            found = node(neighbour, found) if index % 2 else node(found, neighbour)
        index, size = index // 2, (size + 1) // 2
    return None if neighbours else found


def _above(level: list[bytes]) -> list[bytes]:
    above = [node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return above + level[len(above) * 2 :]
