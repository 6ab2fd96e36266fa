"""Copies of diagrams that unmodified SpiffWorkflow can run: what it cannot run is a script task with the same result.

Service tasks, decision tables, timers and messages become scripts that assign what they would have brought. Both sides
of a comparison run the copy.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import etree

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
REPLACED = ("serviceTask", "businessRuleTask", "intermediateCatchEvent")
CONNECTED = (f"{MODEL}incoming", f"{MODEL}outgoing")


def plain_copy(diagram: Path, results: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The copy. `results` are, by element, the variables that what is replaced would set."""
    root = etree.parse(str(diagram)).getroot()
    chosen_by = {gateway.get("id") for gateway in root.iter(f"{MODEL}eventBasedGateway")}
    races = {flow.get("targetRef") for flow in root.iter(f"{MODEL}sequenceFlow") if flow.get("sourceRef") in chosen_by}
    for element in [found for kind in REPLACED for found in root.iter(MODEL + kind)]:
        if element.get("id") not in races:  # a script there would not wait for the message
            _make_script(element, results.get(element.get("id"), {"done": True}))
    for border in list(root.iter(f"{MODEL}boundaryEvent")):
        _unhang(root, border)
    written: bytes = etree.tostring(root)
    return written


def _make_script(element: Any, result: Mapping[str, Any]) -> None:
    element.tag = f"{MODEL}scriptTask"
    for child in list(element):
        if child.tag not in CONNECTED:
            element.remove(child)
    script = etree.SubElement(element, f"{MODEL}script")
    script.text = "\n".join(f"{name} = {value!r}" for name, value in result.items())


def _unhang(root: Any, border: Any) -> None:
    """A timer on a border would read the clock: it goes, with the way that leads away from it alone."""
    if border.find(f"{MODEL}timerEventDefinition") is None:
        return
    gone = {border.get("id")}
    flows = [flow for flow in root.iter(f"{MODEL}sequenceFlow") if flow.get("sourceRef") in gone]
    ids = {flow.get("id") for flow in flows} | gone
    for reference in list(root.iter(f"{MODEL}incoming", f"{MODEL}outgoing", f"{MODEL}flowNodeRef")):
        if reference.text in ids:
            reference.getparent().remove(reference)
    for element in [border, *flows]:
        element.getparent().remove(element)
