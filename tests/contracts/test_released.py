"""Schemas only grow: whatever a subscriber could rely on in a release still holds."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.catalogue import schemas
from tests.contracts.growth import taken_back

RELEASED = Path(__file__).parents[2] / "contracts" / "released"
FILES = {path.stem: json.loads(path.read_text()) for path in sorted(RELEASED.rglob("*.json"))}
SCHEMAS = {type: schema for type, (_, schema) in schemas().items()}
ENTERED = "register.exclusion_entered.v1"
Schema = dict[str, Any]


@pytest.mark.parametrize("type", FILES)
def test_what_was_released_still_holds(type: str) -> None:
    assert type in SCHEMAS, "a schema never goes; deprecate it, and publish the new one beside it"
    assert list(taken_back(FILES[type], SCHEMAS[type])) == []


def test_something_was_released() -> None:
    assert len(FILES) > 100


def gone(schema: Schema) -> None:
    del schema["properties"]["totals"]


def optional(schema: Schema) -> None:
    schema["required"].remove("totals")


def optional_within(schema: Schema) -> None:
    schema["properties"]["entry"]["required"].remove("kind")


def retyped(schema: Schema) -> None:
    schema["properties"]["entry"]["properties"]["revision"]["type"] = "string"


def widened(schema: Schema) -> None:
    schema["properties"]["entry"]["properties"]["revision"]["type"] = ["integer", "string"]


def without_code(schema: Schema) -> None:
    schema["properties"]["entry"]["properties"]["kind"]["enum"].remove("LNCH")


def without_codes(schema: Schema) -> None:
    del schema["properties"]["entry"]["properties"]["kind"]["enum"]


def narrowed(schema: Schema) -> None:
    schema["properties"]["entry"]["properties"]["school"]["pattern"] = "^9[0-9]{5}$"


def reformatted(schema: Schema) -> None:
    del schema["properties"]["effective_on"]["format"]


def renamed_in_a_list(schema: Schema) -> None:
    properties = schema["properties"]["totals"]["items"]["properties"]
    properties["halves"] = properties.pop("half_days")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (gone, "data.totals is gone"),
        (optional, "data.totals may be absent"),
        (optional_within, "data.entry.kind may be absent"),
        (retyped, "data.entry.revision may be of another type"),
        (widened, "data.entry.revision may be of another type"),
        (without_code, "data.entry.kind has lost a code"),
        (without_codes, "data.entry.kind has lost a code"),
        (narrowed, "data.entry.school is written otherwise"),
        (reformatted, "data.effective_on is written otherwise"),
        (renamed_in_a_list, "data.totals[].half_days is gone"),
    ],
)
def test_what_takes_something_back_is_found(change: Callable[[Schema], None], sentence: str) -> None:
    changed = copy.deepcopy(SCHEMAS[ENTERED])
    change(changed)

    assert list(taken_back(SCHEMAS[ENTERED], changed)) == [sentence]


def test_an_outcome_that_was_explained_stays() -> None:
    type = next(type for type, schema in SCHEMAS.items() if "anyOf" in schema["properties"].get("outcome", {}))
    changed = copy.deepcopy(SCHEMAS[type])
    changed["properties"]["outcome"]["anyOf"].pop(0)

    assert list(taken_back(SCHEMAS[type], changed)) == ["data.outcome has lost a code that was explained"]


def test_what_is_added_takes_nothing_back() -> None:
    added = copy.deepcopy(SCHEMAS[ENTERED])
    added["properties"]["more"] = {"type": "string"}
    added["required"].append("more")
    added["properties"]["entry"]["properties"]["kind"]["enum"].append("NEW")
    added["deprecated"] = True

    assert list(taken_back(SCHEMAS[ENTERED], added)) == []
