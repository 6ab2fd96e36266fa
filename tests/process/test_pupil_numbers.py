"""Unique pupil numbers, permanent and temporary, by their check letter (DfE guide to unique pupil numbers)."""

import pytest

from services.case.process.checks import UPN_LETTERS, upn_is_right

RIGHT = ("B801200005001", "F937423724001", "P937423718250", "P207000016049")


@pytest.mark.parametrize("upn", [*RIGHT, "W88540102401A"])
def test_a_right_check_letter(upn: str) -> None:
    assert upn_is_right(upn)


@pytest.mark.parametrize(
    "upn",
    [
        "A801200005001",
        "E000200005001",  # no council has the number 000
        "X80120000A001",  # a letter in the middle
        "Q207000016049",  # as some help pages print it, with a wrong sum
        "W88540102401B",
        "W88540102401I",  # not a letter of the alphabet of check letters
        "b801200005001",
        "B80120000500",
        "B8012000050011",
        "",
    ],
)
def test_a_wrong_number(upn: str) -> None:
    assert not upn_is_right(upn)


@pytest.mark.parametrize("upn", RIGHT)
def test_no_other_letter_fits_and_no_digit_can_be_mistyped(upn: str) -> None:
    others = [letter for letter in UPN_LETTERS if letter != upn[0]]
    assert not any(upn_is_right(letter + upn[1:]) for letter in others)
    for place in range(4, 13):
        mistyped = upn[:place] + str((int(upn[place]) + 1) % 10) + upn[place + 1 :]
        assert not upn_is_right(mistyped)
