"""The data protection officer is written to when somebody breaks the glass; the case does not get to know."""

import asyncio
from datetime import timedelta
from typing import Any

from services.case.application.reference import stream_of
from services.case.domain.meta import Actor
from services.case.inbound import TYPE, take
from services.case.settings import Settings
from services.case.wiring import House
from tests.deliveries.offered import offered
from tests.deliveries.test_linking import REF, START, reachable_with

WHY = "Robin’s mother complained"


def broken(house: House) -> dict[str, Any]:
    """What is offered to be sent, once an auditor has broken the glass."""
    case, moment = asyncio.run(house.door.see(REF)), house.clock.now() + timedelta(hours=1)
    house.looking.break_glass(case, Actor("auditor", "auditor", "937"), "command", WHY, moment)
    (event,) = offered(house, bool, "dpo")
    return event


def test_the_officer_is_written_to_and_the_message_says_neither_who_nor_why(settings: Settings) -> None:
    with reachable_with(settings) as house:
        before = len(house.store.load(stream_of(REF)))

        event = broken(house)

        email = event["data"]["email"]
        assert event["data"]["ways"] == ["email"] and email["address"] == "data.protection@warwickshire.example"
        assert f"{START}/break-glass" in email["words"]
        assert not any(said in str(event["data"]) for said in (WHY, REF, "auditor"))
        since = {recorded.type for recorded in house.store.load(stream_of(REF))[before:]}
        assert since <= {"case.link_issued.v1"}  # the parent's, for other words


def test_what_became_of_it_is_no_part_of_the_case(settings: Settings) -> None:
    with reachable_with(settings) as house:
        delivery = broken(house)["id"]
        before = len(house.store.load(stream_of(REF)))

        data = {"delivery": delivery, "state": "failed", "because": "unknown", "channel": "email"}
        asyncio.run(take(house, {"type": TYPE, "subject": REF, "data": data}, "937"))

        assert not house.database.rows("SELECT 1 FROM contacts WHERE delivery = %s", [delivery])
        assert len(house.store.load(stream_of(REF))) == before
