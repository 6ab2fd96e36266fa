"""Every stored event type has one schema, and the schemas keep to one form: small, uniform, codes only."""

from typing import Any

import jsonschema_rs
import pytest

from services.case.domain import events as e
from services.case.publishing import PUBLIC
from services.case.store.mapper import TYPES
from tests.contracts.schemas import FOLDER, SCHEMAS, parts, problems

FORM = ["$schema", "$id", "title", "description", "type", "properties", "required", "examples"]
WORDS = ("Alex Example", "alex@school.example", "01632 960101", "Fight in June", "Zoë", "")


def test_every_stored_type_has_a_schema_and_every_schema_a_type() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{type}.json" for type in TYPES}
    assert PUBLIC.keys() == set(TYPES.values())


@pytest.mark.parametrize("type", SCHEMAS)
def test_a_schema_says_what_happened_and_shows_it(type: str) -> None:
    schema = SCHEMAS[type]

    assert list(schema) == FORM
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://inclusion-casework.example/events/{type}.json"
    assert schema["description"].endswith(".")
    jsonschema_rs.meta.validate(schema)
    assert all(field["description"].endswith(".") for part in parts(schema) for field in properties(part))
    (example,) = schema["examples"]
    assert problems(type, example) == []


@pytest.mark.parametrize("type", SCHEMAS)
def test_a_schema_has_exactly_what_is_public(type: str) -> None:
    schema = SCHEMAS[type]
    public = [name.rstrip("_") for name in PUBLIC[TYPES[type]]]

    assert list(schema["properties"]) == ["effective_on", "by", *public]
    assert schema["required"][:2] == ["effective_on", "by"]
    always = {name for name, field in schema["properties"].items() if field["type"] == "boolean"}
    assert always <= set(schema["required"])


@pytest.mark.parametrize("type", SCHEMAS)
def test_a_schema_admits_codes_and_identifiers_only(type: str) -> None:
    for part in parts(SCHEMAS[type]):
        if "string" in part["type"]:
            validator = jsonschema_rs.Draft202012Validator(part, validate_formats=True)
            assert [words for words in WORDS if validator.is_valid(words)] == []


@pytest.mark.parametrize("type", sorted(type for type, kind in TYPES.items() if kind is e.Milestone))
def test_what_a_diagram_adds_to_a_milestone_is_no_name_and_no_pupil_number(type: str) -> None:
    added = jsonschema_rs.Draft202012Validator(SCHEMAS[type]["properties"]["fields"]["additionalProperties"])

    assert [added.is_valid(value) for value in ("restorative", 3, True)] == [True, True, True]
    assert [added.is_valid(value) for value in ("Alex", "D937400124027", 0.5, None, ["a"])] == [False] * 5


@pytest.mark.parametrize("type", sorted(type for type, kind in TYPES.items() if kind is e.Milestone))
def test_a_subscriber_tolerates_what_is_added_later(type: str) -> None:
    later: dict[str, Any] = {**SCHEMAS[type]["examples"][0], "outcome": "added_later", "added_later": 1}

    assert jsonschema_rs.Draft202012Validator(SCHEMAS[type]).is_valid(later)
    assert problems(type, later) != []


def properties(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return list(schema.get("properties", {}).values())
