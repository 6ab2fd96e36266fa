"""Deadlines as process files name them."""

from collections.abc import Mapping

import pytest

from services.case.clock.deadlines import Calendars, CountUnknown, DeadlineRefused, compute, read_deadline
from services.case.clock.explanation import explain
from tests.clock.schools import A, B, W, d

REPLY: dict[str, object] = {
    "title": "The receiving school replies",
    "kind": "duty",
    "rule": "within",
    "count": 5,
    "unit": "school_days",
    "calendar": "home",
    "strength": "LOCAL",
    "basis": "local practice",
}
NOTICE = {key: value for key, value in REPLY.items() if key != "count"} | {
    "rule": "before",
    "policy": "osd.noticeSchoolDaysBeforeStart",
    "calendar": "both",
    "strength": "LAW",
}


def _due(table: Mapping[str, object], anchor: str, policy: Mapping[str, object] | None = None) -> str:
    rule = read_deadline(table, "process.toml", "reply")
    due = compute(rule, d(anchor), Calendars(A, B), policy or {"osd.noticeCounting": "CLEAR_DAYS"})
    return f"{due.due.day} {due.due:%b %Y}"


@pytest.mark.parametrize(
    ("change", "anchor", "due"),
    [
        ({}, "19 Oct 2026", "3 Nov 2026"),
        ({"calendar": "receiving"}, "19 Oct 2026", "9 Nov 2026"),
        ({"calendar": "both"}, "19 Oct 2026", "3 Nov 2026"),
        ({"calendar": "both", "kind": "wait"}, "19 Oct 2026", "9 Nov 2026"),
        ({"unit": "working_days"}, "19 Oct 2026", "26 Oct 2026"),
        ({"unit": "calendar_days"}, "19 Oct 2026", "24 Oct 2026"),
        ({"unit": "calendar_weeks"}, "19 Oct 2026", "23 Nov 2026"),
        ({"unit": "school_weeks"}, "5 Oct 2026", "13 Nov 2026"),
        ({"rule": "before"}, "5 Nov 2026", "20 Oct 2026"),
        ({"rule": "before", "unit": "working_days"}, "30 Dec 2026", "18 Dec 2026"),
        ({"rule": "before", "unit": "calendar_days", "count": 6}, "26 Nov 2026", "20 Nov 2026"),
        ({"rule": "on", "count": None}, "7 Nov 2026", "7 Nov 2026"),
    ],
)
def test_a_rule_gives_its_date(change: dict[str, object], anchor: str, due: str) -> None:
    table = {key: value for key, value in (REPLY | change).items() if value is not None}
    assert _due(table, anchor) == due


def test_a_notice_period_is_counted_as_the_authority_counts_it_and_is_as_long_as_the_law_says() -> None:
    assert _due(NOTICE, "4 Nov 2026") == "15 Oct 2026"
    assert _due(NOTICE, "4 Nov 2026", {"osd.noticeCounting": "LENIENT"}) == "16 Oct 2026"
    shorter = {"osd.noticeSchoolDaysBeforeStart": 1, "osd.noticeCounting": "CLEAR_DAYS"}
    assert _due(NOTICE, "4 Nov 2026", shorter) == "15 Oct 2026"


def test_a_number_comes_from_the_policy_and_none_at_all_means_the_day_itself() -> None:
    table = {key: value for key, value in REPLY.items() if key != "count"} | {"policy": "mm.coolingOffSchoolDays"}
    assert _due(table, "19 Oct 2026", {"mm.coolingOffSchoolDays": 2}) == "21 Oct 2026"
    assert _due(table, "19 Oct 2026", {"mm.coolingOffSchoolDays": 0}) == "19 Oct 2026"
    with pytest.raises(CountUnknown, match=r"mm\.coolingOffSchoolDays .* 'off'"):
        _due(table, "19 Oct 2026", {"mm.coolingOffSchoolDays": "off"})


def test_while_the_receiving_school_is_not_known_the_date_is_provisional() -> None:
    rule = read_deadline(REPLY | {"calendar": "both"}, "process.toml", "reply")
    due = compute(rule, d("19 Oct 2026"), Calendars(W), {})
    assert (due.due, due.provisional) == (d("2 Nov 2026"), True)
    assert explain(due)[-1] == "provisional: the receiving school is not known: the home school's days are counted"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"unti": "school_days"}, "deadlines.reply.unti"),
        ({"unit": "days"}, "deadlines.reply.unit"),
        ({"kind": "hope"}, "deadlines.reply.kind"),
        ({"count": 0}, "deadlines.reply.count"),
        ({"count": "5"}, "deadlines.reply.count"),
        ({"count": None}, "deadlines.reply.count"),
        ({"policy": "mm.coolingOffSchoolDays"}, "deadlines.reply.count"),
        ({"rule": "on"}, "deadlines.reply.count"),
        ({"rule": "before", "unit": "school_weeks"}, "deadlines.reply.unit"),
        ({"basis": " "}, "deadlines.reply.basis"),
        ({"title": None}, "deadlines.reply"),
    ],
)
def test_a_wrong_rule_is_refused_by_file_and_key(change: dict[str, object], key: str) -> None:
    table = {name: value for name, value in (REPLY | change).items() if value is not None}
    with pytest.raises(DeadlineRefused) as refusal:
        read_deadline(table, "process.toml", "reply")
    assert (refusal.value.file, refusal.value.key) == ("process.toml", key)
