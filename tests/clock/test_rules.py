"""The table of law."""

from datetime import date

import pytest

from services.case.clock.rules import LAW, NotInForce, law, law_number
from services.case.clock.time_limits import TIME_LIMITS, time_limit

ON = date(2026, 11, 25)


def test_every_time_limit_from_x1_to_x24_is_there_with_its_source_and_date() -> None:
    codes = [limit.code for limit in TIME_LIMITS]
    assert codes == [f"X{n}" for n in range(1, 7)] + ["X6a"] + [f"X{n}" for n in range(7, 25)]
    assert all(limit.citation and limit.duty and limit.trigger for limit in TIME_LIMITS)
    assert all(time_limit(code, ON).code == code for code in codes)


@pytest.mark.parametrize(
    ("code", "count", "unit"),
    [
        ("X6", 6, "school_days"),
        ("X8", 45, "school_days"),
        ("X9", 15, "school_days"),
        ("X10", 50, "school_days"),
        ("X12", 15, "school_days"),
        ("X13", 5, "school_days"),
        ("X15", 15, "school_days"),
        ("X16", 15, "school_days"),
        ("X18", 10, "school_days"),
        ("X20", 2, "working_days"),
        ("X21", 6, "calendar_months"),
    ],
)
def test_a_limit_is_as_long_as_the_law_says(code: str, count: int, unit: str) -> None:
    limit = time_limit(code, ON)
    assert (limit.count(ON), limit.unit) == (count, unit)


def test_a_rule_has_no_value_before_it_was_law() -> None:
    assert law("roll.laReturnDays", date(2024, 8, 19)).value == 5
    with pytest.raises(NotInForce, match=r"roll\.laReturnDays has no value in law on 2024-08-18"):
        law("roll.laReturnDays", date(2024, 8, 18))
    with pytest.raises(NotInForce):
        time_limit("X24", date(2023, 8, 31))
    with pytest.raises(NotInForce):
        law("mm.ehcpGate", ON)


def test_constants_of_law_are_looked_up_by_key() -> None:
    assert {row.key for row in LAW} >= {"osd.noticeSchoolDaysBeforeStart", "fap.placeSchoolDays", "sar.months"}
    assert law_number("osd.parentReviewRequest.lookbackWeeks", ON) == 10
    assert law("prov.pexProviderDefault", ON).value == "HOME_LA"
