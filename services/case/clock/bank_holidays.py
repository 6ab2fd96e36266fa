"""Bank holidays of England and Wales (Banking and Financial Dealings Act 1971, and proclamations)."""

from datetime import date
from functools import cache

import holidays

FIRST_YEAR, LAST_YEAR = 1990, 2100


class DateOutOfReach(ValueError):
    """Dates are counted between 1990 and 2100 only."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def check_reach(start_year: int) -> None:
    """Raises DateOutOfReach for an academic year that cannot be laid out."""
    if not FIRST_YEAR <= start_year < LAST_YEAR:
        raise DateOutOfReach


@cache
def _named(year: int) -> dict[date, str]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateOutOfReach
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year).items())


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of a calendar year, days given in lieu of a weekend included."""
    return frozenset(_named(year))


def is_bank_holiday(day: date) -> bool:
    """Whether banks are shut that day by law."""
    return day in bank_holidays(day.year)


def easter_monday(year: int) -> date:
    """The date that ends the spring term for exclusion totals (SI 2012/1033)."""
    return next(day for day, name in _named(year).items() if name == "Easter Monday")
