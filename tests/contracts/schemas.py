"""The published schemas as files, and as our own records must keep them: strictly."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

FOLDER = Path(__file__).parents[2] / "contracts" / "events"
SCHEMAS: dict[str, dict[str, Any]] = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*"))}


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without room for more: subscribers tolerate fields that they do not know, what we publish has none."""
    properties = {name: closed(field) for name, field in schema.get("properties", {}).items()}
    if schema.get("type") != "object":
        return schema
    return {**schema, "properties": properties, "additionalProperties": schema.get("additionalProperties", False)}


STRICT = {
    type: jsonschema_rs.Draft202012Validator(closed(schema), validate_formats=True) for type, schema in SCHEMAS.items()
}


def problems(type: str, data: Any) -> list[str]:
    """What is wrong with the data of an event of a type, by its schema without room for more."""
    return [f"{type}: {error.message} at {error.instance_path}" for error in STRICT[type].iter_errors(data)]


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema and every schema within it that describes a value."""
    yield schema
    for inner in schema.get("properties", {}).values():
        yield from parts(inner)
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from parts(schema[keyword])


def explained(type: str) -> dict[str, str]:
    """The outcome codes of a type with what each means."""
    codes = SCHEMAS[type]["properties"].get("outcome", {}).get("anyOf", [])
    return {code["const"]: code["description"] for code in codes if "const" in code}
