"""A definition: the diagrams and decision tables of one bundle, parsed once, made ready to run, never changed after.

Stock parses; then every spec gets our class for it, and every expression, timer and table is compiled. It does not
check anything: a bundle comes here after the gate (`process/gate`).
"""

import logging
from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser

from services.case.process.decisions import Decision, parse_decision
from services.case.process.engine.prepare import prepare

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)

logging.getLogger("spiff").setLevel(logging.WARNING)


class _Parser(SpiffBpmnParser):  # type: ignore[misc]
    """Stock's parser, with our decision tables in place of its own, which evaluate cells as Python."""

    def __init__(self, decisions: Mapping[str, Decision]) -> None:
        super().__init__()
        self.decisions = decisions

    def get_engine(self, decision_ref: str, node: Any) -> Decision:
        return self.decisions[decision_ref]


class Definition:
    """What the instances of one process share. `process` is the id of the process that runs."""

    def __init__(self, process: str, files: Mapping[str, bytes]) -> None:
        tables = [parse_decision(xml, name) for name, xml in sorted(files.items()) if name.endswith(".dmn")]
        parser = _Parser({table.id: table for table in tables})
        elements: dict[str, dict[str, etree._Element]] = {}  # ids are of one file, another may use them too
        for name, xml in sorted(files.items()):
            if name.endswith(".bpmn"):
                root = etree.fromstring(xml, PARSER)
                parser.add_bpmn_xml(root, name)
                elements[name] = {e.get("id"): e for e in root.iter(f"{MODEL}*") if e.get("id")}
        self.process = process
        self.spec = parser.get_spec(process)
        self.subprocess_specs: dict[str, Any] = parser.get_subprocess_specs(process)
        self.by_name: dict[str, dict[str, Any]] = {}
        for scope in [self.spec, *self.subprocess_specs.values()]:
            specs = {name: s for name, s in scope.task_specs.items() if not isinstance(s, BoundaryEventJoin)}
            self.by_name[scope.name] = specs
            prepare({n: s for n, s in specs.items() if isinstance(s, BpmnTaskSpec)}, elements[scope.file])
