"""Forms: one JSON Schema for the page, the form post and the API.

A form says of each answer where it goes: into the sealed part of the event unless `x-personal: false`, into the
variables of the process by `x-variable`, into the facts of the case by `x-fact`. Nothing else of a form ever reaches
the engine. An `x-entry` is part of what the pupil's register has been told, which is told again if it is corrected.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import jsonschema_rs
import msgspec

from services.case.domain.errors import AnswersInvalid
from services.case.process.checks import CHECKS, Circumstances

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DIRECTORIES = ("school", "provider", "strategy", "file")  # files: those of the case
KINDS = {  # the validator's name of a failure -> the keyword under which a form keeps its sentence
    "Required": "required",
    "Type": "type",
    "Format": "format",
    "Minimum": "minimum",
    "Maximum": "maximum",
    "ExclusiveMinimum": "minimum",
    "ExclusiveMaximum": "maximum",
    "MaxLength": "maxLength",
    "MinLength": "minLength",
    "Pattern": "pattern",
    "MinItems": "minItems",
    "MaxItems": "maxItems",
    "UniqueItems": "uniqueItems",
    "OneOfNotValid": "oneOf",
    "OneOfMultipleValid": "oneOf",
    "Constant": "const",
    "Enum": "oneOf",
}
YEARS = range(1900, 2200)  # of dates in answers: others cannot be meant, and far ones cannot be counted with


def is_day(text: str) -> bool:
    """Whether this is a date that exists, as YYYY-MM-DD."""
    try:
        return DAY.fullmatch(text) is not None and date.fromisoformat(text).year in YEARS
    except ValueError:
        return False


class Answers(msgspec.Struct, frozen=True):
    """Checked answers, parted by where they go."""

    clear: dict[str, Any]
    personal: dict[str, Any]
    variables: dict[str, Any]
    facts: dict[str, Any]
    personal_facts: dict[str, Any]


class Form:
    """One form of a bundle. `hash` is that of its bytes."""

    def __init__(self, name: str, body: bytes) -> None:
        self.name = name
        self.schema: dict[str, Any] = msgspec.json.decode(body)
        self.hash = hashlib.sha256(body).hexdigest()
        self._validator = jsonschema_rs.Draft202012Validator(
            self.schema, validate_formats=True, formats={"date": is_day}
        )
        fields: dict[str, dict[str, Any]] = self.schema.get("properties", {})
        self.fields = fields
        self.personal = frozenset(name for name, field in fields.items() if field.get("x-personal", True))
        self.variables = frozenset(name for name, field in fields.items() if field.get("x-variable"))
        self.facts = {name: field["x-fact"] for name, field in fields.items() if "x-fact" in field}
        self.entry = {name: field["x-entry"] for name, field in fields.items() if "x-entry" in field}
        self._choosing = frozenset(name for name, field in fields.items() if _may_choose(field))
        self.material = frozenset(name for name, field in fields.items() if field.get("x-material"))

    @property
    def title(self) -> str:
        return str(self.schema.get("title", self.name))

    def check(self, answers: Any, circumstances: Circumstances) -> Answers:
        """The answers, parted. Raises AnswersInvalid with a JSON Pointer and a sentence for each that is wrong."""
        errors = self.by_schema(answers)
        if not errors:
            errors = [*self._chosen(answers, circumstances), *self._across(answers, circumstances)]
        if errors:
            raise AnswersInvalid(errors)
        return self.parted(answers)

    def by_schema(self, answers: Any) -> list[dict[str, str]]:
        """What is wrong with the answers by the schema alone, each with a JSON Pointer and a sentence."""
        return [self._explained(error) for error in self._validator.iter_errors(answers)]

    def faults(
        self, answers: dict[str, Any], circumstances: Circumstances, only: Collection[str]
    ) -> list[dict[str, str]]:
        """What is wrong with the answers to some of the questions, while others are still open. Of the rules across
        fields those that concern them and have all their answers."""
        errors = self.by_schema(answers)
        mine = [error for error in errors if error["pointer"].split("/")[1] in only]
        if mine:
            return mine
        chosen = {name: answers[name] for name in only if name in answers}
        good = {name: value for name, value in answers.items() if not _is_wrong(name, errors)}
        return [
            error
            for error in [*self._chosen(chosen, circumstances), *self._across(good, circumstances, partial=True)]
            if error["pointer"].split("/")[1] in only
        ]

    def parted(self, answers: dict[str, Any]) -> Answers:
        """Valid answers by where they go. A variable whose question was not asked is None."""
        return Answers(
            {name: value for name, value in answers.items() if name not in self.personal},
            {name: value for name, value in answers.items() if name in self.personal},
            {name: answers.get(name) for name in sorted(self.variables)},
            {fact: answers[n] for n, fact in self.facts.items() if n in answers and n not in self.personal},
            {fact: answers[n] for n, fact in self.facts.items() if n in answers and n in self.personal},
        )

    def _explained(self, error: Any) -> dict[str, str]:
        path = list(error.instance_path)
        kind = type(error.kind).__name__
        if kind == "Required":
            path.append(error.kind.property)
        elif kind == "AdditionalProperties":
            unexpected = sorted(error.kind.unexpected)[0]
            return _problem([*path, unexpected], "This form does not ask that.")
        field = self._field(path)
        sentence = field.get("x-govuk", {}).get("errors", {}).get(KINDS.get(kind, ""))
        return _problem(path, sentence or _plain(kind, field))

    def _field(self, path: list[Any]) -> dict[str, Any]:
        """The schema of the field at a place in the answers."""
        field: dict[str, Any] = self.schema
        for part in path:
            inside = field.get("items", {}) if isinstance(part, int) else field.get("properties", {}).get(part, {})
            if isinstance(part, int) and "x-govuk" not in inside:
                inside = {**inside, "x-govuk": field.get("x-govuk", {})}
            field = inside
        return field

    def _chosen(self, answers: dict[str, Any], circumstances: Circumstances) -> list[dict[str, str]]:
        """What of the directories was chosen and cannot be."""
        errors = []
        chosen = {name: given for name, given in answers.items() if name in self._choosing}
        for path, kind, id in choices(self.fields, chosen):
            reason = circumstances.why_not(kind, id)
            if reason is not None:
                errors.append(_problem(path, reason))
        return errors

    def _across(
        self, answers: dict[str, Any], circumstances: Circumstances, partial: bool = False
    ) -> list[dict[str, str]]:
        """What is wrong by the form's `x-checks`; a check of a question that was not answered passes, and of `partial`
        answers one that asks for others that are still open."""
        errors = []
        for check in self.schema.get("x-checks", []):
            asks = [name for name in check.values() if isinstance(name, str) and name in self.fields]
            if answers.get(check["field"]) is None or (partial and any(name not in answers for name in asks)):
                continue
            problem = CHECKS[check["check"]](check, answers, circumstances)
            if problem is not None:
                errors.append(_problem([check["field"]], problem or check["message"]))
        return errors


def _may_choose(field: dict[str, Any]) -> bool:
    inside = field.get("items", {}).get("properties", {})
    return any(field.get("x-govuk", {}).get(kind) for kind in DIRECTORIES) or any(map(_may_choose, inside.values()))


def _is_wrong(name: str, errors: list[dict[str, str]]) -> bool:
    return any(error["pointer"].split("/")[1] == name for error in errors)


def choices(fields: Mapping[str, Any], answers: dict[str, Any]) -> Iterator[tuple[list[Any], str, str]]:
    """What was chosen from a directory: the place in the answers, which directory, and the entry's id."""
    for name, given in answers.items():
        field = fields[name]
        kinds = [kind for kind in DIRECTORIES if field.get("x-govuk", {}).get(kind)]
        inside = field.get("items", {}).get("properties", {})
        for place, one in enumerate(given if isinstance(given, list) else [given]):
            path = [name, place] if isinstance(given, list) else [name]
            if kinds and isinstance(one, str):
                yield path, kinds[0], one
            elif inside:
                yield from (([*path, *rest], kind, id) for rest, kind, id in choices(inside, one))


def _problem(path: list[Any], sentence: str) -> dict[str, str]:
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
    return {"pointer": pointer, "detail": sentence}


def _plain(kind: str, field: dict[str, Any]) -> str:
    """A sentence where the form has none of its own."""
    what = field.get("title", "this")
    return f"Answer “{what}”." if kind == "Required" else f"Check your answer to “{what}”."
