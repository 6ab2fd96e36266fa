"""What a form with a file in it sends (RFC 7578), as browsers write it: whole, in memory, no larger than any body."""

import re

import msgspec

from services.case.domain.errors import BodyMalformed

BOUNDARY = re.compile(r'boundary="?([^";]{1,70})"?')
NAME = re.compile(rb'[; ]name="([^"]*)"')
FILE = re.compile(rb'[; ]filename="')


class Part(msgspec.Struct, frozen=True):
    """A field, or a file where `is_file`."""

    name: str
    value: bytes
    is_file: bool


def parts_of(body: bytes, content_type: str) -> list[Part]:
    """The parts in order. Raises BodyMalformed."""
    found = BOUNDARY.search(content_type)
    if found is None:
        raise BodyMalformed("The form could not be read.")
    before, *chunks = (b"\r\n" + body).split(b"\r\n--" + found[1].encode("ascii", "replace"))
    if before or not chunks or not chunks[-1].startswith(b"--"):
        raise BodyMalformed("The form could not be read to its end.")
    return [_part(chunk) for chunk in chunks[:-1]]


def _part(chunk: bytes) -> Part:
    head, _, value = chunk.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    name = NAME.search(head)
    if name is None:
        raise BodyMalformed("The form could not be read.")
    return Part(name[1].decode("utf-8", "replace"), value, FILE.search(head) is not None)
