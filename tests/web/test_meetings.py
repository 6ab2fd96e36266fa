"""Meetings of a case on its page, and as a calendar file that names nobody."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from services.case.web.calendar_pages import Entry, calendar_of
from tests.api.desk import Desk
from tests.web.browsing import Browser

At = Callable[[str], Browser]
WITH_PLAN = {"form": "managed_move", "sen_provision": "E", "sen_type": "SEMH", "maintaining_authority": "937"}


def test_a_meeting_is_on_the_page_of_its_case_with_a_file_for_ones_calendar(desk: Desk, browser: At) -> None:
    # given a case in which an annual review was called
    ref = desk.open(process="exclusion_prevention", **WITH_PLAN)
    worker = browser("caseworker")
    assert "Meetings" not in worker.open(f"/cases/{ref}").text
    for element, by, name in (
        ("triage", "caseworker", "accept"),
        ("verify_flags", "senco", "flags_e"),
        ("assess_risk", "home-staff", "risk_high"),
        ("assess_needs", "senco", "needs"),
        ("call_annual_review", "send-caseworker", "call_review"),
    ):
        desk.walk(ref, (element, by, name), process="exclusion_prevention")

    # then the day and the place are on the case's page, and the day is in the file
    worker.open(f"/cases/{ref}")
    assert "Meetings" in worker.text and "29 September 2026" in worker.text
    (address,) = [href for href in worker.links().values() if "/meetings/" in href]
    answer = worker.client.get(address)
    lines = answer.text.split("\r\n")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Inclusion Casework//EN"]
    assert lines[-3:] == ["END:VEVENT", "END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20260929" in lines and "DTEND;VALUE=DATE:20260930" in lines
    assert any(line.startswith("SUMMARY:Meeting: ") for line in lines)
    assert all(len(line.encode()) <= 75 for line in lines)
    pupil = desk.case(ref)["pupil"]
    for words in (pupil["surname"], pupil["forename"], "meeting room"):
        assert words not in answer.text

    # and nobody else gets it
    for name, status in (("caseworker-885", 404), ("home-head-885", 404), ("admin", 403)):
        assert browser(name).open(address).status == status, name
    assert browser("auditor").look_at(ref).open(address).status == 404
    assert worker.open(f"/cases/{ref}/meetings/1.ics").status == 404

    # and it goes once the day has come and gone
    desk.served.clock_to("2026-09-30T09:00:00+01:00")
    assert "Meetings" not in browser("caseworker").open(f"/cases/{ref}").text


@pytest.mark.parametrize(
    "title",
    [
        "Cyfarfod yn Ysgol Gymunedol Llanfairpwllgwyngyllgogerychwyrndrobwll-llantysiliogogogoch, tŷ’r ŵyl",
        "Spotkanie: Międzyzakładowa Szkoła Podstawowa im. Świętej Małgorzaty w Szczebrzeszynie-Żółkiewce; gżegżółka",
        "会议" * 40,
    ],
)
def test_a_long_title_in_any_language_is_folded_by_octets_and_comes_back_whole(title: str) -> None:
    # given a meeting whose title has letters of more than one octet
    entry = Entry("meeting-1", date(2026, 9, 29), title)

    # when it is written as a calendar file
    text = calendar_of("EP-2026-000001", [entry], datetime(2026, 9, 1, 8, tzinfo=UTC), "http://localhost/cases/x")

    # then no line is too long, and taken together again they say what was written (RFC 5545, 3.1 and 3.3.11)
    written = text.encode()
    assert all(len(line) <= 75 and line.decode() for line in written.split(b"\r\n")[:-1])
    unfolded = written.replace(b"\r\n ", b"").decode().split("\r\n")
    summary = next(line.removeprefix("SUMMARY:") for line in unfolded if line.startswith("SUMMARY:"))
    assert summary.replace("\\,", ",").replace("\\;", ";") == f"{title} (EP-2026-000001)"
