"""What comes back of deliveries: once each, in whatever order, and only from the case's own authority."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from services.case.application.door import once
from services.case.application.erasing import erase
from services.case.application.opening import open_case
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.deliveries import contacts
from services.case.domain import delivery_events as n
from services.case.domain import events as e
from services.case.inbound import TYPE, ResultRefused, let_expire, take
from services.case.wiring import House
from tests.api.desk import pupil
from tests.application.council import PEOPLE
from tests.store.embedding import until

REF = "EP-2026-000001"


@pytest.fixture
def offered(house: House) -> Iterator[House]:
    """A case whose first notice to the parent is offered."""

    def act(running: Running) -> bytes:
        open_case(running, REF, PEOPLE["caseworker"], "exclusion_prevention", pupil())
        return b""

    asyncio.run(house.door.change(REF, once(), act))
    offering = house.offering()
    offering.start()
    try:
        until(lambda: contacts.last(house.database) > 0, "words to be offered")
    finally:
        offering.stop()
    yield house


def delivery(house: House) -> str:
    row = house.database.row("SELECT delivery FROM contacts")
    assert row is not None
    return str(row[0])


def tell(house: House, *results: dict[str, Any], authority: str = "937") -> None:
    for result in results:
        asyncio.run(take(house, {"type": TYPE, "subject": REF, "data": result}, authority))


def told(house: House) -> list[str]:
    kinds = (n.NoticeSent, n.NoticeDelivered, n.NoticeFailed)
    return [r.type for r in house.store.load(stream_of(REF)) if isinstance(r.event, kinds)]


def open_elements(house: House) -> list[str]:
    return sorted(task.element for task in asyncio.run(house.door.see(REF)).tasks.values())


def test_each_is_recorded_once_and_the_offer_is_over(offered: House) -> None:
    sent = {"delivery": delivery(offered), "state": "sent", "channel": "email"}
    arrived = {**sent, "state": "delivered"}

    tell(offered, sent, sent, arrived, arrived, sent)

    assert told(offered) == ["case.notice_sent.v1", "case.notice_delivered.v1"]
    assert contacts.read(offered.database, offered.store.keys, 0, 10)[0] == []


def test_what_arrives_after_it_failed_takes_the_task_away(offered: House) -> None:
    failed = {"delivery": delivery(offered), "state": "failed", "because": "unknown", "channel": "email"}

    tell(offered, failed, failed)
    assert open_elements(offered) == ["give_otherwise", "triage"]

    tell(offered, {"delivery": failed["delivery"], "state": "delivered", "channel": "email"}, failed)
    assert open_elements(offered) == ["triage"]
    assert told(offered) == ["case.notice_failed.v1", "case.notice_delivered.v1"]


def test_what_nobody_sends_in_time_becomes_a_task(offered: House) -> None:
    assert asyncio.run(let_expire(offered)) == 0
    offered.database.execute("UPDATE contacts SET expires_at = now()")

    assert asyncio.run(let_expire(offered)) == 1
    assert asyncio.run(let_expire(offered)) == 0

    assert open_elements(offered) == ["give_otherwise", "triage"]


@pytest.mark.parametrize(
    "changes",
    [
        {"delivery": "x"},
        {"delivery": f"{stream_of(REF)}.1:parent"},
        {"delivery": f"{stream_of(REF)}.999:parent"},
        {"delivery": f"{stream_of(REF)}.3:somebody"},
        {"state": "lost"},
        {"channel": None},
    ],
)
def test_what_is_of_no_delivery_is_refused(offered: House, changes: dict[str, Any]) -> None:
    with pytest.raises(ResultRefused):
        tell(offered, {"delivery": delivery(offered), "state": "sent", "channel": "email", **changes})

    assert told(offered) == []


def test_another_authority_tells_nothing_of_this_case(offered: House) -> None:
    with pytest.raises(ResultRefused):
        tell(offered, {"delivery": delivery(offered), "state": "sent", "channel": "email"}, authority="885")


def test_who_is_erased_is_offered_to_nobody(offered: House) -> None:
    asyncio.run(erase(offered.door, stream_of(REF), "court_order"))

    assert offered.database.rows("SELECT * FROM contacts") == []
    assert any(isinstance(r.event, e.SubjectKeyDestroyed) for r in offered.store.load(stream_of(REF)))
