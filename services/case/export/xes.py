"""XES (IEEE 1849): the completed user tasks of a case as a trace, for process mining.

People are roles and organisations in it. An event is a task's completion; `time:timestamp` is when it was recorded.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from xml.etree import ElementTree

from services.case.application.reference import Reference
from services.case.domain import events as e
from services.case.domain.process_migration import ProcessMigrated
from services.case.store.mapper import Recorded

NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = {"concept": "Concept", "time": "Time", "lifecycle": "Lifecycle", "org": "Organizational"}


def xes(ref: str, events: Iterable[Recorded], reference: Reference) -> bytes:
    """A log with one trace."""
    log = ElementTree.Element("log", {"xes.version": "1849-2016", "xes.features": "", "xmlns": NAMESPACE})
    for prefix, name in EXTENSIONS.items():
        address = f"{NAMESPACE}{prefix}.xesext"
        ElementTree.SubElement(log, "extension", {"name": name, "prefix": prefix, "uri": address})
    trace = ElementTree.SubElement(log, "trace")
    _put(trace, "string", "concept:name", ref)
    bundles: dict[int, str] = {}
    for recorded in events:
        event = recorded.event
        if isinstance(event, e.ProcessStarted | ProcessMigrated):
            bundles[event.instance] = event.bundle
        if isinstance(event, e.TaskCompleted):
            put = ElementTree.SubElement(trace, "event")
            elements = reference.bundle(bundles[event.instance]).elements
            named = elements[event.element].name if event.element in elements else ""
            _put(put, "string", "concept:name", event.element)
            _put(put, "string", "concept:instance", str(event.task))
            _put(put, "date", "time:timestamp", recorded.recorded_at.isoformat(timespec="milliseconds"))
            _put(put, "string", "lifecycle:transition", "complete")
            _put(put, "string", "org:role", event.meta.by.role)
            _put(put, "string", "org:group", event.meta.by.org)
            _put(put, "string", "title", named or event.element)
            _put(put, "int", "process_instance", str(event.instance))
    ElementTree.indent(log)
    body: bytes = ElementTree.tostring(log, "utf-8", xml_declaration=True)
    return body


def _put(parent: ElementTree.Element, kind: str, key: str, value: str) -> None:
    if value:
        ElementTree.SubElement(parent, kind, {"key": key, "value": value})


def directly_follows(events: Iterable[Recorded]) -> Counter[tuple[str, str]]:
    """How often one user task was completed right after another in a case."""
    done = [recorded.event.element for recorded in events if isinstance(recorded.event, e.TaskCompleted)]
    return Counter(pairwise(done))
