"""The fields of a form: the closed vocabulary, a sentence for each required one, and where an answer may go."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from services.case.process.expressions import is_name
from services.case.process.gate.bundle.contents import Contents
from services.case.process.gate.finding import Finding

RULES: Final = {
    "form-vocabulary": "a keyword, type or format that is not in the vocabulary of forms",
    "required-without-sentence": "a required field without its own sentence for when it is not answered",
    "form-sentence": "a sentence for a way of being wrong that there is not, or an empty one",
    "form-field": "a field that is required, asked about or checked and is not in the form",
    "personal-variable": "a variable of the process from an answer that is not marked x-personal: false",
    "form-variable": "a variable from a field inside another, or with a name that no variable may have",
    "field-without-title": "a field without a title, which is its question",
}

SENTENCES: Final = frozenset(
    {
        "required", "type", "format", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems",
        "maxItems", "uniqueItems", "oneOf", "const",
    }
)  # fmt: skip
REFERENCES: Final = frozenset({"school", "provider", "strategy", "person", "file"})
_WORDS: Final = frozenset({"errors", "page", "askIf", "hint", "autocomplete", "declaration"}) | REFERENCES
_ANY: Final = frozenset(
    {"type", "title", "description", "x-govuk", "x-personal", "x-variable", "x-fact", "x-material", "$comment"}
)
_BY_TYPE: Final = {
    "string": frozenset({"format", "minLength", "maxLength", "pattern", "oneOf"}),
    "integer": frozenset({"minimum", "maximum", "oneOf"}),
    "number": frozenset({"minimum", "maximum"}),
    "boolean": frozenset({"const"}),
    "array": frozenset({"items", "minItems", "maxItems", "uniqueItems"}),
    "object": frozenset({"properties", "required", "additionalProperties"}),
}
_FORMATS: Final = ("date", "email")
_OPTION: Final = frozenset({"const", "title", "description"})


class Asked(msgspec.Struct, frozen=True):
    """One form of a folder, and how to speak of it."""

    contents: Contents
    path: str

    def finding(self, rule: str, element: str, message: str, line: int | None = None) -> Finding:
        """A finding about a field or keyword of the form."""
        return self.contents.finding(rule, self.path, element, message, line)

    def required(self, fields: Mapping[str, Any], names: Iterable[str]) -> Iterator[Finding]:
        """What is wrong with fields being required."""
        for name in names:
            if name not in fields:
                yield self.finding("form-field", name, f"The field {name} is required and not in the form.")
                continue
            words = _words(fields[name]).get("errors")
            sentence = words.get("required") if isinstance(words, dict) else None
            if not isinstance(sentence, str) or not sentence.strip():
                yield self.finding(
                    "required-without-sentence", name, f"The field {name} is required: say what to do in its own words."
                )


def judge_fields(asked: Asked, schema: Mapping[str, Any], top: bool) -> Iterator[Finding]:
    """Findings about the fields of a form, or of the objects in one of its lists."""
    fields = schema.get("properties", {})
    yield from asked.required(fields, schema.get("required", []))
    for name, field in fields.items():
        if not isinstance(field, dict):
            yield asked.finding("form-vocabulary", name, f"The field {name} says nothing about its answer.")
            continue
        yield from _vocabulary(asked, name, field)
        yield from _govuk(asked, name, field, fields)
        yield from _destination(asked, name, field, top)
        yield from _readers(asked, name, field)
        if not field.get("title"):
            yield asked.finding("field-without-title", name, f"The field {name} has no title, which is its question.")
        items = field.get("items")
        if isinstance(items, dict) and items.get("type") == "object":
            if items.get("additionalProperties") is not False:
                yield asked.finding("form-shape", name, f"The objects of {name} need additionalProperties: false.")
            yield from judge_fields(asked, items, top=False)


def _vocabulary(asked: Asked, name: str, field: Mapping[str, Any], inside_list: bool = False) -> Iterator[Finding]:
    kind = field.get("type", "string" if "oneOf" in field else None)
    allowed = _BY_TYPE.get(kind) if isinstance(kind, str) else None
    if allowed is None or (kind == "object" and not inside_list):
        yield asked.finding("form-vocabulary", name, f"The field {name} is of no type that forms have.")
        return
    for key in field.keys() - _ANY - allowed - asked.contents.known.form_keywords:
        yield asked.finding("form-vocabulary", name, f"The keyword {key} of {name} is not in the vocabulary of forms.")
    if "format" in field and field["format"] not in _FORMATS:
        yield asked.finding("form-vocabulary", name, f"The format of {name} is neither date nor email.")
    if kind == "boolean" and "const" in field and not (field["const"] is True and "declaration" in _words(field)):
        yield asked.finding("form-vocabulary", name, f"The field {name} is fixed without being a declaration.")
    for option in field.get("oneOf", []):
        if not isinstance(option, dict) or not {"const", "title"} <= option.keys() <= _OPTION:
            yield asked.finding("form-vocabulary", name, f"An option of {name} needs const and title.")
    if kind == "array":
        items = field.get("items")
        if isinstance(items, dict) and items.get("type") != "array":
            yield from _vocabulary(asked, name, items, inside_list=True)
        else:
            yield asked.finding("form-vocabulary", name, f"The list {name} does not say what is in it.")


def _govuk(asked: Asked, name: str, field: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[Finding]:
    words = _words(field)
    for key in words.keys() - _WORDS - asked.contents.known.form_keywords:
        yield asked.finding("form-vocabulary", name, f"x-govuk.{key} of {name} is not in the vocabulary of forms.")
    if REFERENCES & words.keys() and field.get("type") not in ("string", "array"):
        yield asked.finding("form-vocabulary", name, f"The field {name} refers to a directory and is no text.")
    if "declaration" in words and not (field.get("type") == "boolean" and field.get("const") is True):
        yield asked.finding("form-vocabulary", name, f"The declaration {name} is no boolean with const: true.")
    errors = words.get("errors", {})
    for kind, sentence in errors.items() if isinstance(errors, dict) else [("", "")]:
        if kind not in SENTENCES or not isinstance(sentence, str) or not sentence.strip():
            yield asked.finding(
                "form-sentence", name, f"The sentences of {name} hold one that is never said, or empty."
            )
    asks = words.get("askIf", {})
    for other in asks if isinstance(asks, dict) else [""]:
        if other not in fields:
            yield asked.finding("form-field", name, f"The field {name} is asked depending on one that is not there.")


def _destination(asked: Asked, name: str, field: Mapping[str, Any], top: bool) -> Iterator[Finding]:
    if field.get("x-variable") not in (None, False):
        if field.get("x-personal") is not False:
            yield asked.finding(
                "personal-variable", name, f"The answer {name} is personal, so it cannot be a variable of the process."
            )
        if not top or not is_name(name):
            yield asked.finding("form-variable", name, f"The field {name} cannot be a variable of the process.")
    fact, facts = field.get("x-fact", ""), asked.contents.known.facts
    if not isinstance(fact, str) or (fact and facts is not None and fact not in facts):
        yield asked.finding("unknown-fact", name, f"The field {name} sets a fact there is not.")


def _readers(asked: Asked, name: str, field: Mapping[str, Any]) -> Iterator[Finding]:
    """Who may fetch the files beside an answer: roles by what can be chosen."""
    readers, known = field.get("x-readers", {}), asked.contents.known.roles
    options = [option.get("const") for option in field.get("oneOf", []) if isinstance(option, dict)]
    for code, roles in readers.items() if isinstance(readers, dict) else [("", None)]:
        if code not in options or not isinstance(roles, list) or not roles:
            yield asked.finding("form-vocabulary", name, f"x-readers of {name} names roles for each of some choices.")
        for role in roles if isinstance(roles, list) else ():
            if known is not None and role not in known:
                yield asked.finding("unknown-role", name, f"The field {name} lets a role read there is not.")


def _words(field: Any) -> Mapping[str, Any]:
    words = field.get("x-govuk", {}) if isinstance(field, dict) else {}
    return words if isinstance(words, dict) else {}
