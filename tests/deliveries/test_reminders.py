"""Reminders of what is owed, in the days in which it is counted, each once."""

from collections.abc import Iterator
from datetime import date

import pytest

from services.case.domain import delivery_events as n
from services.case.domain import events as e
from services.case.wiring import House
from tests.application.council import Council, council_in

OPENED = date(2026, 9, 14)  # a Monday: what is due five school days later is due on Monday the 21st


@pytest.fixture
def council(house: House) -> Iterator[Council]:
    with council_in(house, OPENED) as at_work:
        yield at_work


def reminders(council: Council, ref: str) -> list[tuple[date, int, list[str]]]:
    found = [recorded.event for recorded in council.history(ref) if isinstance(recorded.event, n.ReminderDue)]
    return [(one.meta.effective_on, one.days, one.to) for one in found]


def let_pass(council: Council, *days: date) -> None:
    for day in days:
        council.on(day).wait_for_lists()
        council.let_days_pass()
        council.let_days_pass()


def test_whoever_owes_it_is_told_two_days_ahead_on_the_day_and_when_it_was_missed(council: Council) -> None:
    ref = council.open(1)
    assert council.due(ref) == date(2026, 9, 21)

    let_pass(council, date(2026, 9, 16), date(2026, 9, 17), date(2026, 9, 18), date(2026, 9, 21), date(2026, 9, 22))

    head = ["home-head@900001"]
    assert reminders(council, ref) == [
        (date(2026, 9, 17), 2, head),
        (date(2026, 9, 21), 0, head),
        (date(2026, 9, 22), -1, [*head, "inclusion_team"]),
    ]


def test_after_a_long_silence_only_the_last_of_them_is_sent(council: Council) -> None:
    ref = council.open(2)

    let_pass(council, date(2026, 9, 21))

    assert [days for _, days, _ in reminders(council, ref)] == [0]


def test_what_was_done_is_not_reminded_of(council: Council) -> None:
    ref = council.open(3)
    council.complete(ref, "explore_with_family", "home-head", "explore_go_on")

    let_pass(council, date(2026, 9, 18), date(2026, 9, 21))

    done = next(r.event.deadline for r in council.history(ref) if isinstance(r.event, e.DeadlineMet))
    told = [r.event.deadline for r in council.history(ref) if isinstance(r.event, n.ReminderDue)]
    assert done not in told


def test_a_day_that_moves_takes_its_reminders_with_it(council: Council) -> None:
    ref = council.open(4)
    council.close(date(2026, 9, 17))
    council.catch_up()
    assert council.due(ref) == date(2026, 9, 22)

    let_pass(council, date(2026, 9, 17), date(2026, 9, 18))

    assert [(on, days) for on, days, _ in reminders(council, ref)] == [(date(2026, 9, 18), 2)]
