"""Sending through a mail server: what its answers mean, and what nobody can know."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from services.notify.channels import channels_of
from services.notify.deliveries import Connection
from services.notify.sending import Sending
from services.notify.settings import Settings
from tests.notify.conftest import hurry, offered, results, take_in
from tests.ports import free_port


class Post:
    """What the server says to a recipient and to the words; it keeps what it took."""

    def __init__(self) -> None:
        self.to_recipient = "250 OK"
        self.to_words = "250 OK"
        self.vanish = False
        self.taken: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.to_words.startswith("250"):
            self.taken.append((envelope.rcpt_tos, envelope.content.decode()))
        if self.vanish:
            server.transport.abort()
        return self.to_words


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    handler, port = Post(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def sending_to(connection: Connection, port: int) -> Sending:
    settings = Settings("", smtp_host="127.0.0.1", smtp_port=port, smtp_tls=False, smtp_from="no-reply@council.example")
    return Sending(connection, channels_of(settings))


def test_a_message_carries_the_deliverys_id_and_nothing_about_the_pupil(
    connection: Connection, post: tuple[Post, int]
) -> None:
    take_in(connection, offered())
    sending_to(connection, post[1]).work()

    ((to, words),) = post[0].taken
    assert to == ["maria@family.example"]
    assert f"Message-ID: <{offered()['id'].replace(':', '.')}@council.example>" in words
    assert "Auto-Submitted: auto-generated" in words
    assert results(connection) == [{"state": "sent", "channel": "email"}]


def test_an_address_that_takes_no_messages_is_told_at_once(connection: Connection, post: tuple[Post, int]) -> None:
    post[0].to_recipient = "550 No such mailbox"
    take_in(connection, offered())
    sending_to(connection, post[1]).work()

    assert results(connection) == [{"state": "failed", "because": "not_received", "channel": "email"}]


@pytest.mark.parametrize("where", ["to_recipient", "to_words"])
def test_a_server_that_asks_us_to_come_back_is_asked_again(
    connection: Connection, post: tuple[Post, int], where: str
) -> None:
    setattr(post[0], where, "451 Later")
    take_in(connection, offered())
    sending = sending_to(connection, post[1])
    sending.work()
    assert (results(connection), post[0].taken) == ([], [])

    setattr(post[0], where, "250 OK")
    hurry(connection)
    sending.work()

    assert len(post[0].taken) == 1
    assert results(connection) == [{"state": "sent", "channel": "email"}]


def test_where_the_answer_to_the_words_is_lost_nobody_can_know_and_nothing_is_sent_again(
    connection: Connection, post: tuple[Post, int]
) -> None:
    post[0].vanish = True
    take_in(connection, offered())
    sending = sending_to(connection, post[1])
    sending.work()
    post[0].vanish = False
    hurry(connection)
    while sending.work():
        hurry(connection)

    assert len(post[0].taken) == 1
    assert results(connection) == [{"state": "failed", "because": "unknown", "channel": "email"}]


def test_without_a_server_it_waits(connection: Connection) -> None:
    take_in(connection, offered())
    sending_to(connection, free_port()).work()

    assert results(connection) == []
    assert connection.execute("SELECT state FROM deliveries").fetchone() == ("waiting",)


def test_a_way_that_nobody_goes_becomes_a_persons_task(connection: Connection) -> None:
    take_in(connection, offered(ways=("letter",)))
    sending_to(connection, free_port()).work()

    assert results(connection) == [{"state": "failed", "because": "refused", "channel": "letter"}]
