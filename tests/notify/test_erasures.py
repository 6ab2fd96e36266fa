"""A case that is erased is forgotten by notify too: whatever is kept of it, whatever comes after."""

import asyncio
from typing import Any

from services.case.application.erasing import erase
from services.case.application.reference import stream_of
from services.notify.deliveries import Arrived, Connection
from services.notify.erasures import hear
from tests.api.desk import house_of
from tests.notify.conftest import STREAM, offered, take_in
from tests.notify.govuk import Govuk
from tests.notify.test_there_and_back import notify, open_case
from tests.serving import Served
from tests.store.embedding import until

OTHER = STREAM.replace("6620", "0266")


def erased(stream: str) -> Arrived:
    event = {"type": "case.key_destroyed.v1", "id": f"{stream}.9", "partitionkey": stream}
    return Arrived("test", event)


def kept(connection: Connection) -> list[str]:
    return [delivery for (delivery,) in connection.execute("SELECT delivery FROM deliveries ORDER BY 1")]


def offered_to(stream: str) -> Any:
    event = offered()
    delivery = event["id"].replace(STREAM, stream)
    return {**event, "id": delivery, "data": {**event["data"], "delivery": delivery}}


def test_what_is_kept_of_an_erased_case_is_deleted_and_what_comes_after_not_taken(connection: Connection) -> None:
    take_in(connection, offered(3), offered(4), offered_to(OTHER))

    unreadable = [Arrived("test", "its JSON cannot be read"), erased("a\0b")]
    hear(connection, [*unreadable, erased(STREAM)], {"kafka case.events.v1 0": 10})
    take_in(connection, offered(5))

    assert kept(connection) == [f"{OTHER}.3:parent"]


def test_an_erasure_reaches_notify_while_the_channel_is_away(
    served: Served, empty_database: str, govuk: Govuk, connection: Connection
) -> None:
    govuk.answer = 429
    ref = open_case(served)
    words = "SELECT count(*) FROM deliveries WHERE ref = %s AND record IS NOT NULL"
    with notify(served, empty_database, govuk):
        until(lambda: connection.execute(words, [ref]).fetchone() != (0,), "the notice to be taken in", 20)

        with house_of(served) as house:
            asyncio.run(erase(house.door, stream_of(ref), "court_order"))

        until(lambda: connection.execute(words, [ref]).fetchone() == (0,), "it to be forgotten", 20)
    assert not any(one["reference"].startswith(str(stream_of(ref))) for one in govuk.sent)
