"""The hand-made loop that a good team would write in a week: SpiffWorkflow, FastAPI, PostgreSQL; no auth, no history.

Served by uvicorn. It is kept honest, and made no slower than need be: specs are parsed once and stored by name, state
is compressed, live workflows stay in memory while their row has not changed, answers lie beside the task that asked
for them, and only what the diagram's conditions read goes into the workflow.
"""

import os
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import FastAPI, HTTPException
from lxml import etree
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.helpers.bpmn_converter import BpmnConverter
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG

from services.case.application.files import HOUSE
from tests.bench.baselines.plain_diagrams import plain_copy

PROCESS = "managed_move"
RESULTS: dict[str, dict[str, Any]] = {
    "sum_of_gates": {"gate_result": "allow"},
    "gates_of_school": {"school_gates": [["E7", "pass"]]},
    "name_signatories": {"signatories": ["pupil", "parent", "home_head", "receiving_head"]},
}
BEGIN = {
    "panel_agreed": ["managed_move", "off_site_direction"], "late": False, "under_direction": False,
    "search_is_over": False, "no_school": False, "declines": 0, "declines_before_panel": 3,
}  # fmt: skip
READ = ("family_wishes", "school_chosen", "reply", "sharing", "direction_first", "agree")
SCHEMA = """
CREATE TABLE loop_cases (id bigserial PRIMARY KEY, version int NOT NULL, state bytea NOT NULL);
CREATE TABLE loop_tasks (
    id uuid PRIMARY KEY, case_id bigint NOT NULL REFERENCES loop_cases, element text NOT NULL,
    status text NOT NULL DEFAULT 'open', answers jsonb, created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX loop_inbox ON loop_tasks (element, created_at) WHERE status = 'open';
"""
LOCK = """
SELECT c.id, c.version, c.state FROM loop_cases c JOIN loop_tasks t ON t.case_id = c.id
WHERE t.id = %s AND t.status = 'open' FOR UPDATE OF c
"""
DONE = "UPDATE loop_tasks SET status = 'done', answers = %s WHERE id = %s AND status = 'open'"
KEEP = "UPDATE loop_cases SET version = version + 1, state = %s WHERE id = %s"
OFFER = """
INSERT INTO loop_tasks (id, case_id, element)
SELECT new.id, %s, new.element FROM unnest(%s::uuid[], %s::text[]) AS new (id, element)
"""


class Answers(BaseModel):
    """What a person has answered."""

    answers: dict[str, Any]


@cache
def specs() -> tuple[Any, dict[str, Any]]:
    """The process and what it calls, parsed once."""
    parser = SpiffBpmnParser()
    for diagram in sorted((HOUSE / PROCESS).glob("*.bpmn")):
        parser.add_bpmn_xml(etree.fromstring(plain_copy(diagram, RESULTS)), diagram.name)
    return parser.get_spec(PROCESS), parser.get_subprocess_specs(PROCESS)


class SpecByName(BpmnConverter):  # type: ignore[misc]
    """Specs are the same for all cases: their name is enough."""

    def to_dict(self, spec: Any) -> dict[str, Any]:
        return {"name": spec.name}

    def from_dict(self, stored: dict[str, Any]) -> Any:
        spec, others = specs()
        return spec if stored["name"] == spec.name else others[stored["name"]]


SERIALIZER = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure({**SPIFF_CONFIG, BpmnProcessSpec: SpecByName}))


def to_bytes(workflow: BpmnWorkflow) -> bytes:
    return zlib.compress(SERIALIZER.serialize_json(workflow).encode(), 1)


def from_bytes(state: bytes) -> BpmnWorkflow:
    return SERIALIZER.deserialize_json(zlib.decompress(state).decode())


def waiting(workflow: BpmnWorkflow) -> dict[str, Any]:
    """Open user tasks by id."""
    return {str(task.id): task for task in workflow.get_tasks(state=TaskState.READY, manual=True)}


class Loop:
    """The application's state: connections, and workflows with the version of the row that they belong to."""

    pool: AsyncConnectionPool
    live: dict[int, tuple[int, BpmnWorkflow]]

    def __init__(self, url: str) -> None:
        self.pool = AsyncConnectionPool(url, min_size=8, max_size=16, open=False)
        self.live = {}

    async def begin(self) -> dict[str, Any]:
        workflow = BpmnWorkflow(*specs())
        workflow.task_tree.set_data(**BEGIN)
        workflow.do_engine_steps()
        tasks = waiting(workflow)
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "INSERT INTO loop_cases (version, state) VALUES (1, %s) RETURNING id", [to_bytes(workflow)]
            )
            row = await cursor.fetchone()
            assert row is not None
            await connection.execute(OFFER, [row[0], list(tasks), [t.task_spec.bpmn_id for t in tasks.values()]])
        self.live[row[0]] = (1, workflow)
        return {"case": row[0], "open_tasks": facts(tasks)}

    async def complete(self, task_id: str, answers: dict[str, Any]) -> dict[str, Any]:
        async with self.pool.connection() as connection:
            row = await (await connection.execute(LOCK, [task_id])).fetchone()
            if row is None:
                raise HTTPException(409, "the task is not open")
            case, version, state = row
            known, workflow = self.live.get(case, (0, None))
            if workflow is None or known != version:
                workflow = from_bytes(state)
            self.live.pop(case, None)
            before = waiting(workflow)
            task = before[task_id]
            task.set_data(**{name: answers[name] for name in READ if name in answers})
            task.run()
            workflow.do_engine_steps()
            after = waiting(workflow)
            fresh = {id: task for id, task in after.items() if id not in before}
            await connection.execute(DONE, [Jsonb(answers), task_id])
            await connection.execute(KEEP, [to_bytes(workflow), case])
            if fresh:
                await connection.execute(OFFER, [case, list(fresh), [t.task_spec.bpmn_id for t in fresh.values()]])
        self.live[case] = (version + 1, workflow)
        return {"case": case, "open_tasks": facts(after)}


def facts(tasks: dict[str, Any]) -> list[dict[str, str]]:
    return [{"task": id, "element": task.task_spec.bpmn_id} for id, task in tasks.items()]


LOOP = Loop(os.environ.get("BENCH_DATABASE_URL", ""))


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    await LOOP.pool.open()
    yield
    await LOOP.pool.close()


app = FastAPI(lifespan=lifespan)


@app.post("/cases")
async def begin() -> dict[str, Any]:
    """Start a managed move."""
    return await LOOP.begin()


@app.post("/tasks/{task_id}/complete")
async def complete(task_id: str, body: Answers) -> dict[str, Any]:
    """Complete a task with its answers."""
    return await LOOP.complete(task_id, body.answers)
