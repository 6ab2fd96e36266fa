"""Personal data at rest: AES-256-GCM with a key per stream, each key wrapped by a master key outside the database.

What is sealed says where it belongs (stream and place, as associated data), so that no sealed value can be moved to
another row. Destroying a stream's key makes all that was sealed with it unreadable: events, drafts, stored answers,
snapshots.
"""

import hmac
import os
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes, random for each sealing


class Unreadable(Exception):
    """Sealed with another key, or for another place, or altered."""


class StreamKey:
    """The key of one stream."""

    __slots__ = ("_aes", "stream")

    def __init__(self, stream: UUID, key: bytes) -> None:
        self.stream = stream
        self._aes = AESGCM(key)

    def seal(self, plain: bytes, place: str) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._aes.encrypt(nonce, plain, self._bound(place))

    def open(self, sealed: bytes, place: str) -> bytes:
        """Raises Unreadable if this is not what was sealed for this place."""
        try:
            return self._aes.decrypt(sealed[:NONCE], sealed[NONCE:], self._bound(place))
        except (InvalidTag, ValueError) as error:  # the latter where too little is left for a nonce
            raise Unreadable from error

    def _bound(self, place: str) -> bytes:
        return self.stream.bytes + place.encode()


class MasterKey:
    """Wraps the keys of streams and makes digests that only its holder can make. 32 bytes, never in the database."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("CASE_MASTER_KEY must be 32 bytes, written as 64 hexadecimal digits.")
        self._aes = AESGCM(hmac.digest(key, b"wrap stream keys", "sha256"))
        self._index = hmac.digest(key, b"digest claims", "sha256")

    def new_stream_key(self, stream: UUID) -> tuple[StreamKey, bytes]:
        """A fresh key and its wrapped form, to be stored with the stream's first event."""
        key, nonce = os.urandom(32), os.urandom(NONCE)
        return StreamKey(stream, key), nonce + self._aes.encrypt(nonce, key, stream.bytes)

    def unwrap(self, stream: UUID, wrapped: bytes) -> StreamKey:
        try:
            return StreamKey(stream, self._aes.decrypt(wrapped[:NONCE], wrapped[NONCE:], stream.bytes))
        except (InvalidTag, ValueError) as error:
            raise Unreadable("the master key is not the one that wrapped this stream's key") from error

    def digest(self, *parts: str) -> bytes:
        """The same for the same parts, telling nothing about them to whoever lacks the key."""
        return hmac.digest(self._index, "\x1f".join(parts).encode(), sha256)
