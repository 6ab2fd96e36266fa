"""Forms as a whole: valid JSON Schema 2020-12, an object that takes nothing it does not ask, checks from the list."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import jsonschema_rs

from services.case.process.gate.bundle.contents import FORM_ENDING, Contents
from services.case.process.gate.bundle.form_fields import Asked, judge_fields
from services.case.process.gate.finding import Finding

RULES: Final = {
    "form-malformed": "a form that is not JSON, names a key twice, or is no valid JSON Schema 2020-12",
    "form-shape": "a form that is no object, or does not refuse answers that it does not ask",
    "form-check": "a check across fields that is not in the closed list, or of a field that is not there",
    "form-condition": "a condition other than if and then with required",
}

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_KEYS: Final = frozenset(
    {
        "$schema", "$id", "$comment", "title", "description", "type", "properties", "required",
        "additionalProperties", "allOf", "x-checks", "x-govuk", "x-personal",
    }
)  # fmt: skip


def judge(contents: Contents) -> Iterator[Finding]:
    """Findings about the forms of a folder."""
    for name, schema in contents.forms.items():
        asked = Asked(contents, f"forms/{name}{FORM_ENDING}")
        try:
            jsonschema_rs.Draft202012Validator(schema)
        except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
            yield asked.finding("form-malformed", name, "The form is no valid JSON Schema 2020-12.", 1)
            continue
        yield from _shape(asked, name, schema)
        yield from judge_fields(asked, schema, top=True)
        yield from _conditions(asked, schema)
        yield from _checks(asked, schema)


def _shape(asked: Asked, name: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    if schema.get("$schema", DIALECT) != DIALECT:
        yield asked.finding("form-shape", "$schema", "A form is written in JSON Schema 2020-12.")
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        yield asked.finding("form-shape", name, "A form is an object with additionalProperties: false.", 1)
    if not schema.get("properties"):
        yield asked.finding("form-shape", name, "A form asks something.", 1)
    for key in schema.keys() - _KEYS - asked.contents.known.form_keywords:
        yield asked.finding("form-vocabulary", key, f"The keyword {key} is not in the vocabulary of forms.")


def _conditions(asked: Asked, schema: Mapping[str, Any]) -> Iterator[Finding]:
    fields = schema.get("properties", {})
    for one in schema.get("allOf", []):
        if not _is_condition(one):
            yield asked.finding(
                "form-condition", "allOf", "A condition is an if with properties and a then with required."
            )
            continue
        for name, test in one["if"]["properties"].items():
            if name not in fields or not isinstance(test, dict) or not test.keys() <= {"const", "enum", "contains"}:
                yield asked.finding("form-condition", name, f"The condition on {name} is not of a field's value.")
        yield from asked.required(fields, one["then"]["required"])


def _is_condition(one: Any) -> bool:
    if not isinstance(one, dict) or one.keys() != {"if", "then"}:
        return False
    when, then = one["if"], one["then"]
    if not isinstance(when, dict) or not isinstance(then, dict) or not when.get("properties"):
        return False
    return when.keys() <= {"properties", "required"} and then.keys() == {"required"}


def _checks(asked: Asked, schema: Mapping[str, Any]) -> Iterator[Finding]:
    listed, fields = asked.contents.known.form_checks, schema.get("properties", {})
    checks = schema.get("x-checks", [])
    for check in checks if isinstance(checks, list) else [None]:
        if not isinstance(check, dict) or check.get("check") not in listed:
            yield asked.finding("form-check", "x-checks", "A check is an object whose check is in the closed list.")
        elif check.get("field") not in fields:
            yield asked.finding("form-check", "x-checks", f"The check {check['check']} is of no field of the form.")
