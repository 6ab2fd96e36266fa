"""What a form with a file in it sends (RFC 7578), as browsers write it, read as it comes. Of a file that is too large
nothing is kept, but the rest of the form is."""

import hashlib
import re
from collections.abc import AsyncIterator

import msgspec

from services.case.domain.errors import BodyMalformed, TooLarge

LARGEST_FIELD = 1_000_000  # bytes of all that is not a file
LARGEST_HEAD = 8_000
FILES_AT_ONCE = 4  # as large as a file may be, so many are kept of one form
PASSED_OVER = 20  # times the largest file, read so that whoever sent too much hears of it
BOUNDARY = re.compile(r'boundary="?([^";]{1,70})"?')
NAME = re.compile(rb'[; ]name="([^"]*)"')
FILE = re.compile(rb'[; ]filename="([^"]*)"')


class Part(msgspec.Struct):
    """A field, or a file where `is_file`, then with what it is called. `value` is empty where it was `too_large`."""

    name: str
    value: bytes
    is_file: bool
    called: str = ""
    too_large: bool = False


async def parts_of(chunks: AsyncIterator[bytes], content_type: str, largest: int) -> tuple[list[Part], bytes]:
    """The parts in order, and a digest of all that was sent; `largest`: bytes of a file. Raises BodyMalformed,
    TooLarge."""
    found = BOUNDARY.search(content_type)
    if found is None:
        raise BodyMalformed("The form could not be read.")
    reading, digest, read = _Reading(found[1].encode("ascii", "replace"), largest), hashlib.sha256(), 0
    async for chunk in chunks:
        read += len(chunk)
        if read > PASSED_OVER * largest + LARGEST_FIELD:
            raise TooLarge
        digest.update(chunk)
        reading.take(chunk)
    return reading.end(), digest.digest()


class _Reading:
    """What stands before the first boundary must be nothing, and the last is followed by two hyphens."""

    def __init__(self, boundary: bytes, largest: int) -> None:
        self._boundary = b"\r\n--" + boundary
        self._buffer = bytearray(b"\r\n")
        self._largest = largest
        self._left = {True: FILES_AT_ONCE * largest, False: LARGEST_FIELD}  # room for files, and for all else
        self._head = bytearray()
        self._part: Part | None = None
        self._pieces: list[bytes] = []  # of the part under way
        self._size = 0
        self._parts: list[Part] = []
        self._begun = False

    def take(self, chunk: bytes) -> None:
        self._buffer += chunk
        while (at := self._buffer.find(self._boundary)) >= 0:
            self._add(bytes(self._buffer[:at]))
            self._next()
            del self._buffer[: at + len(self._boundary)]
        sure = len(self._buffer) - len(self._boundary)
        if sure > 0:
            self._add(bytes(self._buffer[:sure]))
            del self._buffer[:sure]

    def _next(self) -> None:
        if (self._begun and self._part is None) or (not self._begun and self._head):
            raise BodyMalformed("The form could not be read.")
        if self._part is not None:
            self._part.value = b"".join(self._pieces)
            self._parts.append(self._part)
        self._part, self._pieces, self._size, self._begun = None, [], 0, True
        self._head.clear()

    def _add(self, more: bytes) -> None:
        if self._part is None:
            self._head += more
            head, ended, more = bytes(self._head).partition(b"\r\n\r\n")
            if len(head) > LARGEST_HEAD:
                raise BodyMalformed("The form could not be read.")
            if not ended or not self._begun:
                return
            self._part = _part(head)
        self._grow(self._part, more)

    def _grow(self, part: Part, more: bytes) -> None:
        if part.is_file and not part.too_large and self._size + len(more) > self._largest:
            self._left[True] += self._size
            part.too_large, self._pieces = True, []
        if part.too_large:
            return
        self._size += len(more)
        self._left[part.is_file] -= len(more)
        if self._left[part.is_file] < 0:
            raise TooLarge
        self._pieces.append(more)

    def end(self) -> list[Part]:
        if not self._begun or self._part is not None or not (bytes(self._head) + self._buffer).startswith(b"--"):
            raise BodyMalformed("The form could not be read to its end.")
        return self._parts


def _part(head: bytes) -> Part:
    name, file = NAME.search(head), FILE.search(head)
    if name is None:
        raise BodyMalformed("The form could not be read.")
    called = file[1].decode("utf-8", "replace").replace("%22", '"') if file else ""
    return Part(name[1].decode("utf-8", "replace"), b"", file is not None, called)
