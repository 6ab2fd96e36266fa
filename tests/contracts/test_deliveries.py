"""What is offered to be sent, and what comes back: as their schemas say, from both services."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from services.case.application.door import once
from services.case.application.opening import open_case
from services.case.application.running import Running
from services.case.deliveries import contacts
from services.case.wiring import House
from services.notify.notices import notice_of
from services.notify.telling import record
from tests.api.desk import pupil
from tests.application.council import PEOPLE
from tests.store.embedding import until

FOLDER = Path(__file__).parents[2] / "contracts" / "deliveries"
SCHEMAS = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}


def problems(type: str, data: Any) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator(SCHEMAS[type], validate_formats=True)
    return [error.message for error in validator.iter_errors(data)]


@pytest.mark.parametrize("type", SCHEMAS)
def test_a_schema_shows_what_it_says(type: str) -> None:
    jsonschema_rs.meta.validate(SCHEMAS[type])
    assert [problems(type, example) for example in SCHEMAS[type]["examples"]] == [[]]


def test_what_the_case_service_offers_notify_can_send(house: House) -> None:
    ref, offering = "EP-2026-000001", house.offering()

    def act(running: Running) -> bytes:
        open_case(running, ref, PEOPLE["caseworker"], "exclusion_prevention", pupil())
        return b""

    asyncio.run(house.door.change(ref, once(), act))
    offering.start()
    try:
        until(lambda: contacts.last(house.database) > 0, "words to be offered")
    finally:
        offering.stop()

    ((offered,), _) = contacts.read(house.database, house.store.keys, 0, 10)
    assert problems("delivery.offered.v1", offered.event["data"]) == []
    whose, notice = notice_of(offered.event)
    assert (whose.ref, whose.authority, notice.ways) == (ref, "937", ["email", "letter"])
    assert notice.email is not None and "Example" not in notice.email.title + notice.email.words
    sealed = house.database.row("SELECT sealed FROM contacts")
    assert sealed is not None and b"maria" not in bytes(sealed[0])


def test_what_notify_tells_keeps_its_schema() -> None:
    (example,) = SCHEMAS["delivery.result.v1"]["examples"]
    told = record(7, "937", example["delivery"], "EP-2026-000001", example, datetime(2026, 9, 8, tzinfo=UTC))

    assert problems("delivery.result.v1", told["data"]) == []
    assert told["partitionkey"] == example["delivery"].partition(".")[0]
