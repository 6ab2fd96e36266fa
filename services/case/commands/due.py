"""`due`: counts a date on school calendars and shows day by day how."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path

import msgspec

from services.case.clock import other_days, school_days
from services.case.clock.bank_holidays import FIRST_YEAR, LAST_YEAR, DateOutOfReach
from services.case.clock.calendar import Calendar
from services.case.clock.calendar_files import read_calendar_file
from services.case.clock.calendar_text import CalendarRefused
from services.case.clock.due_date import DueDate, earlier_of, served_by
from services.case.clock.explanation import explain
from services.case.clock.school_calendar import SchoolCalendar

LARGEST_COUNT = 1000
GOOD, WRONG_USE = 0, 2
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

_DESCRIPTION = """\
Counts a date in school days and prints how, day by day; the last line is the date.

  --within 15 --after 2026-10-06                the last day of 15 school days after that day
  --within 15 --posted-first-class 2026-11-27   the same, from the second working day after posting
  --before 2 --start 2026-11-03 [--lenient]     the last day for a notice of 2 clear school days
  --sixth-day 2026-10-22                        the sixth school day of an exclusion starting then
  --school-weeks 8 --from 2026-10-05            the last day of 8 school weeks

Several --calendar files of one school are its years. Those of different schools must all be kept: the date is
found for each school, and the earliest is given. An authority's default calendar among them stands in for years
that a school lacks. A date that needed a missing calendar has the line PROVISIONAL above it.
"""


class WrongUse(ValueError):
    """The options do not go together; the message says how."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser of `python -m services.case`."""
    parser = subparsers.add_parser(
        "due",
        help="count a date in school days, explained",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--calendar",
        action="append",
        type=Path,
        required=True,
        metavar="FILE",
        dest="calendars",
        help="a school's calendar (TOML); may be repeated",
    )
    parser.add_argument("--within", type=_count, metavar="N", help="N school days after a day, which is day 0")
    parser.add_argument("--after", type=_day, metavar="DATE", help="the day that --within counts from")
    parser.add_argument("--posted-first-class", type=_day, metavar="DATE", help="count from deemed service")
    parser.add_argument("--before", type=_count, metavar="N", help="not less than N school days before a day")
    parser.add_argument("--start", type=_day, metavar="DATE", help="the day that --before is ahead of")
    parser.add_argument("--lenient", action="store_true", help="with --before: the day of the notice counts")
    parser.add_argument("--sixth-day", type=_day, metavar="DATE", help="first day of an exclusion, day 1")
    parser.add_argument("--school-weeks", type=_count, metavar="N", help="N weeks with school")
    parser.add_argument("--from", type=_day, metavar="DATE", dest="first", help="first day of --school-weeks")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints the date. 0 when it was found, 2 for options that do not go together or a calendar not accepted."""
    try:
        count = _question(args)
        schools = _schools(args.calendars)
        due = earlier_of([count(school) for school in schools])
    except (CalendarRefused, WrongUse, DateOutOfReach) as refusal:
        print(f"due: {refusal}", file=sys.stderr)
        return WRONG_USE
    (_print_json if args.json else _print_lines)(due)
    return GOOD


def _question(args: argparse.Namespace) -> Callable[[SchoolCalendar], DueDate]:
    """The one question that the options ask, to be put to each school."""
    given = frozenset(name for name in _OPTIONS if getattr(args, name) is not None)
    question = _QUESTIONS.get(given)
    if question is None:
        raise WrongUse("these options do not make one question; --help lists the five that can be asked")
    if args.lenient and args.before is None:
        raise WrongUse("--lenient goes with --before")
    return partial(question, args)


def _after(args: argparse.Namespace, school: SchoolCalendar) -> DueDate:
    return school_days.within(school, args.within, args.after)


def _after_letter(args: argparse.Namespace, school: SchoolCalendar) -> DueDate:
    letter = other_days.deemed_service(args.posted_first_class)
    return served_by(letter, school_days.within(school, args.within, letter.due))


def _before(args: argparse.Namespace, school: SchoolCalendar) -> DueDate:
    return school_days.before(school, args.before, args.start, lenient=args.lenient)


def _sixth_day(args: argparse.Namespace, school: SchoolCalendar) -> DueDate:
    return school_days.sixth_day(school, args.sixth_day)


def _weeks(args: argparse.Namespace, school: SchoolCalendar) -> DueDate:
    return school_days.school_weeks(school, args.school_weeks, args.first)


_QUESTIONS: dict[frozenset[str], Callable[[argparse.Namespace, SchoolCalendar], DueDate]] = {
    frozenset({"within", "after"}): _after,
    frozenset({"within", "posted_first_class"}): _after_letter,
    frozenset({"before", "start"}): _before,
    frozenset({"sixth_day"}): _sixth_day,
    frozenset({"school_weeks", "first"}): _weeks,
}
_OPTIONS = frozenset().union(*_QUESTIONS)


def _schools(files: Iterable[Path]) -> list[SchoolCalendar]:
    """One school for each holder of calendars; the authority's defaults stand in, unless they are all there is."""
    years: dict[str, dict[int, Calendar]] = {}
    for file in files:
        calendar = read_calendar_file(file)
        held = years.setdefault(calendar.holder, {})
        if calendar.start_year in held:
            reason = f"a second calendar of {calendar.holder} for {calendar.academic_year}"
            raise CalendarRefused(file.name, "academic_year", reason)
        held[calendar.start_year] = calendar
    groups = [list(held.values()) for held in years.values()]
    own = [group for group in groups if not group[0].default] or groups
    defaults = [calendar for group in groups if group not in own for calendar in group]
    return [SchoolCalendar(group, defaults) for group in own]


def _print_lines(due: DueDate) -> None:
    lines = [*explain(due), *(["PROVISIONAL"] if due.provisional else []), due.due.isoformat()]
    print("\n".join(lines))


def _print_json(due: DueDate) -> None:
    told = {"due": due.due, "provisional": due.provisional, "explanation": explain(due), "counted": due}
    print(msgspec.json.encode(told).decode())


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text if _ISO_DATE.fullmatch(text) else "")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a date such as 2026-10-06") from error
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise argparse.ArgumentTypeError(f"{text} is too far away to be counted")
    return day


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LARGEST_COUNT):
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to {LARGEST_COUNT}")
    return int(text)
