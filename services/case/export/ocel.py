"""OCEL 2.0 as JSON: events with the objects that they are about, for object-centric process mining.

Objects: the case, its process instances, its tasks, and the organisations that act. No people.
"""

import json
from collections.abc import Iterable
from typing import Any

from services.case.domain import events as e
from services.case.store.mapper import Recorded

Object = dict[str, Any]
OBJECTS = {"case": ("process", "authority"), "process instance": ("process",), "task": ("element",), "organisation": ()}


def ocel(ref: str, events: Iterable[Recorded]) -> bytes:
    """The whole log of one case."""
    log = _Log(ref)
    for recorded in events:
        log.take(recorded)
    return json.dumps(log.as_json(), indent=1, ensure_ascii=False).encode()


class _Log:
    def __init__(self, ref: str) -> None:
        self._ref = ref
        self._objects: dict[str, Object] = {}
        self._events: list[dict[str, Any]] = []

    def take(self, recorded: Recorded) -> None:
        event, at = recorded.event, recorded.recorded_at.isoformat()
        related = [(self._object(self._ref, "case", at, _case(event)), "case")]
        instance, task = getattr(event, "instance", 0), getattr(event, "task", 0)
        if instance:
            attributes = {"process": event.process} if isinstance(event, e.ProcessStarted) else {}
            related.append((self._object(f"{self._ref}/{instance}", "process instance", at, attributes), "instance"))
        if task:
            attributes = {"element": event.element} if isinstance(event, e.TaskOffered | e.TaskCompleted) else {}
            related.append((self._object(f"{self._ref}-{task}", "task", at, attributes), "task"))
        if event.meta.by.org:
            related.append((self._object(f"organisation {event.meta.by.org}", "organisation", at, {}), "for"))
        self._events.append(
            {
                "id": f"{recorded.stream}.{recorded.version}",
                "type": activity(recorded),
                "time": at,
                "attributes": [
                    {"name": "role", "value": event.meta.by.role or event.meta.by.person},
                    {"name": "recorded_type", "value": recorded.type},
                ],
                "relationships": [{"objectId": id, "qualifier": qualifier} for id, qualifier in related],
            }
        )

    def _object(self, id: str, type: str, at: str, attributes: dict[str, str]) -> str:
        found = self._objects.setdefault(id, {"id": id, "type": type, "attributes": [], "relationships": []})
        known = {one["name"] for one in found["attributes"]}
        found["attributes"] += [
            {"name": name, "time": at, "value": value} for name, value in attributes.items() if name not in known
        ]
        return id

    def as_json(self) -> dict[str, Any]:
        activities = sorted({event["type"] for event in self._events})
        said = [{"name": name, "type": "string"} for name in ("role", "recorded_type")]
        return {
            "objectTypes": [
                {"name": name, "attributes": [{"name": one, "type": "string"} for one in attributes]}
                for name, attributes in OBJECTS.items()
            ],
            "eventTypes": [{"name": activity, "attributes": said} for activity in activities],
            "objects": list(self._objects.values()),
            "events": self._events,
        }


def activity(recorded: Recorded) -> str:
    """A completed task is called by its element, everything else by its type."""
    event = recorded.event
    return event.element if isinstance(event, e.TaskCompleted) else recorded.type.rpartition(".v")[0]


def _case(event: object) -> dict[str, str]:
    return {"process": event.process, "authority": event.authority} if isinstance(event, e.CaseOpened) else {}
