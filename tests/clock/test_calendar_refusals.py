"""A calendar that cannot be right is refused with its file and the key that is wrong."""

import pytest

from services.case.clock.calendar_files import CalendarShelf
from services.case.clock.calendar_text import CalendarRefused, read_calendar
from tests.clock.schools import CALENDARS

W_TEXT = (CALENDARS / "w.toml").read_text()
CLOSED = '[[closed]]\ndate = 2027-05-03\ntype = "bank_holiday"\n'


def _closed(day: str, kind: str) -> str:
    return f'{CLOSED}[[closed]]\ndate = {day}\ntype = "{kind}"\n'


@pytest.mark.parametrize(
    ("was", "is_now", "key"),
    [
        ('urn = "900003"', 'urn = "90003"', "urn"),
        ('urn = "900003"', "", "urn"),
        ('urn = "900003"', 'urn = "900003"\nauthority = "937"\ndefault = true', "urn"),
        ('urn = "900003"', 'urn = "900003"\nschools = ["900001"]', "urn"),
        ('urn = "900003"', 'authority = "937"', "schools"),
        ('urn = "900003"', 'authority = "37"\ndefault = true', "authority"),
        ('urn = "900003"', 'authority = "937"\nschools = ["900001", "900001"]', "schools[1]"),
        ('"2026/27"', '"2026/28"', "academic_year"),
        ('"2026/27"', '"2026"', "academic_year"),
        ('"2026/27"', '"0001/02"', "academic_year"),
        ('"2026/27"', '"2027/28"', "ranges[0]"),
        ("2027-06-07, 2027-07-21", "2027-06-07, 2027-08-02", "ranges[5]"),
        ("2026-11-02, 2026-12-18", "2026-11-02, 2026-10-03", "ranges[1]"),
        ("2026-11-02, 2026-12-18", "2026-10-23, 2026-12-18", "ranges[1]"),
        ("2026-09-02, 2026-10-23", "2027-02-15, 2027-02-19", "ranges[1]"),
        ("2026-09-02, 2026-10-23", "2026-09-02", "ranges[0]"),
        ("2026-09-02, 2026-10-23", '"September", 2026-10-23', "ranges[0][0]"),
        ('term_model = "three"', 'term_model = "five"', "term_model"),
        ('term_model = "three"', 'terms = "three"', "terms"),
        ("published_on = 2025-02-24", "published_on = 2025-02-24T10:00:00", "published_on"),
        (CLOSED, _closed("2027-05-03", "inset"), "closed[1].date"),
        (CLOSED, _closed("2028-05-03", "inset"), "closed[1].date"),
        (CLOSED, _closed("2026-10-28", "occasional"), "closed[1].date"),
        (CLOSED, _closed("2027-05-04", "snow"), "closed[1].type"),
        (CLOSED, CLOSED + 'why = "May Day"\n', "closed[0].why"),
        (CLOSED, '[[half_day]]\ndate = 2026-10-28\nsession = "am"\n', "half_day[0].date"),
        (CLOSED, '[[half_day]]\ndate = 2026-10-22\nsession = "noon"\n', "half_day[0].session"),
        (CLOSED, "[[year_group]]\ndate = 2026-10-22\n", "year_group[0]"),
        (CLOSED, '[[year_group]]\nopen = ["11"]\n', "year_group[0]"),
        (CLOSED, '[[year_group]]\ndate = 2026-10-22\nclosed = ["15"]\n', "year_group[0].closed[0]"),
        (CLOSED, '[[year_group]]\ndate = 2026-10-28\nclosed = ["11"]\n', "year_group[0]"),
        (CLOSED, CLOSED + '[[year_group]]\ndate = 2027-05-03\nopen = ["11"]\n', "year_group[0]"),
        (CLOSED, '[[year_group]]\ndates = [2027-05-13, 2027-05-10]\nclosed = ["11"]\n', "year_group[0].dates"),
        ("ranges = [", "ranges = [[", ""),
    ],
)
def test_a_wrong_calendar_is_refused_by_file_and_key(was: str, is_now: str, key: str) -> None:
    assert was in W_TEXT
    with pytest.raises(CalendarRefused) as refusal:
        read_calendar(W_TEXT.replace(was, is_now), "w.toml")
    assert (refusal.value.file, refusal.value.key) == ("w.toml", key)
    assert str(refusal.value).startswith(f"w.toml: {key}" if key else "w.toml: is not TOML")


def test_a_closure_outside_the_ranges_is_only_a_name_for_the_day() -> None:
    training = read_calendar(W_TEXT.replace(CLOSED, _closed("2027-01-04", "inset")), "w.toml")
    assert [day.isoformat() for day, reason in training.reasons().items() if reason == "INSET"] == ["2027-01-04"]


def test_two_calendars_of_one_school_for_one_year_are_refused() -> None:
    shelf = CalendarShelf()
    shelf.add(read_calendar(W_TEXT, "w.toml"), "w.toml")
    shared = W_TEXT.replace('urn = "900003"', 'authority = "937"\nschools = ["900001", "900003"]')
    with pytest.raises(CalendarRefused, match=r"shared\.toml: schools: 900003: .* in w\.toml already"):
        shelf.add(read_calendar(shared, "shared.toml"), "shared.toml")
