"""Sending through GOV.UK Notify: once, whatever is lost on the way; and what it tells afterwards."""

import pytest

from services.notify.channels import channels_of
from services.notify.deliveries import Connection
from services.notify.sending import Sending
from services.notify.settings import Settings
from tests.notify.conftest import hurry, offered, results, take_in
from tests.notify.govuk import KEY, Govuk

ACCEPTED = {"state": "accepted", "channel": "email"}


@pytest.fixture
def sending(connection: Connection, govuk: Govuk) -> Sending:
    return Sending(connection, channels_of(settings(govuk)))


def settings(govuk: Govuk) -> Settings:
    return Settings(
        "",
        govuk_api_key=KEY,
        govuk_url=govuk.address,
        govuk_email_template="e",
        govuk_sms_template="s",
        govuk_letter_template="l",
    )


def test_an_email_says_only_that_there_is_something_to_read(
    connection: Connection, sending: Sending, govuk: Govuk
) -> None:
    event = offered()
    take_in(connection, event, event)

    assert sending.work() and not sending.work()

    (sent,) = govuk.sent
    assert (sent["email_address"], sent["reference"]) == ("maria@family.example", event["id"])
    assert set(sent["personalisation"]) == {"title", "words"}
    assert "EP-2026" not in str(sent["personalisation"])
    assert results(connection) == [ACCEPTED]
    assert connection.execute("SELECT record FROM deliveries").fetchone() == (None,)


def test_what_became_of_it_is_asked_until_it_is_known(connection: Connection, sending: Sending, govuk: Govuk) -> None:
    take_in(connection, offered())
    sending.work()
    hurry(connection)
    govuk.standing(status="sending")
    sending.work()
    hurry(connection)
    govuk.standing(status="permanent-failure")
    sending.work()
    hurry(connection)

    assert not sending.work()
    assert results(connection)[1:] == [{"state": "failed", "because": "not_received", "channel": "email"}]


def test_a_letter_was_posted_on_the_day_on_which_the_printer_had_it(
    connection: Connection, sending: Sending, govuk: Govuk
) -> None:
    take_in(connection, offered(ways=("letter", "email")))
    sending.work()
    govuk.standing(status="received", completed_at="2026-10-22T15:31:00.000000Z")
    hurry(connection)
    sending.work()

    said = govuk.sent[0]["personalisation"]
    assert [said[f"address_line_{n}"] for n in (1, 2, 3)] == ["Maria Example", "1 Made Up Lane", "ZZ1 1AF"]
    assert results(connection)[1:] == [{"state": "sent", "channel": "letter", "posted_on": "2026-10-22"}]


def test_an_answer_that_is_lost_is_asked_for_and_nothing_sent_twice(
    connection: Connection, sending: Sending, govuk: Govuk
) -> None:
    govuk.lose = True
    take_in(connection, offered())
    sending.work()
    assert results(connection) == []
    sending.work()  # a request could still be under way

    hurry(connection)
    sending.work()

    assert len(govuk.sent) == 1
    assert results(connection) == [ACCEPTED]


def test_what_it_surely_has_not_is_sent_again(connection: Connection, sending: Sending, govuk: Govuk) -> None:
    govuk.answer = 500  # it may have been taken before that
    take_in(connection, offered())
    sending.work()
    govuk.answer = 201
    hurry(connection)
    assert sending.work()  # it is asked, and has nothing
    assert sending.work()

    assert len(govuk.sent) == 1
    assert results(connection) == [ACCEPTED]


@pytest.mark.parametrize(
    ("status", "told"), [(400, [{"state": "failed", "because": "refused", "channel": "email"}]), (429, [])]
)
def test_what_it_refuses_is_refused_and_a_limit_is_waited_for(
    connection: Connection, sending: Sending, govuk: Govuk, status: int, told: list[object]
) -> None:
    govuk.answer = status
    take_in(connection, offered())
    sending.work()

    assert results(connection) == told
    assert connection.execute("SELECT state FROM deliveries").fetchone() == (("failed" if told else "waiting"),)


def test_what_was_not_sent_in_time_is_not_sent(connection: Connection, sending: Sending, govuk: Govuk) -> None:
    take_in(connection, offered(expires="2026-01-01T00:00:00+00:00"))
    sending.work()

    assert govuk.sent == []
    assert results(connection) == [{"state": "failed", "because": "expired"}]


def test_what_cannot_be_read_is_parked_and_keeps_nobody(
    connection: Connection, sending: Sending, govuk: Govuk, caplog: pytest.LogCaptureFixture
) -> None:
    good = offered()
    bad = [
        "its JSON cannot be read",
        {**good, "type": "another.v1"},
        {**good, "id": "another"},
        {**good, "source": "/elsewhere"},
        {**good, "data": {**good["data"], "ways": ["pigeon"]}},
        {**good, "data": {**good["data"], "ways": ["letter"], "letter": None}},
        {**good, "data": None},
        {**good, "subject": "EP\0"},
        {**good, "data": {**good["data"], "language": "\ud800"}},
    ]
    take_in(connection, *bad, good)
    sending.work()

    assert len(govuk.sent) == 1
    assert connection.execute("SELECT count(*) FROM parked").fetchone() == (len(bad),)
    assert "maria" not in caplog.text.lower()
