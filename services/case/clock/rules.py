"""What the law fixes and no authority may change: each value with its source and the date it holds from.

A change of law is a new row with its own date; the old one stays, so an old case is judged by the old law.
The keys are those of the parameter catalogue (`services/case/policy/catalogue.py`).
"""

from datetime import date

import msgspec

LawValue = int | str


class LawConstant(msgspec.Struct, frozen=True):
    """One value of one key, in force from `effective_from` until a later row of the same key."""

    key: str
    value: LawValue
    unit: str
    effective_from: date
    citation: str


class NotInForce(LookupError):
    """No law gave this rule on that day; the message names both."""

    def __init__(self, key: str, on: date) -> None:
        super().__init__(f"{key} has no value in law on {on}")


_EXCLUSION = date(2012, 9, 1)  # SI 2012/1033 in force
_SIXTH_DAY = date(2007, 9, 1)  # SI 2007/1870 in force
_PUPIL_RECORDS = date(2005, 9, 1)  # SI 2005/1437 in force

LAW: tuple[LawConstant, ...] = (
    LawConstant("osd.noticeSchoolDaysBeforeStart", 2, "school days", date(2010, 9, 1), "SI 2010/1156"),
    LawConstant(
        "osd.parentReviewRequest.lookbackWeeks",
        10,
        "weeks",
        date(2013, 1, 1),
        "SI 2010/1156 as amended by SI 2012/2532",
    ),
    LawConstant("susp.maxDaysPerAcademicYear", 45, "school days", _EXCLUSION, "SI 2012/1033"),
    LawConstant("susp.thresholdLow", 5, "school days in a term", _EXCLUSION, "SI 2012/1033"),
    LawConstant("susp.thresholdHigh", 15, "school days in a term", _EXCLUSION, "SI 2012/1033"),
    LawConstant("gb.reviewSchoolDays", 15, "school days", _EXCLUSION, "SI 2012/1033"),
    LawConstant("gb.reviewOnRequestSchoolDays", 50, "school days", _EXCLUSION, "SI 2012/1033"),
    LawConstant("irp.applySchoolDays", 15, "school days", _EXCLUSION, "SI 2012/1033 Sch 1"),
    LawConstant("irp.hearSchoolDays", 15, "school days", _EXCLUSION, "SI 2012/1033 Sch 1"),
    LawConstant("irp.reconsiderSchoolDays", 10, "school days", _EXCLUSION, "SI 2012/1033 Sch 1"),
    LawConstant("prov.sixthDay", 6, "school day", _SIXTH_DAY, "SI 2007/1870; SI 2014/3216"),
    LawConstant("prov.pexProviderDefault", "HOME_LA", "", _SIXTH_DAY, "SI 2007/1870; SI 2012/1033 Sch 2"),
    LawConstant("fap.placeSchoolDays", 20, "school days", date(2021, 9, 1), "School Admissions Code 2021"),
    LawConstant("roll.laReturnDays", 5, "calendar days", date(2024, 8, 19), "SI 2024/208 reg 13(1)"),
    LawConstant("ctf.sendSchoolDays", 15, "school days", _PUPIL_RECORDS, "SI 2005/1437"),
    LawConstant("sar.months", 1, "months", date(2018, 5, 25), "UK GDPR article 12(3)"),
    LawConstant("sar.extensionMonths", 2, "months", date(2018, 5, 25), "UK GDPR article 12(3)"),
    LawConstant("edrecord.schoolDays", 15, "school days", _PUPIL_RECORDS, "SI 2005/1437"),
)

_ROWS: dict[str, list[LawConstant]] = {}
for _row in sorted(LAW, key=lambda row: row.effective_from, reverse=True):
    _ROWS.setdefault(_row.key, []).append(_row)

LAW_KEYS = frozenset(_ROWS)


def law(key: str, on: date) -> LawConstant:
    """The value of a key by the law of that day. Raises NotInForce before its first row."""
    for row in _ROWS.get(key, ()):
        if row.effective_from <= on:
            return row
    raise NotInForce(key, on)


def law_number(key: str, on: date) -> int:
    """The same for a key that is a number."""
    value = law(key, on).value
    assert isinstance(value, int)
    return value
