"""The `due` command as a person types it."""

import argparse
import json
from collections.abc import Callable

import pytest

from services.case.commands import due
from tests.clock.schools import CALENDARS

Typed = Callable[[str], tuple[int, str, str]]
W, A, B = (f"--calendar {CALENDARS / letter}.toml" for letter in "wab")


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    parser = argparse.ArgumentParser(prog="services.case")
    due.register(parser.add_subparsers())

    def run(line: str) -> tuple[int, str, str]:
        try:
            arguments = parser.parse_args(["due", *line.split()])
            code = arguments.run(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("line", "date"),
    [
        (f"{W} --within 15 --after 2026-10-06", "2026-11-03"),
        (f"{A} --within 15 --after 2026-10-06", "2026-11-04"),
        (f"{W} --before 2 --start 2026-11-03", "2026-10-22"),
        (f"{W} --before 2 --start 2026-11-03 --lenient", "2026-10-23"),
        (f"{W} --sixth-day 2026-10-22", "2026-11-05"),
        (f"{W} --school-weeks 8 --from 2026-10-05", "2026-12-04"),
        (f"{W} --posted-first-class 2026-11-27 --within 15", "2027-01-06"),
        (f"{A} {B} --before 2 --start 2026-11-04", "2026-10-15"),
    ],
)
def test_the_last_line_is_the_date_and_the_lines_above_explain_it(typed: Typed, line: str, date: str) -> None:
    code, out, err = typed(line)
    assert (code, err) == (0, "")
    *explained, last = out.splitlines()
    assert last == date
    assert "PROVISIONAL" not in out
    assert any("skipped" in sentence for sentence in explained)


def test_a_provisional_date_says_so_in_the_line_above_it(typed: Typed) -> None:
    code, out, _ = typed(f"{W} --within 15 --after 2027-07-12")
    assert code == 0
    assert out.splitlines()[-2:] == ["PROVISIONAL", "2027-09-13"]


def test_machines_get_one_object(typed: Typed) -> None:
    code, out, _ = typed(f"{A} --within 15 --after 2026-10-06 --json")
    told = json.loads(out)
    assert (code, told["due"], told["provisional"]) == (0, "2026-11-04", False)
    assert "day 13 skipped: INSET, Fri 23 Oct 2026" in told["explanation"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"{W}", "do not make one question"),
        (f"{W} --within 15", "do not make one question"),
        (f"{W} --within 15 --after 2026-10-06 --sixth-day 2026-10-22", "do not make one question"),
        (f"{W} --sixth-day 2026-10-22 --lenient", "--lenient goes with --before"),
        (f"{W} --within 15 --after 2026-02-30", "2026-02-30 is not a date such as 2026-10-06"),
        (f"{W} --within 15 --after 6/10/2026", "6/10/2026 is not a date such as 2026-10-06"),
        (f"{W} --within 15 --after 9999-12-31", "too far away"),
        (f"{W} --within -1 --after 2026-10-06", "-1 is not a number from 1 to 1000"),
        (f"{W} {W} --sixth-day 2026-10-22", "a second calendar of 900003 for 2026/27"),
        ("--calendar missing.toml --sixth-day 2026-10-22", "missing.toml: cannot be read"),
        (f"--calendar {CALENDARS.parent / '__init__.py'} --sixth-day 2026-10-22", "__init__.py: "),
        ("--sixth-day 2026-10-22", "--calendar"),
    ],
)
def test_wrong_use_ends_with_2_and_a_sentence(typed: Typed, line: str, sentence: str) -> None:
    code, out, err = typed(line)
    assert (code, out) == (2, "")
    assert sentence in err
