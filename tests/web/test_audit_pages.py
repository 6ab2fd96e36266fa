"""Auditors find a case with a reason, see that its record is intact, and who has looked."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.checkpoint import COUNTERSIGNED
from services.case.application.reference import stream_of
from services.case.store.checkpoints import countersign
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
    assert "A complaint was made" in browser("dpo").look_at(ref, "A subject asks").open(f"/cases/{ref}/access").text


def test_a_record_that_nobody_touched_is_intact(browser: At, desk: Desk) -> None:
    ref = desk.open()
    auditor = browser("auditor").look_at(ref).open(f"/cases/{ref}/verify")
    assert auditor.heading == "The record is intact" and "events is as it was recorded" in auditor.text


def test_a_changed_event_is_named(browser: At, desk: Desk) -> None:
    ref, auditor = desk.open(), browser("auditor")
    auditor.look_at(ref)
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


def test_a_record_that_cannot_be_read_any_more_is_told_of_too(desk: Desk) -> None:
    # given a case whose first event is another's, in a service that has it not in memory
    ref, first = desk.open(), "WHERE originator_id = %s AND originator_version = 1"
    stream, served = stream_of(ref), desk.served
    with house_of(served) as house:
        database = house.database
        database.execute("ALTER TABLE events DISABLE TRIGGER USER")
        (as_it_was,) = database.row(f"SELECT state FROM events {first}", [stream]) or (b"",)
        second = "SELECT state FROM events WHERE originator_id = %s AND originator_version = 2"
        database.execute(f"UPDATE events SET state = ({second}) {first}", [stream, stream])
        try:
            served.stop()
            served.start()

            # when an auditor, who has said why, asks whether it is intact
            auditor = Browser(served.address).sign_in("auditor").open(f"/audit?ref={ref}&next=/cases/{ref}/verify")
            refused = auditor.send("/audit", reason="It does not open").path
            auditor.open(f"/cases/{ref}/verify")
        finally:
            database.execute(f"UPDATE events SET state = %s {first}", [as_it_was, stream])
            database.execute("ALTER TABLE events ENABLE TRIGGER USER")

    # then they are told which event is wrong
    assert auditor.heading == "The record is not intact" and "Event 1 " in auditor.text, (refused, auditor.text)
    auditor.close()


def test_a_copy_is_taken_with_a_reason_and_recorded_as_taken(browser: At, desk: Desk) -> None:
    ref, auditor = desk.open(), browser("auditor")
    auditor.look_at(ref)
    page = f"/cases/{ref}/export"

    refused = auditor.open(page).send(page, reason="")
    assert refused.status == 422 and "Say why" in " ".join(refused.errors)

    form = next(one for one in auditor.page.forms if one.action == page)
    with_reason = dict(form.form_values()) | {"reason": "Ombudsman asks", "as": "case-file"}
    taken = auditor.client.post(page, data=with_reason, headers={"origin": desk.served.address})
    assert taken.headers["content-disposition"] == f'attachment; filename="{ref}.zip"'
    with ZipFile(BytesIO(taken.content)) as archive:
        assert any(name.endswith("verify.py") for name in archive.namelist())
    looks = browser("dpo").look_at(ref, "A subject asks").open(f"/cases/{ref}/access").text
    assert "A copy: case file" in looks and "Ombudsman asks" in looks


def test_those_who_work_on_a_case_take_no_copy_of_it(browser: At, desk: Desk) -> None:
    assert browser("caseworker").open(f"/cases/{desk.open()}/export").status == 403


def test_who_holds_the_second_copy_is_said_once_an_auditor_signed(browser: At, desk: Desk) -> None:
    # given a case, and nobody who holds a second copy
    ref, auditor = desk.open(), browser("auditor")
    auditor.look_at(ref)
    assert "No audit service has signed" in auditor.open(f"/cases/{ref}/verify").text

    # when an auditor signs that the log up to here is as in their copy
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw().hex()
    with house_of(desk.served) as house:
        with house.database.connection() as connection:
            stated = house.checkpointing.state(connection)
        assert stated is not None
        signature = key.sign(COUNTERSIGNED + stated.statement.encode()).hex()
        assert countersign(house.database, stated, public, signature)

    # then the page says so, by which key, and that this case is in it; a later event is not yet
    signed = auditor.open(f"/cases/{ref}/verify").text
    assert "this case’s last event included" in signed and public in signed
    desk.as_("caseworker").post(f"/cases/{ref}/notes", json={"text": "One more"})
    assert "before this case’s last event" in auditor.open(f"/cases/{ref}/verify").text


def test_whoever_comes_to_a_case_by_its_address_is_asked_why_first_and_goes_on_from_there(
    browser: At, desk: Desk
) -> None:
    # given an auditor who was sent a link
    ref, other, auditor = desk.open(), desk.open(), browser("auditor")
    link = f"/cases/{ref}/replay?version=2"

    # when they follow it, then they are asked why, and see nothing before they say so
    for path in (link, f"/cases/{ref}", f"/cases/{ref}/history", f"/cases/{ref}/verify", f"/cases/{ref}/access"):
        assert auditor.open(path).heading == "Audit a case", path
    auditor.open(link).send("/audit", reason="Ombudsman asks")
    assert auditor.heading.startswith("Version 2 of")

    # then each look since is recorded with it, and another case asks again
    auditor.open(f"/cases/{ref}/history")
    rows = auditor.open(f"/cases/{ref}/access").page.xpath("//tbody/tr")
    assert len(rows) > 3 and all("Ombudsman asks" in row.text_content() for row in rows)
    assert auditor.open(f"/cases/{other}").heading == "Audit a case"

    # and nobody is sent elsewhere by a link that somebody made up
    auditor.open(f"/audit?ref={other}&next=//elsewhere.example/").send("/audit", reason="Ombudsman asks")
    assert auditor.path == f"/cases/{other}/replay"
