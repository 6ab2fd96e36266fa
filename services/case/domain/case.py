"""A case as it stands: what its events add up to, and all that deciding needs. `apply` in `folding.py` only assigns."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from services.case.domain.deliveries import Delivery
from services.case.domain.files import File
from services.case.domain.links import Link
from services.case.domain.pupil import Entry


class Task(msgspec.Struct, omit_defaults=True):
    """An open task. `revision` counts what happened to the task itself since it was offered, by this `bundle`."""

    id: int
    instance: int
    key: str
    element: str
    role: str
    org: str
    party: str = ""
    person: str = ""
    agreement: str = ""
    assignee: str = ""
    revision: int = 0
    bundle: str = ""


class Over(msgspec.Struct):
    """A task that is over: `how` (completed, cancelled), on which day, by whom, the version that ended it, and the
    bundle by which it was done, or else offered."""

    task: Task
    how: str
    on: date
    role: str
    version: int
    person: str = ""
    bundle: str = ""


class Deadline(msgspec.Struct, omit_defaults=True):
    """An open deadline. `how` it was counted, with which `calendars` (as in DeadlineSet); `set_on` the day on which it
    was set; `reminders` those that are still to come."""

    id: int
    name: str
    duty: bool
    due: date
    acts_at: datetime
    strength: str = "LOCAL"
    instance: int = 0
    timer: str = ""
    task: int = 0
    missed: bool = False

    how: dict[str, Any] = {}
    calendars: int = 0
    provisional: bool = False
    set_on: date | None = None
    reminders: dict[int, date] = {}


class Instance(msgspec.Struct, omit_defaults=True):
    """A process instance of the case, on the bundle that it follows; it `began_on` that or another, and `migrated` to
    others from the versions of those events on. `tokens`: the keys at which tokens rest · `awaited`: key -> message
    that it awaits · `heard`: its starter knows its end · `told_on`: the last day on which it sent a notice ·
    `after_closing`: it began when the case was closed, such as feedback, or goes on aside: it does not keep the case
    open, and is not ended with it."""

    id: int
    process: str
    bundle: str
    starter: int = 0
    ended: bool = False
    outcome: str = ""
    heard: bool = False
    after_closing: bool = False
    tokens: dict[str, None] = {}
    awaited: dict[str, str] = {}

    told_on: date | None = None
    began_on: str = ""
    migrated: dict[int, str] = {}

    def bundle_at(self, version: int) -> str:
        """The bundle that it followed at a version of the case."""
        moves = [at for at in self.migrated if at <= version]
        return self.migrated[max(moves)] if moves else self.began_on


class Terms(msgspec.Struct, omit_defaults=True):
    """The terms issued for agreement, with each party's answer so far."""

    version: int = 0
    hash: str = ""
    task: int = 0
    answers: dict[str, str] = {}


class Reached(msgspec.Struct, omit_defaults=True):
    """The last time that a milestone was reached."""

    on: date
    outcome: str = ""
    fields: dict[str, Any] = {}


class Strategy(msgspec.Struct, omit_defaults=True):
    """One attempt at a rung of the ladder (domain section 2.4), as its milestones tell."""

    rung: str
    started_on: date
    reviews: int = 0
    concluded_on: date | None = None
    outcome: str = ""


class Case(msgspec.Struct, omit_defaults=True):
    """The aggregate. `facts` are in clear, `personal` facts are not and go with the key · `version` is the last event's
    and `hash` its link in the chain · `changes` names, in order, what changed the case's ETag: its status, corrected
    facts · `done` the tasks that are over · `involved` the roles at organisations that have been asked for something ·
    `shared_with` to whom the pack is open · `drafted` the terms last drafted · `exclusions` what each
    instance has last told the pupil's register · `contacts` how parties are reached, as recorded, personal too ·
    `deliveries` how words on their way to people stand · `links` given to the family · `files` by id · `counts` how
    many tasks, deadlines, instances, notes, concerns, terms and links there have been.
    """

    stream: UUID
    version: int = 0
    hash: bytes = bytes(32)
    changes: list[str] = []
    ref: str = ""
    status: str = ""
    process: str = ""
    authority: str = ""
    home_school: str = ""
    policy: str = ""
    opened_on: date | None = None
    outcome: str = ""
    concerned: bool = False
    erased: bool = False
    parties: dict[str, str] = {}
    facts: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    shared_with: dict[str, str] = {}
    involved: dict[str, None] = {}
    terms: Terms = msgspec.field(default_factory=Terms)
    drafted: dict[str, Any] = {}
    drafted_by: int = 0
    tasks: dict[int, Task] = {}
    done: dict[int, Over] = {}
    deadlines: dict[int, Deadline] = {}
    instances: dict[int, Instance] = {}
    milestones: dict[str, Reached] = {}
    strategies: list[Strategy] = []
    exclusions: dict[int, Entry] = {}
    contacts: dict[str, dict[str, Any]] = {}
    deliveries: dict[str, Delivery] = {}
    links: dict[int, Link] = {}
    files: dict[str, File] = {}
    counts: dict[str, int] = {}

    def next(self, kind: str) -> int:
        """The number that the next task, deadline, instance, note or concern of this case will have."""
        return self.counts.get(kind, 0) + 1

    def stand_in(self, party: str, person: str) -> None:
        """A party has another account, or none: what waits for the party waits for that person."""
        self.parties.pop(party, None)
        if person:
            self.parties[party] = person
        for task in self.tasks.values():
            if task.party == party:
                task.person = person

    def task_id(self, number: int) -> str:
        return f"{self.ref}-{number}"

    @property
    def is_open(self) -> bool:
        return self.status in ("open", "held")

    def goes_on(self, instance: int) -> bool:
        """Whether work in an instance can go on: the case is open, or the instance began after it was closed."""
        return self.is_open or (instance in self.instances and self.instances[instance].after_closing)

    @property
    def has_next_step(self) -> bool:
        """Whether anything can move the case: a task, a timer, or a running instance that awaits something."""
        awaits = any(instance.awaited for instance in self.instances.values() if not instance.ended)
        return bool(self.tasks) or bool(self.deadlines) or awaits
