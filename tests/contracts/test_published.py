"""What goes out of a case: exactly one record for each stored event, by its schema, with nothing personal in it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.case.application.files import HOUSE
from services.case.domain import events as e
from services.case.domain import improvement_events as i
from services.case.domain.file_events import FileAdded
from services.case.domain.improvement_events import Question
from services.case.domain.meta import Actor, Event, Meta
from services.case.domain.milestones import MILESTONES
from services.case.domain.trace import Trace
from services.case.process.bundle import process_folders, read_folder
from services.case.publishing import PUBLIC, data_of, integration_event
from services.case.samples import sample_schools
from services.case.store.mapper import TYPES
from services.case.wiring import House
from tests.contracts.schemas import SCHEMAS, explained, problems
from tests.contracts.subscribed import THIRD, Played, leaves, stored

SECRET = "Alex Example, born 27 March 2012"
DIGESTS = ("prevhash", "hash", "factshash", "sealedhash")


def test_every_stored_event_of_a_scenario_becomes_one_record_that_keeps_its_schema(scenario: Played) -> None:
    records = scenario.published

    assert [(r["type"], r["sequence"]) for r in records] == [(r.type, r.version) for r in scenario.recorded]
    assert [r["sequence"] for r in records] == list(range(1, len(records) + 1))
    assert len({r["id"] for r in records}) == len(records)
    assert [problem for r in records for problem in problems(r["type"], r["data"])] == []


def test_nothing_that_was_sealed_is_published(scenario: Played) -> None:
    texts = telling(scenario)
    records = [{name: value for name, value in r.items() if name not in DIGESTS} for r in scenario.published]
    published, values = msgspec.json.encode(records).decode(), set(leaves(records))

    assert len(texts) > 1
    assert [text for text in texts if text in values or (len(text) > 3 and text in published)] == []


def test_what_is_published_does_not_depend_on_what_was_sealed(scenario: Played) -> None:
    for recorded in scenario.recorded:
        erased = msgspec.structs.replace(recorded.event, personal=None)
        assert data_of(erased) == data_of(recorded.event)


def test_the_outcomes_of_our_own_milestones_are_explained(scenario: Played) -> None:
    reached = [r for r in scenario.published if TYPES[r["type"]] is e.Milestone]

    for record in reached:
        assert record["data"].get("outcome") in (explained(record["type"]) or {None})


def telling(scenario: Played) -> set[str]:
    """The sealed texts that would tell something about a person, wherever they stood.

    Not those that may well stand in a record for another reason: codes that a form offers to everybody, the numbers
    of schools, ids of files, and days from the case's first on. Days before that, such as dates of birth, are never
    published.
    """
    options = set(codes_of_forms()) | {school.urn for school in sample_schools()}
    options |= {r.event.file for r in scenario.recorded if isinstance(r.event, FileAdded)}
    first = scenario.recorded[0].event.meta.effective_on
    return {text for text in scenario.sealed - options if not (is_day(text) and date.fromisoformat(text) >= first)}


def is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None


def codes_of_forms() -> Iterator[str]:
    for folder in process_folders([HOUSE, THIRD / "bpmn"]).values():
        for path, body in read_folder(folder).items():
            if path.endswith(".schema.json"):
                yield from codes_of(msgspec.json.decode(body))


def codes_of(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (value for key, value in schema.items() if key == "const" and isinstance(value, str))
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from codes_of(inner)


@pytest.mark.parametrize("type", SCHEMAS)
def test_an_event_publishes_its_example_and_nothing_else(type: str) -> None:
    (example,) = SCHEMAS[type]["examples"]
    event = with_secrets(type, example)

    (recorded,) = stored([event])
    record = integration_event(recorded, "937", "EP-2026-000042")

    assert SECRET in str(event)
    assert record["data"] == example
    assert SECRET not in msgspec.json.encode(record).decode()


def with_secrets(type: str, example: dict[str, Any]) -> Event:
    """An event with the example's public part, and words about a person wherever else there is room for them."""
    kind, by = TYPES[type], example["by"]
    person = by["role"] if by["role"] in ("clock", "system") else SECRET
    actor = Actor(person, "" if person != SECRET else by["role"], by.get("org", ""), "" if person != SECRET else SECRET)
    meta = Meta(actor, date.fromisoformat(example["effective_on"]), str(UUID(int=1)), correlation=SECRET)
    private = {"name": type.removesuffix(".v1")} if kind is e.Milestone else {}
    for field in msgspec.structs.fields(kind):
        if field.name not in (*PUBLIC[kind], "meta", "personal", *private):
            private[field.encode_name] = ROOM.get(field.type, {SECRET: SECRET})
    public = {name: value for name, value in example.items() if name not in ("effective_on", "by")}
    facts = {**private, **public, "meta": meta, "personal": {"text": SECRET}}
    return msgspec.convert(facts, kind, from_attributes=True)


ROOM: dict[Any, Any] = {
    str: SECRET, Any: SECRET, int: 1, bool: True, datetime: datetime(2026, 9, 7, tzinfo=UTC), date: date(2026, 9, 7),
    datetime | None: datetime(2026, 9, 7, tzinfo=UTC),
    Trace: Trace([(SECRET, SECRET)]), dict[str, str]: {SECRET: SECRET}, list[str]: [SECRET],
    dict[int, date]: {5: date(2026, 9, 7)}, list[tuple[int, str]]: [(1, SECRET)],
    list[Question]: [{"id": "secret", "title": SECRET}],
}  # fmt: skip


def test_what_a_diagram_gives_a_milestone_leaves_the_house_only_as_codes() -> None:
    meta = Meta(Actor("system"), date(2026, 9, 7))
    fields = {"rung": "restorative", "times": 2, "agreed": False, "who": "Alex", "why": "Fight in June", "more": ["a"]}
    event = e.Milestone(meta=meta, name="strategy.started", instance=1, element="x", outcome="Ask Mum", fields=fields)

    data = data_of(event)

    assert data["fields"] == {"rung": "restorative", "times": 2, "agreed": False}
    assert "outcome" not in data


def test_a_target_of_none_is_told_as_zero() -> None:
    meta = Meta(Actor("asha", "caseworker", "937"), date(2026, 9, 7))

    data = data_of(i.TargetSet(meta=meta, authority="937", measure="moves_ended", period="2026-27", value=0))

    assert data["value"] == 0


def test_the_attributes_are_those_of_the_interface() -> None:
    meta = Meta(Actor("asha", "caseworker", "937"), date(2026, 9, 8), str(UUID(int=7)), f"{UUID(int=1)}.3", "move-12")
    (recorded,) = stored([e.TaskClaimed(meta=meta, task=1, person="asha")])

    record = integration_event(recorded, "937", "EP-2026-000042")

    links = {name: record.pop(name) for name in DIGESTS}
    assert all(re.fullmatch("[0-9a-f]{64}", link) for link in links.values())
    assert record == {
        "specversion": "1.0",
        "id": "7c1f3f0e-2f5f-5b5e-9d35-6b1d0c9f0a52.1",
        "source": "/authorities/937/cases",
        "type": "case.task_claimed.v1",
        "subject": "EP-2026-000042",
        "time": "2026-11-03T09:00:00.000000Z",
        "datacontenttype": "application/json",
        "dataschema": "https://inclusion-casework.example/events/case.task_claimed.v1.json",
        "partitionkey": "7c1f3f0e-2f5f-5b5e-9d35-6b1d0c9f0a52",
        "sequence": 1,
        "position": 1001,
        "correlationid": "move-12",
        "causationid": "00000000-0000-0000-0000-000000000001.3",
        "data": {"effective_on": "2026-09-08", "by": {"role": "caseworker", "org": "937"}, "task": 1},
    }


def test_administration_is_published_by_its_schemas(house: House) -> None:
    recorded = [r for stream in house.authority_streams().values() for r in house.store.load(stream)]

    records = [integration_event(r, "937", "937") for r in recorded]

    assert {r["type"] for r in records} >= {"authority.bundle_put_in_use.v1", "authority.policy_put_in_use.v1"}
    assert [problem for r in records for problem in problems(r["type"], r["data"])] == []


def test_diagrams_declare_milestones_of_the_list(record_property: Any) -> None:
    declared: set[str] = set()
    for folder in process_folders([HOUSE]).values():
        for path in folder.glob("*.bpmn"):
            declared |= set(re.findall(r'name="milestone" value="([^"]+)"', path.read_text()))

    assert declared
    assert declared <= MILESTONES
    record_property("milestones that no diagram declares yet", " ".join(sorted(MILESTONES - declared)))
