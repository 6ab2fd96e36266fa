"""The hash chain of a stream: anyone can check it, with SHA-256 and nothing secret.

    hash = SHA-256( previous hash | header | SHA-256(facts) | SHA-256(sealed) )

`|` joins bytes. The previous hash of a stream's first event is 32 zero bytes. `facts` and `sealed` are the stored
bytes; an event without a sealed part hashes the empty string. The header is the JSON array
`["<stream>",<version>,"<type>","<recorded at>"]` in UTF-8 without spaces, the time as `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
The chain covers the ciphertext, so it stays valid after the key of a stream is destroyed.
"""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

GENESIS = bytes(32)


def stamp(recorded_at: datetime) -> str:
    """A time as the header writes it.

    >>> stamp(datetime(2026, 11, 3, 9, 0, tzinfo=UTC))
    '2026-11-03T09:00:00.000000Z'
    """
    return f"{recorded_at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def header(stream: UUID, version: int, type: str, recorded_at: str) -> bytes:
    """The header's canonical bytes; types are plain ASCII names, so nothing needs escaping.

    >>> header(UUID(int=1), 17, "case.task_completed.v1", "2026-11-03T09:00:00.000000Z")
    b'["00000000-0000-0000-0000-000000000001",17,"case.task_completed.v1","2026-11-03T09:00:00.000000Z"]'
    """
    return f'["{stream}",{version},"{type}","{recorded_at}"]'.encode()


def digest(part: bytes | None) -> bytes:
    """SHA-256 of a stored part; of nothing where there is none."""
    return sha256(part or b"").digest()


def link(previous: bytes, head: bytes, facts_digest: bytes, sealed_digest: bytes) -> bytes:
    """The hash of an event, from the hash before it and its own parts."""
    return sha256(previous + head + facts_digest + sealed_digest).digest()
