"""What a measure is: data, with the few words of SQL that say what counts."""

from typing import Literal

import msgspec

from services.case.projections.measures.characteristics import CHARACTERISTICS

Unit = Literal[
    "percent",  # numerator of denominator
    "per_100_pupils",  # numerator for every 100 pupils on roll, as the public register of schools has them
    "per_1000_pupils",  # what came less what went, for every 1,000 pupils on roll
    "share_of_all",  # each group's part of all, in per cent
    "days_per_pupil",
    "pounds",
    "score",  # 1 to 5
    "median_school_days",
    "median_school_weeks",
]
Better = Literal["higher", "lower", ""]


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """`numerator` and `denominator` say it for people. `source` names a query of `sources.py`; `day` is the date by
    which something belongs to a period, `where` what is counted at all, `hit` and `of` what each adds to numerator and
    denominator. `counted` is how many pupils or things a row stands for, where small numbers are concerned.

    `between`: two dates; the school days from the first to the second are what the measure is about, counted on the
    calendar of the home school; `at_most`: as numerator those that are not later than this day, the first being day 1.
    `groups`: by what else than of all measures it can be told apart. `better` is the direction that is hoped for.
    """

    id: str
    title: str
    numerator: str
    denominator: str
    unit: Unit
    source: str
    day: str
    where: str = "true"
    hit: str = "1"
    of: str = "1"
    counted: str = "1"
    between: tuple[str, str] | None = None
    at_most: int | None = None
    groups: dict[str, str] = {}
    school: str = "c.home_school"
    better: Better = ""
    note: str = ""

    @property
    def has_parts(self) -> bool:
        """Whether those that are not in the numerator are people or things too, of whom there may be few."""
        return self.unit in ("percent", "per_1000_pupils") and self.of == "1"


DIMENSIONS: dict[str, str] = {  # by what every measure can be told apart
    "school": "",  # the measure's own
    "phase": "coalesce(s.phase, '')",
    "trust": "coalesce(s.details->>'trust', '')",
    "year_group": "c.nc_year",
    "sen": "c.sen_provision",
    "cla": "c.cla",
    "cp": "c.cp",
    "cin": "c.cin",
    **{name: f"c.{name}" for name in CHARACTERISTICS},
}
# What a group belongs to that figures are told apart by as well: what is given there gives away what is left out here.
COARSER: dict[str, tuple[str, ...]] = {
    "school": ("phase", "trust"),
    "year_group": ("phase",),
    "need": ("sen",),
    "provider": ("setting",),
    "deadline": ("strength",),
}
