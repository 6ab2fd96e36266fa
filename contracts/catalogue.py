"""The catalogue of events, `CATALOGUE.md`, and the same for machines, `asyncapi.yaml`: both made from the schemas and
`topics.toml`. `python -m contracts.catalogue` writes them.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

HERE = Path(__file__).parent
BUSINESS = "case.events.v1"
BY_FIRST_PART = {"authority": "authority.events.v1", "access": "case.access.v1"}
DELIVERIES = {"delivery.offered.v1": "case.contacts.v1", "delivery.result.v1": "notify.results.v1"}
GENERAL = ("case", "register", "authority", "access", "delivery")
HEAD = """# Catalogue of events

Made from `events/`, `deliveries/` and `topics.toml` by `python -m contracts.catalogue`; change those. How records come
and what may change: `README.md`.
"""
Schema = dict[str, Any]


class Topic(msgspec.Struct, frozen=True):
    """What a subscriber knows of a topic. `scope`: of the token that reads it over HTTP; `received`: we read it."""

    carries: str
    key: str
    keeps: str
    scope: str
    consumers: list[str]
    received: bool = False


def topics() -> dict[str, Topic]:
    said = tomllib.loads((HERE / "topics.toml").read_text())["topics"]
    return {name: msgspec.convert(topic, Topic) for name, topic in said.items()}


def schemas() -> dict[str, tuple[str, Schema]]:
    """By type: the file as seen from here, and the schema."""
    files = [file for folder in ("deliveries", "events") for file in (HERE / folder).glob("*.json")]
    found = {file.stem: (file.relative_to(HERE).as_posix(), json.loads(file.read_text())) for file in files}
    return dict(sorted(found.items()))


def topic_of(type: str) -> str:
    """On which topic events of a type come."""
    return DELIVERIES.get(type) or BY_FIRST_PART.get(type.partition(".")[0], BUSINESS)


def catalogue() -> str:
    """The text of CATALOGUE.md: milestones first, for they are what subscribers ask for."""
    known, by_topic = schemas(), topics()
    milestones = [type for type in known if type.partition(".")[0] not in GENERAL]
    parts = [HEAD, "\n## Topics\n", *_topics(by_topic), "\n## Milestones\n"]
    parts += [_entry(type, *known[type], by_topic) for type in milestones]
    parts.append("\n## Other events\n")
    parts += [_entry(type, *known[type], by_topic) for type in known if type not in milestones]
    return "\n".join(parts)


def _topics(by_topic: Mapping[str, Topic]) -> Iterator[str]:
    yield "| topic | carries | key | keeps | scope | who consumes it |\n|---|---|---|---|---|---|"
    for name, topic in by_topic.items():
        who = "; ".join(topic.consumers)
        yield f"| `{name}` | {topic.carries} | {topic.key} | {topic.keeps} | `{topic.scope}` | {who} |"


def _entry(type: str, file: str, schema: Schema, by_topic: Mapping[str, Topic]) -> str:
    topic = topic_of(type)
    lines = [f"\n### `{type}`\n", f"{schema['title']}. {schema['description']}\n"]
    lines.append(f"On `{topic}`, for {'; '.join(by_topic[topic].consumers)}. Schema: [`{file}`]({file}).\n")
    lines.append("| field | is | always |\n|---|---|---|")
    required = schema.get("required", [])
    for name, field in schema["properties"].items():
        lines.append(f"| `{name}` | {_meaning(field)} | {'yes' if name in required else ''} |")
    lines += [f"\n```json\n{json.dumps(example, ensure_ascii=False)}\n```" for example in schema.get("examples", [])]
    return "\n".join(lines)


def _meaning(field: Schema) -> str:
    """What a field is, and its codes."""
    said = str(field.get("description", "")).replace("|", "\\|")
    codes = [str(code["const"]) for code in field.get("anyOf", []) if "const" in code] or field.get("enum", [])
    return f"{said} Codes: {', '.join(f'`{code}`' for code in codes)}." if codes else said


def asyncapi() -> str:
    """The text of asyncapi.yaml, AsyncAPI 3.0."""
    known, by_topic = schemas(), topics()
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Inclusion Casework",
            "version": "1.0.0",
            "description": "One record for every event of every case, as CloudEvents 1.0. What is promised: README.md.",
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(name, topic, known) for name, topic in by_topic.items()},
        "operations": {
            f"{'receive' if topic.received else 'send'} {name}": {
                "action": "receive" if topic.received else "send",
                "channel": {"$ref": _pointer("channels", name)},
            }
            for name, topic in by_topic.items()
        },
        "components": {
            "messages": {type: _message(type, *known[type]) for type in known},
            "schemas": {"attributes": _attributes()},
        },
    }
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    return f"# Made by `python -m contracts.catalogue` from events/, deliveries/ and topics.toml; change those.\n{text}"


def _channel(name: str, topic: Topic, known: Mapping[str, Any]) -> Schema:
    of_topic = [type for type in known if topic_of(type) == name]
    return {
        "address": name,
        "description": f"{topic.carries[0].upper()}{topic.carries[1:]}. Key: {topic.key}. Keeps: {topic.keeps}.",
        "messages": {type: {"$ref": _pointer("components/messages", type)} for type in of_topic},
    }


def _message(type: str, file: str, schema: Schema) -> Schema:
    return {
        "name": type,
        "title": schema["title"],
        "summary": schema["description"],
        "contentType": "application/json",
        "headers": {"$ref": _pointer("components/schemas", "attributes")},
        "payload": {"$ref": f"./{file}"},
    }


def _attributes() -> Schema:
    """The attributes of CloudEvents as headers of Kafka, all of them text."""
    always = ("specversion", "id", "source", "type", "subject", "time")
    chain = ("prevhash", "hash", "factshash", "sealedhash")
    sometimes = ("dataschema", "sequence", "position", "correlationid", "causationid", *chain, "traceparent")
    return {
        "type": "object",
        "properties": {f"ce_{name}": {"type": "string"} for name in (*always, *sometimes)},
        "required": [f"ce_{name}" for name in always],
    }


def _pointer(folder: str, name: str) -> str:
    return f"#/{folder}/{name}"


MADE = {"CATALOGUE.md": catalogue, "asyncapi.yaml": asyncapi}

if __name__ == "__main__":
    for name, text in MADE.items():
        (HERE / name).write_text(text())
