"""`totals`: notifications in any order, more than once, add up to the same."""

import io
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest

from services.case.__main__ import main
from services.case.clock.half_days import term_of
from services.case.process.checks import UPN_LETTERS

ROOT = Path(__file__).parents[1]


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def totals(told: Iterable[Any], *options: str) -> Done:
    """What the command prints, run in this process."""
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in told)
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()))),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = main(["totals", *options])
    return Done(code, out.getvalue(), err.getvalue())


def lines(told: Iterable[Any], *options: str) -> list[dict[str, Any]]:
    done = totals(told, "--json", *options)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(id: str | int = "a", revision: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": id, "revision": revision, "upn": "B801200005001", "school_urn": "900001", "type": "SUSP",
        "start": "2026-10-19", "half_days": 4, "cancelled": False, **more,
    }  # fmt: skip


def total(half_days: int, lunchtimes: int = 0, term: str = "autumn", **more: Any) -> dict[str, Any]:
    named = {"upn": "B801200005001", "school_year": "2026/27", "term": term}
    return {**named, "half_days": half_days, "lunchtimes": lunchtimes, **more}


def test_lunchtimes_count_as_half_days() -> None:
    assert lines([told("a", half_days=9), told("b", type="LNCH", half_days=2)]) == [total(11, 2)]


def test_the_highest_revision_counts_and_what_is_cancelled_does_not() -> None:
    given = [
        told("a", 2, half_days=6),
        told("a", 1),
        told("b", 1),
        told("b", 2, cancelled=True),
        told("a", 2, half_days=6),
    ]

    assert lines(given) == [total(6)]


def test_half_days_already_out_count_after_a_cancellation() -> None:
    assert lines([told("a", 1, half_days=10), told("a", 2, cancelled=True, half_days_out=3)]) == [total(3)]


def test_a_permanent_exclusion_has_no_half_days() -> None:
    assert lines([told(type="PERM", half_days=0)]) == []


def test_a_correction_may_name_another_pupil() -> None:
    moved = told("a", 2, upn="P937423718250")

    assert lines([moved, told("a", 1)]) == [total(4, upn="P937423718250")]


@pytest.mark.parametrize(
    ("start", "year", "term"),
    [
        ("2026-07-31", "2025/26", "summer"),
        ("2026-08-01", "2026/27", "autumn"),
        ("2026-12-31", "2026/27", "autumn"),
        ("2027-01-01", "2026/27", "spring"),
        ("2027-03-29", "2026/27", "spring"),  # Easter Monday
        ("2027-03-30", "2026/27", "summer"),
    ],
)
def test_terms_turn_on_the_days_of_the_regulations(start: str, year: str, term: str) -> None:
    assert lines([told(start=start)]) == [total(4, term=term, school_year=year)]


def test_three_days_in_december_and_three_in_january_are_three_and_three() -> None:
    given = [told("a", start="2026-12-14", half_days=6), told("b", start="2027-01-11", half_days=6)]

    assert lines(given) == [total(6), total(6, term="spring")]


def test_with_the_calendar_a_suspension_is_parted_at_the_end_of_a_term(tmp_path: Path) -> None:
    calendar = tmp_path / "school.toml"
    calendar.write_text(
        'urn = "900001"\nacademic_year = "2026/27"\nranges = [[2026-09-02, 2026-12-18], [2027-01-05, 2027-07-21]]\n'
    )

    assert lines([told(start="2026-12-17", half_days=8)]) == [total(8)]
    assert lines([told(start="2026-12-17", half_days=8)], "--calendar", str(calendar)) == [
        total(4),
        total(4, term="spring"),
    ]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("B801200005001", "it is not JSON"),
        ("[]", "it is not a JSON object"),
        ("{}", "id is missing"),
        (json.dumps(told(type="B801200005001")), "type is not SUSP, LNCH or PERM"),
        (json.dumps(told(start="19/10/2026")), "start is not a date such as 2026-10-19"),
        (json.dumps(told(start="9999-12-31")), "start is not a date that can be meant"),
        (json.dumps(told(half_days=-1)), "half_days is not a whole number from 0 to 400"),
        (json.dumps(told(half_days=1.5)), "half_days is not a whole number from 0 to 400"),
        (json.dumps(told(upn=None)), "upn is not a text of up to 200 characters"),
        (json.dumps({name: value for name, value in told().items() if name != "half_days"}), "half_days is missing"),
    ],
)
def test_a_line_that_is_no_notification_is_named_and_the_rest_added_up(wrong: str, why: str) -> None:
    done = totals([told("a"), "", wrong, told("b", half_days=2)], "--json")

    assert (done.returncode, [json.loads(line) for line in done.stdout.splitlines()]) == (1, [total(6)])
    assert f"line 3: {why}\n" in done.stderr
    assert "2 notifications were added up, 1 lines passed over" in done.stderr
    assert "B801200005001" not in done.stderr


def test_numbers_of_schools_and_notifications_may_be_written_as_numbers() -> None:
    assert lines([told(7, school_urn=900001), told("7", 2, half_days=6)]) == [total(6)]


def test_a_wrong_check_letter_is_mentioned_and_people_see_numbers_masked() -> None:
    done = totals([told(upn="A801200005001")])

    assert done.returncode == 0
    assert "1 pupil number" in done.stderr
    assert "A801200005001" not in done.stdout + done.stderr
    assert "2 days" in done.stdout


def test_ten_thousand_notifications_shuffled_and_repeated_change_no_total() -> None:
    chance = random.Random(45)
    pupils = [upn(number) for number in range(400)]
    given = [told_by_chance(chance, pupils, number) for number in range(10_000)]
    expected = added_up(given)

    for seed in (1, 2):
        again = random.Random(seed)
        shuffled = given + again.choices(given, k=5_000)
        again.shuffle(shuffled)
        text = "\n".join(json.dumps(one) for one in shuffled)
        command = [sys.executable, "-m", "services.case", "totals", "--json"]
        done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=True)
        assert [json.loads(line) for line in done.stdout.splitlines()] == expected


def told_by_chance(chance: random.Random, pupils: list[str], number: int) -> dict[str, Any]:
    """One in three is a later revision of another: half of these cancel it."""
    id, revision = (number, 1) if number % 3 else (max(number - 1, 1), 2)
    who = random.Random(id)
    start = date(2025, 9, 1) + timedelta(days=chance.randrange(600))
    return told(
        f"n{id}",
        revision,
        upn=pupils[who.randrange(len(pupils))],
        type=chance.choice(["SUSP", "SUSP", "LNCH"]),
        start=start.isoformat(),
        half_days=chance.randint(1, 10),
        cancelled=revision == 2 and chance.random() < 0.5,
    )


def added_up(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The totals, another way: the last revision of each id, then a sum."""
    latest = {one["id"]: one for one in sorted(given, key=lambda one: one["revision"])}
    half_days: Counter[tuple[str, str, str]] = Counter()
    lunchtimes: Counter[tuple[str, str, str]] = Counter()
    for one in latest.values():
        term = term_of(date.fromisoformat(one["start"]))
        place = (one["upn"], term.school_year, term.name)
        if not one["cancelled"]:
            half_days[place] += one["half_days"]
            lunchtimes[place] += one["half_days"] if one["type"] == "LNCH" else 0
    return [
        {"upn": p[0], "school_year": p[1], "term": p[2], "half_days": n, "lunchtimes": lunchtimes[p]}
        for p, n in sorted(half_days.items())
    ]


def upn(number: int) -> str:
    """A made-up number with its right check letter."""
    digits = f"93742370{number:04}"
    return UPN_LETTERS[sum(int(d) * w for w, d in enumerate(digits, 2)) % 23] + digits
