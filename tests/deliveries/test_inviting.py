"""Who is asked in a survey is written to, at the office where they work, once; no case hears of it."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.case.application.door import once
from services.case.application.entries import put
from services.case.application.improving import open_survey, publish
from services.case.deliveries import contacts
from services.case.domain.directory import Additions, Contacts, Office
from services.case.domain.improvement_events import Question
from services.case.domain.meta import Actor
from services.case.inbound import TYPE, ResultRefused, let_expire, take
from services.case.wiring import House
from services.notify.notices import notice_of
from tests.contracts.test_deliveries import problems
from tests.deliveries.offered import offered
from tests.measures.telling import project

BY = Actor("asha", "caseworker", "937")
OFFICE = "office@two.example"
CLOSES = datetime(2099, 10, 16, 16, tzinfo=UTC)  # five in the afternoon in England


def ask(house: House, *audience: str, code: str = "937") -> None:
    asked = {
        "audience": sorted(audience), "closes_at": CLOSES, "title": "Is this right?",
        "contact": "Inclusion team, 01632 960100", "questions": [Question(id="why", title="Why?", kind="words")],
    }  # fmt: skip
    for decide in (
        publish(code, None, "report", "2026-Q3", "Autumn quarter", "a" * 64, ""),
        open_survey(code, 1, None, asked, house.clock.now()),
    ):
        house.improvements.change(code, BY, once(), decide)


@pytest.fixture
def listed(house: House) -> House:
    """Two schools with one mailbox each, and a third that shares the second's; where people sign in is known."""
    house.settings = msgspec.structs.replace(house.settings, public_url="https://inclusion.example/")
    for urn, mailbox in (("900001", "heads@one.example"), ("900002", OFFICE), ("900003", OFFICE)):
        entry = put("937", urn, Additions(), Contacts(contact=Office(email=mailbox)), "", "Their mailbox.")
        house.listings.change("937", BY, once(), entry)
    project(house)
    return house


def test_each_office_is_written_to_once_and_told_what_it_needs(listed: House) -> None:
    ask(listed, "caseworker", "senco", "home-head", "parent")

    events = offered(listed, lambda found: len(found) >= 3)

    to = {one["data"]["to"]: one["data"]["email"] for one in events}
    assert {name: email["address"] for name, email in to.items()} == {
        "caseworker@937": "inclusion@warwickshire.example",
        "home-head@900001": "heads@one.example",
        "home-head@900002": OFFICE,
    }
    words = to["caseworker@937"]["words"]
    assert "https://inclusion.example/surveys/1" in words and "17:00 on 16 October 2099" in words
    assert "You do not have to" in words and "01632 960100" in words
    for event in events:
        assert problems("delivery.offered.v1", event["data"]) == []
        whose, notice = notice_of(event)
        assert (whose.authority, notice.ways, notice.statutory) == ("937", ["email"], False)


def test_what_became_of_it_is_taken_from_its_own_authority_alone(listed: House) -> None:
    ask(listed, "caseworker")
    (event,) = offered(listed, lambda found: len(found) >= 1)
    sent = {"delivery": event["data"]["delivery"], "state": "sent", "channel": "email"}

    def tell(**told: Any) -> None:
        data = {**sent, **told}
        asyncio.run(take(listed, {"type": TYPE, "subject": event["subject"], "data": data}, "937"))

    with pytest.raises(ResultRefused):
        asyncio.run(take(listed, {"type": TYPE, "subject": event["subject"], "data": sent}, "885"))
    with pytest.raises(ResultRefused):
        tell(delivery="66207503-4ad8-5d2e-95b4-29070b02d2bd.3:parent")
    before = listed.store.head()
    tell(state="accepted")
    assert len(contacts.read(listed.database, listed.store.keys, 0, 10)[0]) == 1

    tell()
    tell(state="delivered")

    assert contacts.read(listed.database, listed.store.keys, 0, 10)[0] == []
    assert listed.store.head() == before


def test_what_nobody_sent_in_time_is_forgotten(listed: House) -> None:
    ask(listed, "caseworker")
    offered(listed, lambda found: len(found) >= 1)
    listed.database.execute("UPDATE contacts SET expires_at = now() - interval '1 second'")

    assert asyncio.run(let_expire(listed)) == 1
    assert listed.database.rows("SELECT 1 FROM contacts") == []
