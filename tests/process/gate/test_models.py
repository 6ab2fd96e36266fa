"""Sound models are accepted, unsound ones refused by the name of their rule, and every rule has a model."""

import json
import re
import time
from pathlib import Path

import pytest
from lxml import etree

from services.case.process.decisions.safe_xml import LARGEST_FILE
from services.case.process.gate import RULES, check_diagram
from services.case.process.gate.bundle import RULES as BUNDLE_RULES
from services.case.process.gate.finding import WARNINGS, Finding
from services.case.process.gate.rules.processes import MOST_NODES
from tests.process.gate.changes import DOUBTS, FORMS, NAMES, SETTINGS
from tests.process.gate.models import SOUND, UNSOUND, rule_of

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def check(model: Path) -> list[Finding]:
    return check_diagram(model.name, model.read_bytes())


@pytest.mark.parametrize("model", SOUND, ids=lambda model: model.name)
def test_a_sound_model_is_accepted(model: Path) -> None:
    assert [found for found in check(model) if found.severity == "error"] == []


@pytest.mark.parametrize("model", UNSOUND, ids=lambda model: model.name)
def test_an_unsound_model_is_refused_by_the_name_of_its_rule(model: Path) -> None:
    found = check(model)

    named = [one for one in found if one.rule == rule_of(model)]
    assert named, found
    assert {one.severity for one in named} == {"error"}
    assert all(one.file == model.name and one.line >= 1 and one.message.endswith(".") for one in found)
    assert {one.rule for one in found} <= RULES.keys()


def test_every_rule_refuses_a_model() -> None:
    made_here = {"file-too-large", "too-many-elements"}
    shown = {rule_of(model) for model in UNSOUND} | {change.rule for change in [*SETTINGS, *NAMES, *FORMS, *DOUBTS]}
    doubted = {found.rule for model in SOUND for found in check(model)}

    assert RULES.keys() - shown - doubted - made_here == set()
    assert {rule_of(model) for model in UNSOUND} <= RULES.keys() - BUNDLE_RULES.keys() - WARNINGS


def test_there_are_sound_models_of_everything_that_is_accepted() -> None:
    diagrams = [etree.parse(model).getroot() for model in SOUND if model.suffix == ".bpmn"]
    kinds = {etree.QName(element).localname for root in diagrams for element in root.iter(f"{BPMN}*")}

    assert len(diagrams) >= 30
    assert {
        "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "subProcess",
        "callActivity", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent",
        "multiInstanceLoopCharacteristics", "completionCondition", "timeDate", "timeDuration", "timeCycle",
        "messageEventDefinition", "signalEventDefinition", "errorEventDefinition",
        "escalationEventDefinition", "terminateEventDefinition", "lane",
    } <= kinds  # fmt: skip


@pytest.mark.parametrize("model", [m for m in SOUND if m.suffix == ".bpmn"], ids=lambda model: model.name)
def test_a_sound_model_says_what_it_shows_and_can_be_seen(model: Path) -> None:
    root = etree.parse(model).getroot()
    words = root.findtext(f"{BPMN}process/{BPMN}documentation", "").splitlines()

    assert words and words[0].endswith(".")
    for line in words[1:]:
        name, _, said = line.partition(": ")
        assert name in ("variables", "choices")
        assert isinstance(json.loads(said), dict)
    drawn = root.find("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram") is not None
    assert drawn == (model.stem != "without_layout")


def test_a_finding_names_line_and_element() -> None:
    (model,) = [model for model in UNSOUND if model.name == "dead-end__task.bpmn"]

    (found,) = check(model)

    assert found.element == "file"
    assert '<bpmn:userTask id="file"' in model.read_text().splitlines()[found.line - 1]


def test_a_file_that_is_too_large_is_refused_politely() -> None:
    for name in ("large.bpmn", "large.dmn"):
        started = time.process_time()
        (found,) = check_diagram(name, b"<a/>" + b" " * 10_000_000)
        assert found.rule == "file-too-large"
        assert time.process_time() - started < 1
    assert LARGEST_FILE < 10_000_000


def test_a_file_with_too_many_elements_is_refused() -> None:
    tasks = "".join(f'<bpmn:task id="t{n}" />' for n in range(MOST_NODES + 1))
    xml = f'<bpmn:definitions xmlns:bpmn="{BPMN[1:-1]}"><bpmn:process id="p">{tasks}</bpmn:process></bpmn:definitions>'

    assert [found.rule for found in check_diagram("large.bpmn", xml.encode())] == ["too-many-elements"]


def test_property_names_of_another_engine_are_doubted_in_a_bare_diagram() -> None:
    (model,) = [model for model in SOUND if model.name == "milestones_and_outcome.bpmn"]
    xml = re.sub(rb'name="milestone"', b'name="formKey"', model.read_bytes(), count=1)

    found = [one for one in check_diagram("x.bpmn", xml) if one.rule == "unknown-property"]

    assert [one.severity for one in found] == ["warning"]
