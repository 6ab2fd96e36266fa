"""Ids: every node has one, no two share one, and none is a name that the engine makes up itself."""

import re
from collections.abc import Iterator
from typing import Final

from services.case.process.decisions.safe_xml import local_name, namespace
from services.case.process.gate.finding import Finding
from services.case.process.gate.model import BPMN, NODES, Diagram

RULES: Final = {
    "element-without-id": "a process, node or declaration without an id",
    "duplicate-id": "two elements with the same id",
    "reserved-id": "an id that SpiffWorkflow gives to elements of its own, such as Start",
    "bad-id": "an id with other characters than letters, digits, underscore, hyphen and dot, or a very long one",
}

LONGEST_ID: Final = 120  # characters

_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_RESERVED: Final = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
_ENDINGS: Final = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", ".BoundaryEventParent")
_NEED_IDS: Final = NODES | {"process", "message", "signal", "error", "escalation"}
# Ids of these say which variable or operator is meant; several activities may mean the same.
_NAMES_NOT_IDS: Final = frozenset({"inputDataItem", "outputDataItem", "serviceTaskOperator", "parameter"})


def judge(diagram: Diagram) -> Iterator[Finding]:
    """Findings about ids."""
    taken: dict[str, bool] = {}  # id -> whether it is only the name of a variable, operator or parameter
    for element in diagram.root.iter("{*}*"):
        name, id = local_name(element), element.get("id")
        ours = namespace(element) == BPMN
        if id is None:
            if ours and name in _NEED_IDS:
                yield diagram.finding("element-without-id", element, f"A {name} has no id.")
            continue
        only_name = name in _NAMES_NOT_IDS
        if id in taken and not (only_name and taken[id]):
            yield diagram.finding("duplicate-id", element, f"The id {id[:LONGEST_ID]} is used twice.")
        taken[id] = taken.get(id, True) and only_name
        if ours and name in _NEED_IDS | {"sequenceFlow"}:
            if not _ID.fullmatch(id) or len(id) > LONGEST_ID:
                yield diagram.finding("bad-id", element, "An id has characters that keys and URLs cannot hold.")
            elif id in _RESERVED or id.endswith(_ENDINGS):
                yield diagram.finding("reserved-id", element, f"SpiffWorkflow has an element {id} of its own.")
