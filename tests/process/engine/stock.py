"""Unmodified SpiffWorkflow, driven as its authors show: to compare with where it is right."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition


class Stock:
    """One instance. Tasks are known by their element and by which of its open ones they are."""

    def __init__(self, diagrams: Mapping[str, bytes], process: str, variables: dict[str, Any]) -> None:
        parser = SpiffBpmnParser()
        for name, xml in diagrams.items():
            parser.add_bpmn_xml(etree.fromstring(xml), name)
        self.workflow = BpmnWorkflow(parser.get_spec(process), parser.get_subprocess_specs(process))
        self.workflow.task_tree.set_data(**variables)
        self.workflow.do_engine_steps()

    def _tasks(self) -> list[Any]:
        return list(self.workflow.get_tasks(state=TaskState.READY, manual=True))

    @property
    def open(self) -> Counter[str]:
        """The elements of all open tasks."""
        return Counter(task.task_spec.bpmn_id for task in self._tasks())

    @property
    def ended(self) -> bool:
        return bool(self.workflow.is_completed())

    def complete(self, element: str, number: int, variables: dict[str, Any]) -> None:
        task = [task for task in self._tasks() if task.task_spec.bpmn_id == element][number]
        task.set_data(**variables)
        task.run()
        self.workflow.do_engine_steps()

    def message(self, name: str) -> None:
        self.workflow.send_event(BpmnEvent(MessageEventDefinition(name), payload={}))
        self.workflow.do_engine_steps()
