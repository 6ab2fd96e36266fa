"""A form with files is read the same however it is cut on its way, and no more of it is kept than may be."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.case.api.multipart import FILES_AT_ONCE, PASSED_OVER, Part, parts_of
from services.case.domain.errors import BodyMalformed, Refusal, TooLarge

TYPE = "multipart/form-data; boundary=----cut"
CONTENT = b"\r\n--\r\n------cu\r\n\r\n--" + bytes(range(256))  # nearly a boundary
HEAD = b'------cut\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
FILE = b'; filename="minutes of %%22June%%22.pdf"\r\nContent-Type: application/pdf'
END = b"------cut--\r\n"
LARGEST = 1_000


def form(*parts: tuple[bytes, bytes, bytes]) -> bytes:
    return b"".join(HEAD % part for part in parts) + END


def read(body: bytes, size: int = 64_000) -> list[Part]:
    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(body), size):
            yield body[at : at + size]

    return asyncio.run(parts_of(chunks(), TYPE, LARGEST))[0]


@pytest.mark.parametrize("size", [1, 2, 7, 13, 64, 100_000])
def test_it_does_not_matter_where_it_is_cut(size: int) -> None:
    body = form((b"token", b"", "café".encode()), (b"file", FILE % (), CONTENT), (b"none", b'; filename=""', b""))

    assert read(body, size) == [
        Part("token", "café".encode(), False),
        Part("file", CONTENT, True, 'minutes of "June".pdf'),
        Part("none", b"", True, ""),
    ]


@pytest.mark.parametrize("size", [7, 100_000])
def test_of_a_file_that_is_too_large_nothing_is_kept_and_the_rest_is(size: int) -> None:
    just, more = b"x" * LARGEST, b"x" * (LARGEST + 1)
    found = read(form((b"a", FILE % (), more), (b"b", FILE % (), just), (b"said", b"", b"words")), size)

    assert [(part.name, len(part.value), part.too_large) for part in found] == [
        ("a", 0, True),
        ("b", LARGEST, False),
        ("said", 5, False),
    ]


@pytest.mark.parametrize(
    "body",
    [
        form(*[(b"f", FILE % (), b"x" * LARGEST)] * (FILES_AT_ONCE + 1)),  # each may be, all together may not
        form((b"said", b"", b"x" * 1_000_001)),
        form((b"f", FILE % (), b"x" * (PASSED_OVER * LARGEST + 1_000_001))),
    ],
)
def test_there_is_an_end_to_it(body: bytes) -> None:
    refused(body, TooLarge)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"words",
        b"words\r\n" + form((b"a", b"", b"b")),
        form((b"a", b"", b"b"))[: -len(END)],
        b"------cut\r\n\r\nno head\r\n" + END,
        b"------cut\r\nContent-Disposition: form-data\r\n\r\nno name\r\n" + END,
        b"------cut\r\n" + b"x" * 10_000 + b"\r\n\r\n\r\n" + END,
    ],
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    refused(body, BodyMalformed)


def refused(body: bytes, kind: type[Refusal]) -> None:
    for size in (3, 100_000):
        with pytest.raises(kind):
            read(body, size)
