"""A form without the questions whose answers are known when a party answers by link, such as who they are."""

from copy import deepcopy
from datetime import date
from typing import Any

import msgspec

from services.case.process.forms import Form
from services.case.web.questions import Answers

FOR_PUPILS = {  # questions that are asked of everybody, as one asks a pupil
    "language": {"title": "In which language did you read the plan?"},
    "interpreter": {"title": "Did somebody help you to understand it?"},
    "adviser": {"title": "Was somebody with you who is on your side?"},
    "words": {"title": "Do you want to say something about it?"},
    "understanding": {
        "title": "What will happen if you say yes? Say it in your own words.",
        "description": "This shows that the plan was explained well. There is no wrong answer.",
    },
}
CAPACITY = {
    "pupil": "pupil",
    "home_head": "head_home_school",
    "receiving_head": "head_receiving_school",
    "social_worker": "social_worker",
}


def known_by_link(form: Form, party: str, today: date) -> Answers:
    """What needs no asking: that it is answered here, today, with the words on the screen; who
    somebody is of whom there is but one."""
    told = {"method": "e_sign", "answered_on": today.isoformat(), "copy_received": "electronic"}
    if party in CAPACITY:
        told["capacity"] = CAPACITY[party]
    return {name: value for name, value in told.items() if name in form.fields and _may_be(form.fields[name], value)}


def _may_be(field: dict[str, Any], value: str) -> bool:
    options = [option["const"] for option in field.get("oneOf", [])]
    return value in options if options else field.get("type") == "string"


def without(form: Form, known: Answers, is_pupil: bool = False, title: str = "") -> Form:
    """The form with only what is still to be asked; conditions on what is known are settled. `title` in the
    place of its own."""
    schema = deepcopy(form.schema)
    schema["title"] = title or form.title
    fields = {name: _settled(field, known) for name, field in schema["properties"].items() if name not in known}
    schema["properties"] = {name: field for name, field in fields.items() if field is not None}
    required = list(schema.get("required", []))
    rules = []
    for rule in schema.get("allOf", []):
        conditions = rule["if"].get("properties", {})
        if not all(_meets(known[name], wanted) for name, wanted in conditions.items() if name in known):
            continue
        if open_yet := {name: wanted for name, wanted in conditions.items() if name not in known}:
            rules.append({"if": {"properties": open_yet, "required": list(open_yet)}, "then": rule["then"]})
        else:
            required += rule["then"].get("required", [])
    schema["required"] = [name for name in dict.fromkeys(required) if name in schema["properties"]]
    schema["allOf"] = rules
    schema["x-checks"] = [check for check in schema.get("x-checks", []) if check.get("field") not in known]
    for name, words in FOR_PUPILS.items() if is_pupil else ():
        if name in schema["properties"]:
            schema["properties"][name] |= words
    return Form(form.name, msgspec.json.encode({key: value for key, value in schema.items() if value != []}))


def _settled(field: dict[str, Any], known: Answers) -> dict[str, Any] | None:
    """A question without conditions on what is known; None where it is not asked then."""
    conditions = field.get("x-govuk", {}).get("askIf", {})
    for name, wanted in list(conditions.items()):
        if name in known:
            if known[name] not in (wanted if isinstance(wanted, list) else [wanted]):
                return None
            del conditions[name]
    return field


def _meets(answer: Any, wanted: dict[str, Any]) -> bool:
    return bool(answer == wanted["const"]) if "const" in wanted else answer in wanted.get("enum", [])
