"""The tree over streams: as RFC 9162 has it, and every stream can be shown to be in it."""

from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.checkpoint import NotACheckpoint, Statement, leaf, node, path, read_statement, root, root_from

STATEMENT = Statement(9, 7, 2, "ab" * 32, "00" * 32, "2026-11-03T09:00:00.000000Z")
LEAVES = [leaf(UUID(int=number), number + 1, bytes([number] * 32)) for number in range(33)]


def as_the_rfc_says(leaves: list[bytes]) -> bytes:
    """Section 2.1.1: parted at the largest power of two below the number of leaves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node(as_the_rfc_says(leaves[:half]), as_the_rfc_says(leaves[half:]))


@pytest.mark.parametrize("size", range(34))
def test_the_root_is_that_of_the_rfc(size: int) -> None:
    assert root(LEAVES[:size]) == as_the_rfc_says(LEAVES[:size])


@given(st.integers(1, 33), st.data())
def test_a_path_leads_from_its_leaf_to_the_root_and_no_other_does(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    way = path(LEAVES[:size], index)

    assert root_from(LEAVES[index], index, size, way) == root(LEAVES[:size])
    assert root_from(LEAVES[index], index, size, [*way, bytes(32)]) is None
    assert root_from(bytes(32), index, size, way) != root(LEAVES[:size])
    if way:
        assert root_from(LEAVES[index], index, size, way[:-1]) is None


def test_a_statement_is_read_as_it_was_written() -> None:
    assert read_statement(STATEMENT.text) == STATEMENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        STATEMENT.text + "\n",
        STATEMENT.text.replace("position 9", "position 09"),
        STATEMENT.text.replace("v1", "v2"),
        STATEMENT.text.replace("2026-11", "2026-13"),
        STATEMENT.text.replace("events 7\n", ""),
    ],
)
def test_what_is_no_statement_is_refused(text: str) -> None:
    with pytest.raises(NotACheckpoint):
        read_statement(text)
