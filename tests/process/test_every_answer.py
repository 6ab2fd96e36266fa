"""Every form, every field of it at any depth, made wrong in every way there is: each is refused with its own sentence,
at its place."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from services.case.application.circumstances import Around
from services.case.application.files import HOUSE
from services.case.application.reference import Reference, stream_of
from services.case.domain.case import Case
from services.case.process.bundle import process_folders
from services.case.process.checks import CHECKS
from services.case.process.forms import Form
from services.case.process.gate.bundle.contents import FORM_ENDING
from services.case.web.short_forms import FORMS

OF_EACH_TYPE: tuple[Any, ...] = (None, True, 7, 1.5, "word", [], {})
TYPES: dict[str, Any] = {"string": str, "boolean": bool, "integer": int, "number": (int, float), "array": list}
NO_DATES = ("2026-02-30", "19/10/2026", "2026-10-19T09:00:00", "3026-10-19", "tomorrow", "")
NO_WORDS = ("", " ", "\t\n", "?!", "Ab", "1", "00:61", "ABCDEFGHIJKLM")


class Wrong(NamedTuple):
    """An answer that is wrong: by which keyword of the field `at` that place, and the answers with it alone."""

    keyword: str
    at: str
    field: dict[str, Any]
    answers: Any


def forms(folder: Path) -> Iterator[Any]:
    for path in sorted(folder.rglob(f"*{FORM_ENDING}")):
        name = path.name.removesuffix(FORM_ENDING)
        yield pytest.param(Form(name, path.read_bytes()), id=f"{folder.name}/{name}")


OF_PROCESSES = [form for folder in process_folders([HOUSE]).values() for form in forms(folder)]
OF_PAGES = list(forms(FORMS))


def wrongs(schema: dict[str, Any]) -> Iterator[Wrong]:
    """Each wrong answer to a field of an object, and each question left out that has to be answered."""
    fields = schema["properties"]
    for name in schema.get("required", []):
        yield Wrong("required", f"/{name}", fields[name], {})
    for condition in schema.get("allOf", []):
        given = {name: met(test) for name, test in condition["if"]["properties"].items()}
        for name in condition["then"]["required"]:
            yield Wrong("required", f"/{name}", fields[name], given)
    for name, field in fields.items():
        for wrong in wrong_values(field):
            yield wrong._replace(at=f"/{name}{wrong.at}", answers={name: wrong.answers})


def met(test: dict[str, Any]) -> Any:
    if "contains" in test:
        return [met(test["contains"])]
    return test["const"] if "const" in test else test["enum"][0]


def wrong_values(field: dict[str, Any]) -> Iterator[Wrong]:
    """Wrong answers to one field; of a list also each wrong thing in it."""
    kind = field.get("type", "string")
    for value in (given for given in OF_EACH_TYPE if not is_a(kind, given)):
        yield Wrong("oneOf" if "oneOf" in field else "type", "", field, value)
    for keyword, value in by_keyword(field):
        yield Wrong(keyword, "", field, value)
    if kind == "array":
        items = field["items"]
        inside = wrongs(items) if items.get("type") == "object" else wrong_values(items)
        sentences = {"x-govuk": field["x-govuk"]} if items.get("type") != "object" else {}
        for wrong in inside:
            item = {**sentences, **wrong.field}
            yield wrong._replace(at=f"/0{wrong.at}", field=item, answers=[wrong.answers])


def is_a(kind: str, value: Any) -> bool:
    return isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind != "boolean")


def by_keyword(field: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "oneOf" in field:
        yield "oneOf", -1 if field.get("type") == "integer" else "no such choice"
    if "const" in field:
        yield "const", not field["const"]
    if field.get("format") == "date":
        yield from (("format", text) for text in NO_DATES)
    if field.get("format") == "email":
        yield from (("format", text) for text in ("nobody", "@here", "a b@example.org"))
    if "pattern" in field:
        yield from (("pattern", text) for text in NO_WORDS if not re.search(field["pattern"], text))
    if "maxLength" in field:
        yield "maxLength", "x" * (field["maxLength"] + 1)
    if "minimum" in field:
        yield "minimum", field["minimum"] - 1
    if "maximum" in field:
        yield "maximum", field["maximum"] + 1
    if field.get("minItems"):
        yield "minItems", []
    if "maxItems" in field:
        yield "maxItems", [{} for _ in range(field["maxItems"] + 1)]
    choices = field.get("items", {}).get("oneOf")
    if choices:
        yield "uniqueItems", [choices[0]["const"]] * 2


@pytest.mark.parametrize("form", OF_PROCESSES)
def test_every_wrong_answer_in_a_form_of_a_process_has_its_own_sentence(form: Form) -> None:
    refuses_each(form, wrongs(form.schema))


@pytest.mark.parametrize("form", OF_PAGES)
def test_every_wrong_answer_on_a_page_of_our_own_has_its_own_sentence(form: Form) -> None:
    refuses_each(form, (wrong for wrong in wrongs(form.schema) if wrong.keyword != "type"))  # what is typed is text


def refuses_each(form: Form, wrongs: Iterable[Wrong]) -> None:
    tried = set()
    for wrong in wrongs:
        refused = [error["detail"] for error in form.by_schema(wrong.answers) if error["pointer"] == wrong.at]
        sentence = wrong.field.get("x-govuk", {}).get("errors", {}).get(wrong.keyword)
        assert sentence, f"{wrong.at} has no sentence for {wrong.keyword}"
        assert sentence in refused, f"{wrong.at} {wrong.keyword}: {wrong.answers!r} is told {refused}"
        tried.add(wrong.at)
    assert tried


@pytest.mark.parametrize("form", OF_PROCESSES)
def test_every_written_answer_has_a_longest_and_every_list_an_end(form: Form) -> None:
    """Else one answer could fill the case."""
    for at, field in every_field(form.schema):
        if "oneOf" in field or "format" in field:
            continue
        if field.get("type") == "string":
            assert "maxLength" in field or field["pattern"].endswith("$"), at
        if field.get("type") == "array":
            assert "maxItems" in field or field.get("uniqueItems"), at


def every_field(schema: dict[str, Any], inside: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in schema["properties"].items():
        yield f"{inside}/{name}", field
        if field.get("items", {}).get("type") == "object":
            yield from every_field(field["items"], f"{inside}/{name}")


def across(check: dict[str, Any]) -> dict[str, Any] | None:
    """Answers that break a rule across fields; None where it takes a case of its own to break it."""
    field, early, late = check["field"], "2026-09-07", "2027-06-28"
    match check["check"]:
        case "not_after" | "within_days":
            return {field: late, check.get("than", check.get("of")): early}
        case "not_before":
            return {field: early, check["than"]: late}
        case "at_least_days":
            return {field: early, check["of"]: early}
        case "within_school_days":
            return {field: late, check.get("of", "today"): early}
        case "within_policy_weeks" | "no_gap":
            return {field: late, check["of"]: early}
        case "school_day":
            return {field: "2026-11-15", "receiving_school": "900002"}  # a Sunday
        case "age":
            return {field: "1990-01-01"}
        case "upn":
            return {field: "A801200005001"}
        case "rung" | "among":
            return {field: "no_such_thing"}
        case "different_school":
            return {field: "900001"}
        case "anonymous":
            return {field: "Alex Example likes football."}
        case "lawful_outcome":
            return {field: "The pupil stays at home on Friday."}
        case "in_force":
            return {field: "XX", check["on"]: early}
        case "notice_period":
            return {field: late, check["start"]: late, "receiving_school": "900002"}
        case "school_days_in":
            return {field: 1, check["from"]: early, check["to"]: late, "receiving_school": "900002"}
        case "rising":
            return {field: [{check["of"]: 4}, {check["of"]: 4}]}
    return None


def test_every_rule_across_fields_has_its_own_sentence(reference: Reference) -> None:
    case = Case(stream_of("EP-2026-000001"), authority="937", home_school="900001")
    case.policy = reference.policy_at("937", date(2026, 9, 7)).hash
    case.personal = {"pupil_forename": "Alex", "pupil_surname": "Example"}
    around, tried = Around(case, date(2026, 11, 16), reference), Counter[str]()
    for form in (parameter.values[0] for parameter in OF_PROCESSES):
        for check in form.schema.get("x-checks", []):
            if (answers := across(check)) is not None:
                said = CHECKS[check["check"]](check, answers, around)
                assert said is not None, f"{form.name}: {check} lets {answers} pass"
                if said and check["check"] != "lawful_outcome":  # which says what is lawful instead
                    assert said.startswith(check["message"]) and check["message"].endswith((".", ":"))
                tried[check["check"]] += 1
    assert sum(tried.values()) > 400 and tried.keys() >= {"not_after", "lawful_outcome", "school_day", "notice_period"}
