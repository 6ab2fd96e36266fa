"""CloudEvents 1.0 in and out: as a Kafka record (binary mode; structured mode also accepted), and as one JSON object.

In Python a CloudEvent is a dict of its attributes, with `data` among them: decoded JSON. `sequence` and `position` are
whole numbers, all other attributes text. Needs no Kafka client: a record is its key, its headers and its value.
"""

import re
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec

REQUIRED = ("id", "source", "specversion", "type")
NUMBERS = ("sequence", "position")
STRUCTURED = "application/cloudevents+json"
JSON = "application/json"

_NAME = re.compile(r"[a-z0-9]+")
_NUMBER = re.compile(r"[0-9]{1,18}")  # as many digits as every database holds


class NotACloudEvent(ValueError):
    """This is not a CloudEvent of version 1.0 that we can read; the message says why, and quotes nothing of it."""


class Record(msgspec.Struct, frozen=True):
    """What goes into Kafka. All events of a stream have one key, so that they keep their order."""

    key: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    value: bytes | None


def to_record(event: dict[str, Any]) -> Record:
    """Binary mode: data as the value, `datacontenttype` as `content-type`, `partitionkey` as the key, every other
    attribute as a header `ce_…`."""
    apart = ("data", "datacontenttype", "partitionkey")
    headers = [("content-type", event["datacontenttype"].encode())] if "datacontenttype" in event else []
    headers += [(f"ce_{name}", str(value).encode()) for name, value in event.items() if name not in apart]
    key = event["partitionkey"].encode() if "partitionkey" in event else None
    return Record(key, headers, msgspec.json.encode(event["data"]) if "data" in event else None)


def from_record(record: Record) -> dict[str, Any]:
    """The event of a record in either mode. Headers of others are passed over. Raises NotACloudEvent."""
    names = [name for name, _ in record.headers if name == "content-type" or name.startswith("ce_")]
    if len(set(names)) < len(names):
        _refuse("an attribute is given twice")
    headers = {name: _text(value) for name, value in record.headers if name in names}
    content_type = headers.pop("content-type", None)
    key = {} if record.key is None else {"partitionkey": _text(record.key)}
    if content_type is not None and _media_type(content_type) == STRUCTURED:
        return {**key, **from_json(record.value or b"")}
    event: dict[str, Any] = {name.removeprefix("ce_"): value for name, value in headers.items()}
    if "data" in event:
        _refuse("an attribute is called data")
    if content_type is not None:
        event["datacontenttype"] = content_type
    if record.value is not None:
        event["data"] = _decoded(record.value)
    return _checked({**key, **event})


def to_json(event: dict[str, Any]) -> bytes:
    """Structured mode: the whole event as one JSON object, as the HTTP feed serves it."""
    return msgspec.json.encode(event)


def from_json(body: bytes) -> dict[str, Any]:
    """The event of one JSON object. Raises NotACloudEvent."""
    event = _decoded(body)
    if not isinstance(event, dict):
        _refuse("it is not a JSON object")
    return _checked({name: value for name, value in event.items() if value is not None})


def _checked(event: dict[str, Any]) -> dict[str, Any]:
    """The event, if it is one that we can read, its numbers as numbers."""
    for name in REQUIRED:
        if not event.get(name):
            _refuse(f"it has no {name}")
    if event["specversion"] != "1.0":
        _refuse("it is of another version of CloudEvents")
    if _media_type(event.get("datacontenttype", JSON)) != JSON or "data_base64" in event:
        _refuse("its data is not JSON")
    for name, value in event.items():
        if name == "data":
            continue
        if not _NAME.fullmatch(name):
            _refuse("an attribute's name is not of lower-case letters and digits")
        if name in NUMBERS:
            event[name] = _number(name, value)
        elif not isinstance(value, str):
            _refuse("an attribute is not text")
    return event


def _number(name: str, value: Any) -> int:
    if not isinstance(value, int | str) or not _NUMBER.fullmatch(str(value)):
        _refuse(f"its {name} is not a whole number")
    return int(value)


def _media_type(content_type: Any) -> str:
    return content_type.partition(";")[0].strip().lower() if isinstance(content_type, str) else ""


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotACloudEvent("its JSON cannot be read") from error


def _text(raw: bytes | None) -> str:
    try:
        return (raw or b"").decode()
    except UnicodeDecodeError as error:
        raise NotACloudEvent("an attribute is not UTF-8") from error


def _refuse(why: str) -> NoReturn:
    raise NotACloudEvent(why)
