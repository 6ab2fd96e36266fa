"""Auditors find a case with a reason, see that its record is intact, and who has looked."""

from collections.abc import Callable

from services.case.application.reference import stream_of
from tests.api.desk import Desk, house_of
from tests.web.browsing import Browser

At = Callable[[str], Browser]


def test_a_case_is_opened_only_with_a_reason_which_whoever_asks_who_has_looked_is_told(browser: At, desk: Desk) -> None:
    ref, auditor = desk.open(), browser("auditor")

    refused = auditor.open("/audit").send("/audit", ref=ref, reason="")
    assert refused.status == 422 and "Say why" in " ".join(refused.errors)
    assert auditor.send("/audit", ref="ZZ-2026-000001", reason="A complaint").status == 422

    found = auditor.send("/audit", ref=ref, reason="A complaint was made")
    assert found.path == f"/cases/{ref}/replay"
    assert "A complaint was made" in browser("dpo").open(f"/cases/{ref}/access").text


def test_a_record_that_nobody_touched_is_intact(browser: At, desk: Desk) -> None:
    auditor = browser("auditor").open(f"/cases/{desk.open()}/verify")
    assert auditor.heading == "The record is intact" and "events is as it was recorded" in auditor.text


def test_a_changed_event_is_named(browser: At, desk: Desk) -> None:
    ref, auditor = desk.open(), browser("auditor")
    assert auditor.open(f"/cases/{ref}/verify").heading == "The record is intact"

    place = "WHERE originator_id = %s AND originator_version = %s"
    with house_of(desk.served) as house:
        database, stream = house.database, stream_of(ref)
        database.execute("ALTER TABLE events DISABLE TRIGGER USER")  # as only the database's owner can
        as_it_was, another = (database.row(f"SELECT state FROM events {place}", [stream, v]) or ("",) for v in (2, 3))
        database.execute(f"UPDATE events SET state = %s {place}", [another[0], stream, 2])
        auditor.open(f"/cases/{ref}/verify")
        database.execute(f"UPDATE events SET state = %s {place}", [as_it_was[0], stream, 2])
        database.execute("ALTER TABLE events ENABLE TRIGGER USER")

    assert auditor.heading == "The record is not intact" and "Event 2 does not follow" in auditor.text
