"""The catalogue and the AsyncAPI document are those of the schemas, of the topics and of what the code does."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from contracts.catalogue import HERE, MADE, schemas, topic_of, topics
from services.case.api.feed import SCOPES
from services.case.outbox import turns
from services.case.store.mapper import TYPES
from services.case.web.assets import FETCHED

DEPLOYED = tomllib.loads((Path(__file__).parents[2] / "deploy" / "topics.toml").read_text())["topics"]
OURS_ALONE = {"relay.positions.v1"}  # of no use to a subscriber
DOCUMENT = yaml.safe_load((HERE / "asyncapi.yaml").read_text())


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_is_up_to_date(name: str) -> None:
    assert (HERE / name).read_text() == MADE[name](), "run `python -m contracts.catalogue`"


def test_every_type_is_said_to_be_on_the_topic_on_which_it_is() -> None:
    assert {type: topic_of(type) for type in TYPES} == {type: turns.topic_of(type) for type in TYPES}


def test_the_topics_are_those_that_are_made() -> None:
    assert topics().keys() == DEPLOYED.keys() - OURS_ALONE
    assert {name: topics()[name].keeps == "for ever" for name in topics()} == {
        name: "retention.ms" not in DEPLOYED[name].get("config", {}) for name in topics()
    }


def test_the_scopes_are_those_that_the_feed_asks_for() -> None:
    read = {name: topic.scope for name, topic in topics().items() if not topic.received}

    assert read == {name: SCOPES.get(name, "feed") for name in read}


def test_the_document_names_every_type_on_its_topic() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT["components"]["messages"].keys() == schemas().keys()
    for name, channel in DOCUMENT["channels"].items():
        assert channel["address"] == name
        assert set(channel["messages"]) == {type for type in schemas() if topic_of(type) == name}
        assert channel["messages"]


def test_the_document_is_as_the_schema_of_asyncapi_has_it() -> None:
    validator = jsonschema_rs.validator_for(json.loads((FETCHED / "asyncapi.json").read_bytes()))

    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(DOCUMENT)] == []
    assert not validator.is_valid({**DOCUMENT, "chanels": {}})


def test_every_reference_of_the_document_leads_somewhere() -> None:
    found = list(references(DOCUMENT))

    assert len(found) > 300
    for reference in found:
        file, _, pointer = reference.partition("#/")
        if file:
            assert (HERE / file).is_file()
            continue
        here: Any = DOCUMENT
        for part in pointer.split("/"):
            here = here[part]
        assert here


def test_the_catalogue_has_every_type_with_an_example() -> None:
    text = (HERE / "CATALOGUE.md").read_text()

    assert [type for type in schemas() if f"### `{type}`" not in text] == []
    assert text.count("```json") >= len(schemas())


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
