"""`totals`: adds up notifications of suspensions and exclusions per pupil and statutory term."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from services.case.application.notifications import (
    DaysOf,
    Notification,
    counting,
    sorted_out,
)
from services.case.clock.calendar_files import CalendarShelf, read_calendar_file
from services.case.clock.calendar_text import CalendarRefused
from services.case.domain.pupil import TermTotal, totals_of
from services.case.process.checks import upn_is_right

GOOD, FINDINGS, WRONG_USE = 0, 1, 2

_DESCRIPTION = """\
Reads notifications from standard input, one JSON object a line:

  {"id", "revision", "upn", "school_urn", "type": "SUSP"|"LNCH"|"PERM", "start", "half_days", "cancelled"}

in any order, more than once; of each id the highest revision counts. Prints, per pupil and statutory term, the half
days out, lunchtimes among them, each as one. A permanent exclusion counts no half days, a cancelled one only its
"half_days_out", for which the pupil was out all the same.

A line that is no notification is reported with its number and reason and passed over: the rest is added up, and the
exit code is 1.

All half days fall in the term of the first, unless the school's calendar is given.
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser of `python -m services.case`."""
    parser = subparsers.add_parser(
        "totals",
        help="add up suspensions per pupil and term",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line, with the pupil numbers in full")
    parser.add_argument(
        "--calendar",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        dest="calendars",
        help="a school's calendar (TOML), to part what reaches over the end of a term; may be repeated",
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints the totals. 1 if a line was passed over, 2 for a calendar that is not accepted."""
    try:
        days_of = _days_of(given.calendars)
    except (CalendarRefused, OSError) as refused:
        print(f"totals: {refused}", file=sys.stderr)
        return WRONG_USE
    told, wrong = sorted_out(sys.stdin.buffer)
    for number, why in wrong.items():
        print(f"totals: line {number}: {why}", file=sys.stderr)
    _warn_of_numbers(told.values())
    for upn, entries in sorted(counting(told.values(), days_of).items()):
        for total in totals_of(entries):
            print(_json(upn, total) if given.json else _line(upn, total))
    if wrong:
        print(f"totals: {len(told)} notifications were added up, {len(wrong)} lines passed over", file=sys.stderr)
    return FINDINGS if wrong else GOOD


def _days_of(files: Iterable[Path]) -> DaysOf:
    shelf = CalendarShelf()
    for file in files:
        shelf.add(read_calendar_file(file), file.name)
    named = {urn for calendar in shelf.calendars for urn in (calendar.urn, *calendar.schools) if urn}
    return lambda urn: shelf.school(urn, "") if urn in named else None


def _warn_of_numbers(told: Iterable[Notification]) -> None:
    wrong = sorted({one.upn for one in told if not upn_is_right(one.upn)})
    if wrong:
        print(f"totals: {len(wrong)} pupil numbers have a check letter that does not fit the rest", file=sys.stderr)


def _json(upn: str, total: TermTotal) -> str:
    line: dict[str, Any] = {"upn": upn, **msgspec.structs.asdict(total)}
    return msgspec.json.encode(line).decode()


def _line(upn: str, total: TermTotal) -> str:
    """For people: the number is masked, for it is not for lists."""
    days = f"{total.half_days / 2:g}"
    lunchtimes = f", {total.lunchtimes} lunchtimes among them" if total.lunchtimes else ""
    return f"{upn[0]}********{upn[-4:]}  {total.school_year} {total.term:<6}  {days:>5} days{lunchtimes}"
