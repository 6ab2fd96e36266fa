"""What Schemathesis generates that is valid, made true: references of cases and tasks that are there, keys that nobody
used, answers that fit their form. What it generates to be refused stays as it is."""

import itertools
import json
import os
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import schemathesis
from schemathesis import Case, HookContext

TRUE: dict[str, Any] = json.loads(Path(os.environ["TRUE_REFERENCES"]).read_text())
PERIOD = "2026/27"
UPNS = ("B801200005001", "P937423718250")
turns = {name: itertools.cycle(values) for name, values in TRUE.items()}


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for name in case.path_parameters:
        if name in turns:
            case.path_parameters[name] = next(turns[name])
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    for name in ("cursor", "known_at", "effective_on", "wait", "by"):
        case.query.pop(name, None)
    if "period" in case.query:
        case.query = {"period": PERIOD}
    if case.operation.body and not isinstance(case.body, list):
        body = case.body if isinstance(case.body, dict) else {}
        case.body = whole({**body, **made_true(case.operation.label, body, case.path_parameters)})


def whole(said: Any) -> Any:
    """For JSON Schema 1.0 is an integer. Nobody writes a number of places so, and it is refused."""
    if isinstance(said, dict):
        return {name: whole(value) for name, value in said.items()}
    if isinstance(said, list):
        return [whole(value) for value in said]
    return int(said) if isinstance(said, float) and said.is_integer() else said


def made_true(operation: str, body: dict[str, Any], address: dict[str, Any]) -> dict[str, Any]:
    """The fields of a body that must fit what is there."""
    true: dict[str, Any] = {}
    if "effective_on" in body:
        true["effective_on"] = None
    if "period" in body:
        true["period"] = PERIOD
    if "closes_at" in body:
        true["closes_at"] = "2099-01-01T00:00:00+00:00"
    if "process" in body:
        true["process"] = next(turns["process"])
    if operation.endswith("/corrections"):
        true |= {"task": None, "field": "forename", "value": "Sam"}
    if operation.endswith("/complete"):
        true["answers"] = TRUE["accept"][0]
    if operation.endswith("/cases"):
        true |= {"process": "exclusion_prevention", "answers": next(turns["start"]), "confirm_new": True}
    if operation.endswith("/files"):
        true |= {"case": next(turns["ref"]), "file": b"%PDF-1.7"}
    if operation.endswith("/search"):
        true |= {"name": "Example", "upn": None, "ref": None}
    if operation.endswith(("/merge", "/split")):
        names = [name for name in body if name.endswith("upn")]
        true |= {**dict(zip(names, UPNS, strict=True)), "reason": "One pupil."}
    if re.search("/agreements/{party}$", operation):
        true |= {"answers": TRUE["agree"][0][address["party"]], "method": "phone"}
    return true
