"""The periods for which figures are given: school years, statutory terms, calendar quarters and months."""

import re
from datetime import date
from functools import lru_cache

import msgspec

from services.case.clock.bank_holidays import easter_monday
from services.case.clock.calendar import ONE_DAY, academic_year_name
from services.case.clock.half_days import Term, TermName, term_of

TERMS: tuple[TermName, ...] = ("autumn", "spring", "summer")
SCHOOL_YEAR = re.compile(r"(20[0-9]{2})/([0-9]{2})")
TERM = re.compile(rf"({SCHOOL_YEAR.pattern}) (autumn|spring|summer)")
QUARTER = re.compile(r"(20[0-9]{2})-Q([1-4])")
MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


class PeriodUnknown(ValueError):
    """Name a period as 2026/27 (a school year), 2026/27 autumn (a term), 2026-Q4 (a quarter) or 2026-11 (a month)."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Period(msgspec.Struct, frozen=True):
    """`first` and `last` day are both included."""

    name: str
    first: date
    last: date

    @property
    def school_year(self) -> str:
        """The school year in which it begins."""
        return term_of(self.first).school_year

    @property
    def terms(self) -> tuple[Term, ...]:
        """The statutory terms that it consists of, none if it does not consist of whole terms."""
        year = tuple(Term(self.school_year, name) for name in TERMS)
        for terms in (year, *((term,) for term in year)):
            if (terms[0].span[0], terms[-1].span[1]) == (self.first, self.last):
                return terms
        return ()


def read_period(name: str) -> Period:
    """The period of a name. Raises PeriodUnknown."""
    if found := SCHOOL_YEAR.fullmatch(name):
        year = _year(found)
        return Period(name, year[0].span[0], year[-1].span[1])
    if found := TERM.fullmatch(name):
        term = _year(found, 2)[("autumn", "spring", "summer").index(found[4])]
        return Period(name, *term.span)
    if found := QUARTER.fullmatch(name):
        return _months(name, int(found[1]), 3 * int(found[2]) - 2, 3)
    if found := MONTH.fullmatch(name):
        return _months(name, int(found[1]), int(found[2]), 1)
    raise PeriodUnknown


def _year(found: re.Match[str], group: int = 1) -> list[Term]:
    name = academic_year_name(int(found[group]))
    if not found[0].startswith(name):
        raise PeriodUnknown
    return [Term(name, term) for term in TERMS]


def _months(name: str, year: int, month: int, count: int) -> Period:
    following = month + count
    end = date(year + (following > 12), (following - 1) % 12 + 1, 1)
    return Period(name, date(year, month, 1), end - ONE_DAY)


def before(period: Period) -> Period:
    """The period of the same kind that it is compared with: that of the year before, so that seasons do not matter."""
    earlier = int(period.name[:4]) - 1
    name = f"{earlier}{period.name[4:]}"
    if "/" in period.name:
        name = f"{academic_year_name(earlier)}{period.name[7:]}"
    return read_period(name)


def latest_year(day: date) -> Period:
    """The school year of a day."""
    return read_period(term_of(day).school_year)


def span_index(day: date) -> int:
    """The number of the shortest span of days that periods share: months, that with Easter Monday in two parts. Every
    period consists of whole spans."""
    summer = _summer_begins(day.year)
    return (day.year * 12 + day.month - 1) * 2 + (summer <= day and summer.month == day.month)


def spans_of(period: Period) -> range:
    """The numbers of the spans that the period consists of; some name no days."""
    return range(span_index(period.first), span_index(period.last) + 1)


def term_of_span(number: int) -> Term:
    """The statutory term in which a span lies."""
    month, second = divmod(number, 2)
    first = date(month // 12, month % 12 + 1, 1)
    return term_of(_summer_begins(first.year) if second else first)


@lru_cache(maxsize=64)
def _summer_begins(year: int) -> date:
    return easter_monday(year) + ONE_DAY
