"""The OpenAPI document, made from the table of routes: what a client reads is what the service checks."""

import re
from collections.abc import Iterable
from typing import Any, get_args, get_origin

import msgspec

from services.case.api.problems import MEDIA_TYPE, STATUS, title
from services.case.api.route import Route
from services.case.domain import errors

TOLD = {"ref", "id", "party", "what", "file"}  # parts of an address of which handlers say that they are not there
PATTERNS = {
    "ref": r"^[A-Z]{2,4}-[0-9]{4}-[0-9]{6}$",
    "id": r"^[A-Z]{2,4}-[0-9]{4}-[0-9]{6}-[1-9][0-9]{0,8}$",
    "party": r"^[a-z][a-z0-9_]{0,39}$",
    "closure": r"^[1-9][0-9]{0,8}$",
    "calendar": r"^[0-9a-f]{64}$",
    "position": r"^[1-9][0-9]{0,17}$",
    "urn": r"^[0-9]{6}$",
    "provider": r"^[A-Za-z0-9-]{1,40}$",
    "strategy": r"^[A-Za-z0-9-]{1,40}$",
    "measure": r"^[a-z_]{1,40}$",
    "bundle": r"^[0-9a-f]{64}$",
    "report": r"^[1-9][0-9]{0,5}$",
    "action": r"^[1-9][0-9]{0,5}$",
    "survey": r"^[1-9][0-9]{0,5}$",
    "file": r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    "what": r"^(d[1-9][0-9]{0,8}|([A-Z]{2,4}-[0-9]{4}-[0-9]{6}-)?[1-9][0-9]{0,8})$",
}
EXAMPLES = {
    "ref": "EP-2026-000001",
    "id": "EP-2026-000001-3",
    "party": "parent",
    "closure": "1",
    "calendar": "0f" * 32,
    "position": "100",
    "file": "3f1e6c52-7a0b-5d54-9a51-0c2f6d8f4b1e",
    "what": "d2",
    "urn": "900001",
    "provider": "AP-1001",
    "strategy": "behaviour-outreach",
    "measure": "suspensions",
    "bundle": "0f" * 32,
    "report": "1",
    "action": "1",
    "survey": "1",
}
ALWAYS: tuple[type[errors.Refusal], ...] = (errors.NotSignedIn, errors.TryAgain)
WITH_BODY: tuple[type[errors.Refusal], ...] = (
    errors.BodyMalformed,
    errors.BodyInvalid,
    errors.MediaTypeUnknown,
    errors.TooLarge,
)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Opens as a page."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
WITH_FILE = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "case": {"type": "string", "description": "Reference of its case; none while the case is not open yet."},
        "description": {"type": "string", "maxLength": 500},
    },
}
ANSWER = {"type": ["object", "array"]}


def document(routes: Iterable[tuple[str, Route]]) -> dict[str, Any]:
    """The whole document; routes come with their full paths."""
    routes = list(routes)
    kinds = [kind for _, route in routes for kind in (route.body, route.query) if kind is not None]
    _, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    for schema in components.values():
        _need(schema)
    paths: dict[str, dict[str, Any]] = {}
    for path, route in routes:
        paths.setdefault(path, {})[route.method.lower()] = _operation(path, route, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Inclusion Casework",
            "version": "1",
            "description": "Case management that keeps children from being permanently excluded.",
        },
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _need(schema: dict[str, Any]) -> None:
    """What must not be empty must be given, though it is refused late."""
    for name, field in schema.get("properties", {}).items():
        if field.get("minLength") and field.get("default") == "":
            del field["default"]
            schema["required"] = sorted([*schema.get("required", []), name])


def _operation(path: str, route: Route, components: dict[str, Any]) -> dict[str, Any]:
    refusals = set(route.refusals)
    if route.who != "anybody":
        refusals |= set(ALWAYS)
    if not TOLD.issuperset(_parts(path)):
        refusals.add(errors.NoSuchPage)
    if route.body is not None or route.takes_file:
        refusals |= set(WITH_BODY)
    if route.query is not None or route.method == "GET":
        refusals.add(errors.BodyInvalid)
    if route.method == "POST":
        refusals |= {errors.KeyUsedOtherwise, errors.BodyInvalid}
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "description": " ".join((route.handler.__doc__ or route.summary).split()),
        "parameters": [*_path_parameters(path), *_query_parameters(route, components), *_header_parameters(route)],
        "responses": {str(route.status): _good(route), **_refused(refusals)},
        "security": [] if route.who == "anybody" else [{"bearer": []}],
        "x-who": route.who,
    }
    if route.takes_file:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": WITH_FILE}}}
    elif route.body is not None:
        schema, name = _body(route.body)
        required = bool(components[name].get("required"))
        operation["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    return operation


def _body(body: Any) -> tuple[dict[str, Any], str]:
    """The schema of a body, one struct or a list of them, and the struct's name."""
    if get_origin(body) is not list:
        return {"$ref": f"#/components/schemas/{body.__name__}"}, body.__name__
    (one,) = get_args(body)
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{one.__name__}"}}, one.__name__


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": PATTERNS[name]},
            "example": EXAMPLES[name],
        }
        for name in _parts(path)
    ]


def _parts(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def _query_parameters(route: Route, components: dict[str, Any]) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    fields = components[route.query.__name__]["properties"]
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": _without_null(schema),
            "allowEmptyValue": _empty(schema),
        }
        for name, schema in fields.items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """In a query a parameter is left out, not null."""
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if options:
        return options[0] if len(options) == 1 else {"anyOf": options}
    return {name: value for name, value in schema.items() if not (name == "default" and value is None)}


def _empty(schema: dict[str, Any]) -> bool:
    return "" in str(_without_null(schema).get("enum", [])) and "" in _without_null(schema).get("enum", [])


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    found = []
    if route.if_match:
        about = f"The ETag of the {route.if_match} as you saw it. Without it: 428."
        found.append(
            {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}, "description": about}
        )
    if route.method == "POST":
        about = "The same key and body give the same answer for at least 24 hours."
        key = {"type": "string", "pattern": r"^[!-~]{1,200}$"}
        found.append(
            {"name": "Idempotency-Key", "in": "header", "required": False, "schema": key, "description": about}
        )
    if route.looks:
        about = "Why you look, where the case is not your work: that you looked is recorded, and this with it, sealed."
        reason = {"type": "string", "pattern": r"^[ -~]{0,500}$"}
        found.append({"name": "Reason", "in": "header", "required": False, "schema": reason, "description": about})
    if route.method == "GET":
        about = "A `Position` that a write answered with: the lists have heard of it when they answer."
        position = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
        found.append({"name": "Wait-For", "in": "header", "required": False, "schema": position, "description": about})
    return found


def _good(route: Route) -> dict[str, Any]:
    if route.status == 204:
        return {"description": "Done."}
    headers = {
        "ETag": {"schema": {"type": "string"}, "description": "For If-Match."},
        "Position": {"schema": {"type": "integer"}, "description": "Place in the log; send it as Wait-For to read it."},
    }
    schema = ANSWER if route.media == "application/json" else {"type": "string"}
    content = {media: {"schema": schema} for media in route.media.split(", ")}
    return {"description": "Done.", "headers": headers, "content": content}


def _refused(refusals: set[type[errors.Refusal]]) -> dict[str, Any]:
    """Status -> the refusals that have it."""
    by_status: dict[int, list[type[errors.Refusal]]] = {}
    for refusal in sorted(refusals, key=lambda r: r.__name__):
        by_status.setdefault(STATUS[refusal], []).append(refusal)
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {"description": " · ".join(title(kind) for kind in kinds), "content": problem}
        for status, kinds in sorted(by_status.items())
    }
