"""Thirdshire's attendance visits, for trying drafts of their process on: cases opened and worked on without HTTP."""

import asyncio
from collections.abc import Callable
from copy import copy
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

from services.case.application.door import Command, Door, once
from services.case.application.drafts import draft_of_folder, keep
from services.case.application.live import Live
from services.case.application.migrating import HistoryGrown, migrate
from services.case.application.opening import open_case
from services.case.application.passing import pass_day
from services.case.application.reference import stream_of
from services.case.application.running import Running
from services.case.application.tasks import complete
from services.case.domain import events as e
from services.case.domain.case import Case
from services.case.domain.meta import Actor
from services.case.domain.people import Membership, Person
from services.case.domain.tasks import etag_of
from services.case.process.bundle import Bundle
from services.case.samples import as_person, sample_people
from services.case.store.mapper import Recorded
from services.case.wiring import House
from tests.application.council import Day

COUNCIL = Path(__file__).parents[1] / "third_council"
PROCESS = COUNCIL / "bpmn" / "attendance_visit"
CASEWORKER = as_person("caseworker-999", sample_people()["caseworker-999"])
STAFF = Person("staff-999", "999", (Membership("home-staff", "900901"),))
OWNER = Actor("owner-999", "process-owner", "999")
MONDAY, THURSDAY = date(2026, 10, 5), date(2026, 10, 8)
CASEWORKERS, SCHOOLS = (
    "<bpmn:flowNodeRef>arrange_visit</bpmn:flowNodeRef>\n",
    '<bpmn:lane id="lane_school" name="School" />',
)

# Drafts: what is written otherwise, by file.
Edits = dict[str, list[tuple[str, str]]]
DIAGRAM, ABOUT = "attendance_visit.bpmn", "process.toml"
ARRANGE, NOTICE = "forms/arrange.schema.json", "notices/visited.md"
REWORDED: Edits = {
    NOTICE: [("A visit was made", "Somebody visited the family")],
    DIAGRAM: [("flow_seen_tell", "flow_told")],
}
MORE_TIME: Edits = {ABOUT: [("count = 3", "count = 4")]}
ASKS_LESS: Edits = {
    "forms/visit.schema.json": [('["family_seen", "what_was_said"]', '["family_seen"]'), ("what_was_said", "remarks")]
}
DUE = """<spiffworkflow:property name="due" value='deadline("arrange")' />"""
NO_DAY: Edits = {DIAGRAM: [(DUE, "")]}
OTHER_WORD: Edits = {
    ABOUT: [("[deadlines.arrange]", "[deadlines.fix]")],
    DIAGRAM: [('deadline("arrange")', 'deadline("fix")')],
}
GOES_ROUND: Edits = {DIAGRAM: [('family_seen == "no"', 'family_seen == "yes"')]}
ASKS_MORE: Edits = {
    ARRANGE: [
        ('["visit_on"]', '["visit_on", "alone"]'),
        (
            '"visit_on": {\n',
            '"alone": {"title": "Do you go alone?", "type": "string", "oneOf": [{"const": "yes", "title": "Yes"}, '
            '{"const": "no", "title": "No"}], "x-personal": false, "x-variable": true, "x-govuk": {"errors": '
            '{"required": "Select yes or no", "oneOf": "Select yes or no"}}},\n    "visit_on": {\n',
        ),
    ],
    DIAGRAM: [('family_seen == "no"', 'alone == "yes" and family_seen == "no"')],
}
OTHER_NAME: Edits = {DIAGRAM: [("arrange_visit", "plan_visit")]}
FOR_SCHOOLS: Edits = {
    DIAGRAM: [
        ("        <bpmn:flowNodeRef>arrange_visit</bpmn:flowNodeRef>\n", ""),
        (SCHOOLS, SCHOOLS.replace(" />", "><bpmn:flowNodeRef>arrange_visit</bpmn:flowNodeRef></bpmn:lane>")),
    ]
}


def write_draft(folder: Path, *edits: Edits) -> Path:
    """A copy of the process in a folder, with these edits."""
    draft = copytree(PROCESS, folder / "attendance_visit")
    for edit in edits:
        for file, changes in edit.items():
            text = (draft / file).read_text()
            for was, now in changes:
                assert was in text, (file, was)
                text = text.replace(was, now)
            (draft / file).write_text(text)
    return draft


class Visits:
    """What caseworkers of Thirdshire and the owner of the process do on a day."""

    def __init__(self, house: House, runner: asyncio.Runner) -> None:
        self.house = house
        self.clock = Day(MONDAY)
        self.door = house.door
        self.runner = runner
        house.clock = house.door.clock = house.administration.clock = self.clock

    def elsewhere(self) -> "Visits":
        """The same people in another process of the service, which has cases of its own in memory."""
        other = copy(self)
        other.door = Door(self.house.store, self.house.reference, self.clock)
        return other

    def draft(self, folder: Path, *edits: Edits) -> Bundle:
        """A draft that the gate accepts, kept by its hash."""
        draft = draft_of_folder(write_draft(folder, *edits), self.house.reference)
        assert draft.bundle is not None, draft.findings
        keep(self.house.database, draft.bundle)
        return draft.bundle

    def change(self, ref: str, act: Callable[[Running], Any], command: Command | None = None) -> None:
        def decide(running: Running) -> bytes:
            act(running)
            return b"done"

        self.runner.run(self.door.change(ref, command or once(), decide))

    def open(self, number: int) -> str:
        """A visit is asked for; it is to be arranged in 3 school days."""
        ref = f"AV-2026-{number:06}"
        family = {"surname": f"Example{number}", "forename": "Robin", "dob": "2014-05-17", "home_school": "900901"}
        self.change(ref, lambda running: open_case(running, ref, CASEWORKER, "attendance_visit", family))
        return ref

    def complete(self, ref: str, element: str, by: Person = CASEWORKER, seen: str = "*", **answers: str) -> None:
        def act(running: Running) -> None:
            (task,) = (task for task in running.case.tasks.values() if task.element == element)
            complete(running, task.id, by, seen, answers)

        self.change(ref, act)

    def arrange(self, ref: str, day: date = THURSDAY) -> None:
        self.complete(ref, "arrange_visit", visit_on=day.isoformat())

    def come(self, ref: str, day: date = THURSDAY) -> None:
        """The day of the visit comes."""
        self.clock.day = day
        (wait,) = (deadline.id for deadline in self.case(ref).deadlines.values() if deadline.timer)
        self.change(ref, lambda running: pass_day(running, wait))

    def record(self, ref: str, seen: str = "yes") -> None:
        self.complete(ref, "record_visit", family_seen=seen, what_was_said="The bus is late.")

    def visited(self, number: int) -> str:
        """A whole case, on the Thursday."""
        ref = self.open(number)
        self.arrange(ref)
        self.come(ref)
        self.record(ref)
        self.clock.day = MONDAY
        return ref

    def move(self, ref: str, bundle: Bundle, command: Command | None = None) -> None:
        history = self.history(ref)

        def act(running: Running) -> None:
            running.decision.by = OWNER
            migrate(running, history, bundle, "improved", "Trial in the north is over.")

        self.change(ref, act, command)

    def live(self, ref: str) -> Live:
        """The case as a decision would meet it here now."""
        met: list[Live] = []
        self.change(ref, lambda running: met.append(running.live))
        return met[-1]

    def case(self, ref: str) -> Case:
        return self.runner.run(self.door.see(ref))

    def history(self, ref: str) -> list[Recorded]:
        return self.house.store.load(stream_of(ref))

    def since(self, ref: str, version: int) -> list[str]:
        """Types of the events of a case after a version."""
        return [recorded.type.removeprefix("case.") for recorded in self.history(ref)[version:]]

    def seen(self, ref: str) -> str:
        """The ETag of the only open task."""
        case = self.case(ref)
        (task,) = case.tasks.values()
        return etag_of(case, task)

    def due(self, ref: str) -> date:
        (deadline,) = self.case(ref).deadlines.values()
        return deadline.due

    def outcome(self, ref: str) -> str:
        closed = [r.event for r in self.history(ref) if isinstance(r.event, e.CaseClosed)]
        return closed[-1].outcome if closed else ""


async def moving(visits: Visits, ref: str, bundle: Bundle) -> None:
    """Move a case while others work on it: whenever more has happened, its history is read again."""
    while True:
        history = await asyncio.to_thread(visits.history, ref)

        def act(running: Running, history: list[Recorded] = history) -> bytes:
            running.decision.by = OWNER
            migrate(running, history, bundle, "improved", "Trial in the north is over.")
            return b""

        try:
            await visits.door.change(ref, once(), act)
            return
        except HistoryGrown:
            continue


async def arranging(visits: Visits, ref: str) -> None:
    """A caseworker arranges the visit for Thursday."""

    def act(running: Running) -> bytes:
        complete(running, 1, CASEWORKER, "*", {"visit_on": THURSDAY.isoformat()})
        return b""

    await visits.door.change(ref, once(), act)
