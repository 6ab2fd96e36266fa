"""What counts as a school day, whose days they are, and what stands in for a missing calendar."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from services.case.clock import other_days, school_days
from services.case.clock.bank_holidays import DateOutOfReach
from services.case.clock.calendar import Calendar
from services.case.clock.calendar_files import load_calendars
from services.case.clock.calendar_text import read_calendar
from services.case.clock.due_date import DueDate, earlier_of, later_of
from services.case.clock.explanation import explain
from services.case.clock.half_days import spread
from services.case.clock.school_calendar import JointCalendar, SchoolCalendar, is_school_day, why_not
from tests.clock.schools import CALENDARS, A, B, W, d

BPMN = Path(__file__).parents[2] / "bpmn"
W_TEXT = (CALENDARS / "w.toml").read_text()


def _with(extra: str) -> SchoolCalendar:
    return SchoolCalendar([read_calendar(W_TEXT + extra, "w.toml")])


def test_a_bank_holiday_inside_a_range_is_no_school_day_without_being_written_down() -> None:
    assert why_not(B, d("3 May 2027")) == "bank holiday"
    counted = school_days.within(B, 5, d("29 Apr 2027"))
    assert counted.due == d("7 May 2027")
    assert "day 2 skipped: bank holiday, Mon 3 May 2027" in explain(counted)


def test_an_inset_day_is_named_in_the_explanation() -> None:
    counted = school_days.within(A, 15, d("2 Feb 2027"))
    lines = explain(counted)
    assert lines[1] == "day 1: Wed 3 Feb 2027"
    assert "day 9 skipped: INSET, Mon 22 Feb 2027" in lines
    assert lines[-1] == "due Wed 3 Mar 2027: 15 school days after Tue 2 Feb 2027, by the calendar of 900001"


def test_an_explanation_comes_whole_from_the_stored_date() -> None:
    letter = other_days.deemed_service(d("27 Nov 2026"))
    counted = msgspec.structs.replace(school_days.within(W, 15, letter.due), served=letter)
    stored = msgspec.json.encode(counted)
    assert explain(msgspec.json.decode(stored, type=DueDate)) == explain(counted)
    assert len(stored) < 500


def test_a_half_day_is_a_school_day_with_one_session() -> None:
    school = _with('[[half_day]]\ndate = 2026-12-18\nsession = "am"\n')
    assert is_school_day(school, d("18 Dec 2026"))
    assert list(spread(school, d("17 Dec 2026"), 4)) == [
        (d("17 Dec 2026"), 2),
        (d("18 Dec 2026"), 1),
        (d("5 Jan 2027"), 1),
    ]


def test_a_day_open_to_some_years_is_a_school_day_and_for_the_others_no_day_of_their_count() -> None:
    school = _with('[[year_group]]\ndates = [2026-10-23, 2026-10-26]\nopen = ["11"]\n')
    assert is_school_day(school, d("23 Oct 2026"))
    assert is_school_day(school, d("26 Oct 2026"))
    assert is_school_day(school.for_year_group("11"), d("26 Oct 2026"))
    assert why_not(school.for_year_group("9"), d("23 Oct 2026")) == "no session for year 9"
    sixth = [school_days.sixth_day(school.for_year_group(year), d("22 Oct 2026")).due for year in ("11", "9")]
    assert sixth == [d("4 Nov 2026"), d("6 Nov 2026")]


def test_years_that_are_closed_out_miss_the_day_only_in_their_own_count() -> None:
    school = _with('[[year_group]]\ndate = 2026-10-22\nclosed = ["12", "13"]\n')
    assert is_school_day(school, d("22 Oct 2026"))
    assert is_school_day(school.for_year_group("11"), d("22 Oct 2026"))
    assert not is_school_day(school.for_year_group("12"), d("22 Oct 2026"))


def test_a_joint_meeting_needs_a_day_on_which_both_schools_are_open() -> None:
    both = JointCalendar(A, B)
    assert why_not(both, d("19 Oct 2026")) == "holiday at 900004"
    assert why_not(both, d("22 Feb 2027")) == "INSET at 900001"
    assert school_days.nth_from(both, 1, d("17 Oct 2026")) == d("3 Nov 2026")


def test_a_notice_is_counted_on_the_calendar_that_gives_the_earlier_date() -> None:
    dues = [school_days.before(school, 2, d("4 Nov 2026")) for school in (A, B)]
    notice = earlier_of(dues)
    assert notice.due == d("15 Oct 2026")
    assert later_of(dues).due == d("22 Oct 2026")
    assert explain(notice)[-2:] == ["by 900001 alone: Thu 22 Oct 2026", "by 900004 alone: Thu 15 Oct 2026"]


def test_suspensions_with_a_school_day_between_them_are_counted_apart() -> None:
    spans = [(d("20 Nov 2026"), d("24 Nov 2026")), (d("16 Nov 2026"), d("18 Nov 2026"))]
    assert school_days.sixth_days(W, spans) == ()
    with_weekend = [(d("16 Nov 2026"), d("20 Nov 2026")), (d("23 Nov 2026"), d("23 Nov 2026"))]
    assert [due.due for due in school_days.sixth_days(W, with_weekend)] == [d("23 Nov 2026")]


def test_the_authoritys_calendar_stands_in_for_a_missing_one_and_says_so() -> None:
    default = read_calendar(W_TEXT.replace('urn = "900003"', 'authority = "937"\ndefault = true'), "d.toml")
    counted = school_days.within(SchoolCalendar(default=[default], name="900009"), 15, d("6 Oct 2026"))
    assert (counted.due, counted.provisional, counted.calendars) == (d("3 Nov 2026"), True, ("900009",))
    assert explain(counted)[-1] == (
        "provisional: no calendar of 900009 for 2026/27: the authority's default calendar is used"
    )


def test_without_any_calendar_weekdays_are_counted_and_the_date_is_provisional() -> None:
    counted = school_days.within(SchoolCalendar(name="900009"), 5, d("24 Dec 2026"))
    assert (counted.due, counted.provisional) == (d("5 Jan 2027"), True)


def test_a_notice_that_reaches_back_into_a_missing_year_is_provisional() -> None:
    assert school_days.before(W, 2, d("2 Sep 2026")).provisional
    assert not school_days.before(W, 2, d("7 Sep 2026")).provisional
    assert not school_days.within(W, 1, d("31 Jul 2026")).provisional


@pytest.mark.parametrize("day", [date.min, date.max, date(1800, 1, 1), date(2150, 1, 1)])
def test_dates_out_of_all_proportion_are_refused(day: date) -> None:
    for count in (school_days.within, school_days.before, school_days.school_weeks, school_days.nth_day):
        with pytest.raises(DateOutOfReach):
            count(W, 3, day)
    with pytest.raises(school_days.CountTooSmall):
        school_days.within(W, 0, d("6 Oct 2026"))


def test_months_end_on_the_last_day_where_the_next_is_shorter_and_limits_roll_to_a_working_day() -> None:
    due = other_days.after(1, "calendar_months", d("31 Jan 2027")).due
    assert due == d("28 Feb 2027")
    assert other_days.working_day_from(due) == d("1 Mar 2027")
    assert other_days.ahead(1, "calendar_months", d("31 Mar 2027")).due == d("28 Feb 2027")


def test_the_shipped_calendars_give_the_two_schools_of_the_example_calendar_a() -> None:
    shelf = load_calendars(BPMN / "calendars")
    for urn in ("900001", "900002"):
        school = shelf.school(urn, "937")
        assert (school.year(2026).days, school.year(2026).assumed) == (A.year(2026).days, "")
    assert shelf.school("900003", "937").year(2026).days == W.year(2026).days
    assert school_days.within(shelf.school("900009", "937"), 15, d("6 Oct 2026")).provisional
    assert not school_days.within(shelf.school("900101", "885"), 15, d("6 Oct 2026")).provisional


def test_a_calendar_can_be_stored_and_read_again() -> None:
    calendar = read_calendar(W_TEXT, "w.toml")
    assert msgspec.json.decode(msgspec.json.encode(calendar), type=Calendar) == calendar
