"""The worked examples of school-day arithmetic, each by its number."""

from datetime import date

import pytest

from services.case.clock import half_days, other_days, school_days
from services.case.clock.due_date import served_by
from services.case.clock.school_calendar import SchoolCalendar
from tests.clock.schools import CALENDARS, A, B, W, d

_W_NEXT = (CALENDARS / "w.toml").read_text()


@pytest.mark.parametrize(("school", "days"), [(W, 193), (A, 190), (B, 190)], ids="WAB")
def test_the_calendars_have_as_many_school_days_as_they_say(school: SchoolCalendar, days: int) -> None:
    assert len(school.year(2026).days) == days


@pytest.mark.parametrize(
    ("number", "school", "count", "after", "due"),
    [
        (1, W, 15, "6 Oct 2026", "3 Nov 2026"),
        (2, A, 15, "6 Oct 2026", "4 Nov 2026"),
        (4, W, 15, "9 Dec 2026", "14 Jan 2027"),
        (5, W, 15, "10 Oct 2026", "6 Nov 2026"),
        (5, W, 15, "9 Oct 2026", "6 Nov 2026"),
        (6, W, 50, "14 Sep 2026", "30 Nov 2026"),
        (10, W, 10, "19 Mar 2027", "19 Apr 2027"),
        (30, W, 20, "30 Nov 2026", "12 Jan 2027"),
    ],
)
def test_so_many_school_days_after(number: int, school: SchoolCalendar, count: int, after: str, due: str) -> None:
    counted = school_days.within(school, count, d(after))
    assert (counted.due, counted.provisional) == (d(due), False)


def test_8_a_letter_by_first_class_post_starts_the_count_when_it_is_deemed_given() -> None:
    letter = other_days.deemed_service(d("27 Nov 2026"))
    limit = served_by(letter, school_days.within(W, 15, letter.due))
    assert letter.due == d("1 Dec 2026")
    assert limit.due == d("6 Jan 2027")
    assert school_days.within(W, 15, d("27 Nov 2026")).due == d("18 Dec 2026")


@pytest.mark.parametrize(("school", "due"), [(W, "5 Nov 2026"), (A, "6 Nov 2026")], ids="WA")
def test_11_the_sixth_day_counts_the_first(school: SchoolCalendar, due: str) -> None:
    assert school_days.sixth_day(school, d("22 Oct 2026")).due == d(due)


def test_13_back_to_back_suspensions_count_together() -> None:
    spans = [(d("16 Nov 2026"), d("18 Nov 2026")), (d("19 Nov 2026"), d("23 Nov 2026"))]
    (duty,) = school_days.sixth_days(W, spans)
    assert duty.due == d("23 Nov 2026")


@pytest.mark.parametrize(
    ("number", "school", "count", "start", "clear", "lenient"),
    [
        (15, W, 2, "3 Nov 2026", "22 Oct 2026", "23 Oct 2026"),
        (15, A, 2, "3 Nov 2026", "21 Oct 2026", "22 Oct 2026"),
        (26, W, 5, "5 Nov 2026", "21 Oct 2026", "22 Oct 2026"),
    ],
)
def test_not_less_than_so_many_days_before(
    number: int, school: SchoolCalendar, count: int, start: str, clear: str, lenient: str
) -> None:
    assert school_days.before(school, count, d(start)).due == d(clear)
    assert school_days.before(school, count, d(start), lenient=True).due == d(lenient)


@pytest.mark.parametrize(
    ("number", "weeks", "start", "due"),
    [
        (17, 6, "2 Nov 2026", "11 Dec 2026"),
        (18, 8, "5 Oct 2026", "4 Dec 2026"),
        (20, 16, "5 Oct 2026", "12 Feb 2027"),
    ],
)
def test_school_weeks_leave_out_weeks_without_school(number: int, weeks: int, start: str, due: str) -> None:
    assert school_days.school_weeks(W, weeks, d(start)).due == d(due)


def test_21_the_cap_may_be_reached_and_not_passed() -> None:
    used, on = 89, d("1 Jun 2027")
    assert not half_days.check_cap(used, 2, on).allowed
    assert half_days.check_cap(used, 1, on).allowed
    assert half_days.check_cap(used, 2, on).left == 1


def test_22_lunchtimes_are_half_days_and_take_a_total_over_five_days() -> None:
    on = d("1 Dec 2026")
    assert half_days.board_duty(9, on) == "none"
    assert half_days.board_duty(9 + 2, on) == "on_request"
    assert half_days.board_duty(30, on) == "on_request"
    assert half_days.board_duty(31, on) == "always"


def test_24_a_term_ends_on_31_december() -> None:
    entries = [*half_days.spread(W, d("16 Dec 2026"), 12)]
    totals = half_days.term_totals(entries)
    assert totals == {half_days.Term("2026/27", "autumn"): 6, half_days.Term("2026/27", "spring"): 6}
    assert half_days.year_total(entries, "2026/27") == 12


def test_27_a_review_is_owed_once_the_last_one_is_more_than_ten_weeks_ago() -> None:
    last = d("12 Oct 2026")
    assert not other_days.look_back_has_passed(last, d("21 Dec 2026"), 10)
    assert other_days.look_back_has_passed(last, d("22 Dec 2026"), 10)


def test_28_an_invitation_goes_out_six_calendar_days_ahead() -> None:
    assert other_days.ahead(6, "calendar_days", d("26 Nov 2026")).due == d("20 Nov 2026")


def test_32_a_limit_that_runs_into_a_missing_year_is_provisional_until_that_is_loaded() -> None:
    counted = school_days.within(W, 15, d("12 Jul 2027"))
    assert (counted.due, counted.provisional) == (d("13 Sep 2027"), True)
    assert "2027/28" in counted.assumed[0]

    loaded = school_days.within(_with_next_year("2027-09-02"), 15, d("12 Jul 2027"))
    assert (loaded.due, loaded.provisional) == (d("13 Sep 2027"), False)
    later = school_days.within(_with_next_year("2027-09-06"), 15, d("12 Jul 2027"))
    assert (later.due, later.provisional) == (d("15 Sep 2027"), False)


def test_34_the_clocks_of_an_early_annual_review_run_from_its_meeting() -> None:
    meeting = d("12 Nov 2026")
    assert other_days.ahead(2, "calendar_weeks", meeting).due == d("29 Oct 2026")
    assert other_days.after(2, "calendar_weeks", meeting).due == d("26 Nov 2026")
    decision = other_days.after(4, "calendar_weeks", meeting).due
    assert decision == d("10 Dec 2026")
    assert other_days.after(8, "calendar_weeks", decision).due == d("4 Feb 2027")
    assert other_days.after(12, "calendar_weeks", meeting).due == d("4 Feb 2027")


def _with_next_year(opening: str) -> SchoolCalendar:
    from services.case.clock.calendar_text import read_calendar

    following = f'urn = "900003"\nacademic_year = "2027/28"\nranges = [[{opening}, 2027-10-22]]\n'
    return SchoolCalendar([read_calendar(_W_NEXT, "w.toml"), read_calendar(following, "next.toml")])


def test_a_term_is_the_span_between_reference_dates() -> None:
    assert half_days.term_of(date(2027, 3, 29)).name == "spring"
    assert half_days.term_of(date(2027, 3, 30)).name == "summer"
    assert half_days.term_of(date(2027, 7, 31)) == half_days.Term("2026/27", "summer")
    assert half_days.term_of(date(2027, 8, 1)) == half_days.Term("2027/28", "autumn")
    assert half_days.Term("2027/28", "spring").span == (date(2028, 1, 1), date(2028, 4, 17))
