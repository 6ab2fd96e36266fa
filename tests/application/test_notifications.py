"""Notifications of schools' systems, entered: the registers add up to what `totals` says of the same lines."""

import argparse
import io
import json
import random
from typing import Any
from unittest import mock

import pytest

from services.case.application.notifications import counting, sorted_out
from services.case.application.registers import Registers, Whose
from services.case.commands import notifications
from services.case.domain.pupil import totals_of
from services.case.wiring import House
from tests.test_totals import told, upn


def enter(house: House, lines: list[dict[str, object]]) -> int:
    text = "\n".join(map(json.dumps, lines)).encode()
    with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(text))):
        return notifications.run(house, argparse.Namespace())


def by_chance(number: int) -> list[dict[str, object]]:
    """Of each id up to three revisions, of which some name another pupil, and some cancel."""
    chance = random.Random(number)
    made = []
    for id in range(number):
        for revision in range(1, chance.randint(2, 4)):
            made.append(
                told(
                    f"n{id}",
                    revision,
                    upn=upn(chance.randrange(6)),
                    school_urn=chance.choice(["900001", "900002", "900101"]),
                    type=chance.choice(["SUSP", "LNCH"]),
                    start=f"2026-{chance.choice(['09', '10', '12'])}-{chance.randint(10, 22)}",
                    half_days=chance.randint(1, 6),
                    cancelled=chance.random() < 0.2,
                )
            )
    chance.shuffle(made)
    return [*made, *made[::3]]


def test_registers_add_up_to_what_totals_says(house: House) -> None:
    lines = by_chance(40)
    days_of = {urn: house.reference.calendars.school(urn, s.authority) for urn, s in house.reference.schools.items()}
    expected = counting(sorted_out(map(json.dumps, lines))[0].values(), days_of.get)

    assert enter(house, lines) == 0
    assert enter(house, lines[::-1]) == 0  # told again, backwards

    registers = Registers(house.store)
    for number in range(6):
        whose = Whose(upn(number))
        assert registers.of(whose).totals == totals_of(expected.get(whose.upn, []))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"upn": "A801200005001"}, "does not fit"),
        ({"school_urn": "999999"}, "not in the directory"),
        ({"reasons": ["VR"], "start": "2026-06-15"}, "VR cannot be given"),
    ],
)
def test_what_cannot_be_entered_is_said_and_passed_over(
    house: House, wrong: dict[str, Any], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enter(house, [told("a", **wrong), told("b")]) == 1

    said = capsys.readouterr()
    assert "line 1: " in said.err and why in said.err
    assert "1 notifications entered or known, 1 passed over" in said.out
    assert "A801200005001" not in said.err + said.out
    assert Registers(house.store).of(Whose("B801200005001")).entries.keys() == {"b"}


def test_a_line_that_is_no_notification_is_passed_over(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert enter(house, [{"id": "b"}, told("a")]) == 1

    assert "line 1: revision is missing" in capsys.readouterr().err
    assert Registers(house.store).of(Whose("B801200005001")).entries.keys() == {"a"}
