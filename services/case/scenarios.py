"""Runs the scenarios of a bundle: given, when, then, on the real engine and clock rules, with no database.

A policy officer writes them (`bpmn/README.md`); `tests/test_scenarios.py` and `python -m services.case scenarios` run
them.
"""

import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import yaml

from services.case.application import tasks
from services.case.application.correcting import correct
from services.case.application.delivering import delivered, failed
from services.case.application.live import Live
from services.case.application.notifications import Notification, entry_of
from services.case.application.opening import close_by_hand, open_case, reopen, start_by_hand
from services.case.application.passing import pass_day
from services.case.application.reference import Reference, stream_of
from services.case.application.registering import tell_of_register
from services.case.application.registers import Whose
from services.case.application.running import Running
from services.case.clock.now import LONDON
from services.case.domain import events as e
from services.case.domain.decision import Decision
from services.case.domain.errors import Refusal
from services.case.domain.files import File, add_file
from services.case.domain.lifecycle import raise_concern
from services.case.domain.meta import Event
from services.case.domain.people import FAMILY, PARTIES, SYSTEM, Person
from services.case.domain.permissions import is_for, role_for
from services.case.domain.pupil import Entry, totals_of
from services.case.domain.pupil_register import Register
from services.case.samples import as_person, sample_people

REF = "SC-2026-000001"
PARTY_PEOPLE = {
    "home_head": "home-head",
    "receiving_head": "receiving-head",
    "inclusion_team": "caseworker",
    "send_caseworker": "send-caseworker",
    "social_worker": "social-worker",
}


class _Plain(yaml.SafeLoader):
    """YAML in which yes, no, on and off are words, as people who write scenarios expect."""


_Plain.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or letter in "tTfF"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class ScenarioFailed(AssertionError):
    """The scenario did not go as it says; the message says where."""


class Result(msgspec.Struct):
    """What came of a scenario: the events, and the user tasks that somebody completed."""

    events: list[Event]
    visited: set[tuple[str, str]]


class Run:
    """One scenario under way."""

    def __init__(self, reference: Reference, scenario: dict[str, Any], sets: dict[str, dict[str, Any]]) -> None:
        self.reference = reference
        self.scenario = scenario
        self.sets = sets
        given = scenario["given"]
        self.authority = str(given.get("authority", "937"))
        self.now = _morning(given.get("on", date(2026, 9, 2)))
        self.live = Live(stream_of(REF), reference)
        self.events: list[Event] = []
        self.visited: set[tuple[str, str]] = set()
        self.register = _entries(reference, given.get("register", []), self.authority)
        self.people = {name: as_person(name, sample) for name, sample in sample_people().items()}
        answers, known = self._answers(given["start"]), _as_json(given.get("facts", {}))
        self.do(lambda running: open_case(running, REF, self._opener(), given["process"], answers, known))
        for file in given.get("files", []):
            self.do(partial(self._have, file))

    def _have(self, id: str, running: Running) -> None:
        """A file was uploaded before; what is in it does not matter here."""
        add_file(running.decision, File(id, "application/pdf", 1, "0" * 64, running.decision.today, ""))

    def _opener(self) -> Person:
        return next(p for p in self.people.values() if p.authority == self.authority and "caseworker" in p.roles)

    def do(self, act: Callable[[Running], object]) -> None:
        decision = Decision(self.live.case, SYSTEM, self.now, self.now.astimezone(LONDON).date())
        act(Running(decision, self.live, self._register_of))
        self.events += decision.events

    def _register_of(self, whose: Whose) -> Register:
        """The pupil's register as it is given; what the case itself tells comes on top."""
        return Register(UUID(int=0), entries=dict(self.register))

    def _answers(self, given: Any) -> Any:
        return self.sets[given] if isinstance(given, str) else _as_json(given or {})

    def step(self, step: dict[str, Any]) -> None:
        refused = step.get("refused")
        try:
            self._take(step)
        except Refusal as refusal:
            if type(refusal).__name__ != refused:
                details = refusal.details.get("errors", refusal.details)
                raise ScenarioFailed(f"{step}: {type(refusal).__name__}: {refusal} {details}") from refusal
            return
        if refused:
            raise ScenarioFailed(f"{step}: was not refused")

    def _take(self, step: dict[str, Any]) -> None:
        if "on" in step:
            self.advance(step["on"])
        elif "task" in step:
            self._complete(step)
        elif "withdraw" in step:
            party = step["withdraw"]
            self.do(lambda running: tasks.withdraw(running, party, self._party(party), step.get("reason", "")))
        elif "concern" in step:
            self._concern(step)
        elif "correct" in step:
            self._correct(step)
        elif "facts" in step:
            self._set_facts(_as_json(step["facts"]))
        elif "register" in step:
            self._enter(step["register"])
        elif "undelivered" in step or "delivered" in step:
            self._deliver(step)
        elif "message" in step:
            self._tell(step["message"], step.get("with", {}))
        elif "start" in step:
            self.do(lambda running: start_by_hand(running, self._person(step["by"]), step["start"]))
        elif "close" in step:
            self.do(lambda running: close_by_hand(running, "*", step["close"], step.get("reason", "Closed by hand.")))
        elif "reopen" in step:
            self.do(lambda running: reopen(running, "*", step["reopen"]))
        else:
            raise ScenarioFailed(f"{step}: no such kind of step")

    def _complete(self, step: dict[str, Any]) -> None:
        party = step.get("as_party", "")
        found = [t for t in self.live.case.tasks.values() if t.element == step["task"] and party in ("", t.party)]
        if not found:
            open_now = sorted(t.element for t in self.live.case.tasks.values())
            raise ScenarioFailed(f"{step}: no such task is open; open are {open_now}")
        person = self._party(party) if party else self._person(step.get("by", found[0].role))
        theirs = [task for task in found if is_for(person, self.live.case, task)]
        task = (theirs or found)[0]
        method = "phone" if task.role in FAMILY and task.person != person.id else ""
        answers = self._answers(step.get("answers"))
        self.do(lambda running: tasks.complete(running, task.id, person, "*", answers, "", method))
        process = self.live.case.instances[task.instance].process
        self.visited.add((process, task.element))

    def _person(self, name: str) -> Person:
        """A sample person by name, else by role in this authority."""
        if name in self.people and (self.people[name].authority == self.authority or name.endswith(self.authority)):
            return self.people[name]
        for person in self.people.values():
            if person.authority == self.authority and name in person.roles:
                return person
        raise ScenarioFailed(f"nobody is called, or acts as, {name} in authority {self.authority}")

    def _party(self, party: str) -> Person:
        """Who answers for a party: itself if it can sign in, else a caseworker on its behalf."""
        if PARTIES.get(party) in FAMILY:
            account = self.live.case.parties.get(party)
            return self.people[account] if account in self.people else self._person("caseworker")
        return self._person(PARTY_PEOPLE.get(party, party))

    def _concern(self, step: dict[str, Any]) -> None:
        def act(running: Running) -> None:
            person = self._party(step["concern"])
            running.decision.by = person.as_actor(role_for(person, self.live.case, "concern"))
            raise_concern(running.decision, step.get("about", ""))

        self.do(act)

    def _correct(self, step: dict[str, Any]) -> None:
        answered = [v for v in self.events if isinstance(v, e.TaskCompleted) and v.element == step["correct"]][-1:]

        def act(running: Running) -> None:
            number = answered[0].task if answered else 0
            correct(running, list(answered), number, step["field"], step["value"], "*", step.get("reason", "Wrong."))

        self.do(act)

    def _set_facts(self, facts: dict[str, Any]) -> None:
        def act(running: Running) -> None:
            for name, value in facts.items():
                running.decision.emit(e.FactSet, name=name, value=value)

        self.do(act)

    def _enter(self, given: dict[str, Any]) -> None:
        """Another suspension of the pupil is entered, and the case hears of it."""
        found = _entries(self.reference, [given], self.authority, len(self.register))
        self.register |= found
        self.do(tell_of_register)

    def _deliver(self, step: dict[str, Any]) -> None:
        """A notice last sent did not arrive, or did after all."""
        name, to = step.get("undelivered") or step["delivered"], step["to"]
        version, sent = [
            (n, v) for n, v in enumerate(self.events, 1) if isinstance(v, e.NoticeDue) and v.notice == name
        ][-1]
        words = self.reference.bundle(self.live.case.instances[sent.instance].bundle).notices[name]
        if "undelivered" in step:
            self.do(partial(failed, notice=version, to=to, words=words, because=step["because"], channel=None))
        else:
            self.do(partial(delivered, notice=version, to=to, channel="letter"))

    def _tell(self, message: str, payload: dict[str, Any]) -> None:
        def act(running: Running) -> None:
            for instance in list(self.live.case.instances.values()):
                if not instance.ended and running.awaits(instance.id, message):
                    return running.tell(instance.id, message, payload)
            raise ScenarioFailed(f"nothing awaits {message}")

        self.do(act)

    def advance(self, day: date) -> None:
        """Move to the morning of a day; what is due on the way happens, in due order."""
        self.now = _morning(day)
        while True:
            due = [d for d in self.live.case.deadlines.values() if d.acts_at <= self.now and not d.missed]
            if not due:
                return
            before = len(self.events)
            first = min(due, key=lambda deadline: (deadline.acts_at, deadline.id))
            self.do(partial(pass_day, number=first.id))
            if len(self.events) == before:
                return

    def check(self, then: dict[str, Any]) -> None:
        """Compare with `then`: status, outcome, open tasks and the pupil's register exactly; notices,
        milestones and deadlines as named."""
        case = self.live.case
        register = self.register | {entry.id: entry for entry in case.exclusions.values()}
        found = {
            "status": case.status,
            "outcome": case.outcome,
            "open_tasks": sorted(task.element for task in case.tasks.values()),
            "totals": {f"{t.school_year} {t.term}": t.half_days for t in totals_of(register.values())},
        }
        for name, value in found.items():
            wanted = then.get(name, value)
            if (sorted(wanted) if isinstance(wanted, list) else wanted if wanted is not None else "") != value:
                raise ScenarioFailed(f"{name} is {value}, not {wanted}")
        notices = {event.notice for event in self.events if isinstance(event, e.NoticeDue)}
        _missing("notices", then.get("notices", []), notices)
        _missing("milestones", then.get("milestones", []), {v.name for v in self.events if isinstance(v, e.Milestone)})
        days = {event.name: event.due for event in self.events if isinstance(event, e.DeadlineSet)}
        for name, day in then.get("deadlines", {}).items():
            if days.get(name) != day:
                raise ScenarioFailed(f"deadline {name} is {days.get(name)}, not {day}")


def _entries(reference: Reference, given: list[dict[str, Any]], authority: str, first: int = 0) -> dict[str, Entry]:
    """What a pupil's register holds from before: `kind`, `start`, `half_days`, and `school` or `authority` where they
    are others than the case's."""
    entries = {}
    for number, put in enumerate(given, first):
        school = str(put.get("school", "900001"))
        council = str(put.get("authority", authority))
        told = Notification(
            id=f"before-{number}",
            revision=1,
            upn="unknown",
            school_urn=school,
            type=put.get("kind", "SUSP"),
            start=put["start"],
            half_days=put["half_days"],
        )
        entries[told.id] = entry_of(told, council, reference.calendars.school(school, council))
    return entries


def _missing(what: str, wanted: list[str], found: set[str]) -> None:
    if lacking := set(wanted) - found:
        raise ScenarioFailed(f"{what} lack {sorted(lacking)}; there are {sorted(found)}")


def _morning(day: Any) -> datetime:
    if isinstance(day, datetime):
        return day.astimezone(UTC)
    return datetime.combine(day, time(9), LONDON).astimezone(UTC)


def run_scenario(reference: Reference, scenario: dict[str, Any], sets: dict[str, dict[str, Any]]) -> Result:
    """Run one. Raises ScenarioFailed."""
    try:
        run = Run(reference, scenario, sets)
    except Refusal as refusal:
        raise ScenarioFailed(f"opening: {refusal} {refusal.details}") from refusal
    for step in scenario.get("when", []):
        run.step(step)
    run.check(scenario.get("then", {}))
    return Result(run.events, run.visited)


def scenarios_of(folder: Path) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """The scenarios of a process folder, each with its file's name, and its named answer sets."""
    scenarios = []
    for path in sorted((folder / "scenarios").glob("*.yaml")):
        for scenario in yaml.load_all(path.read_text(), _Plain):
            for one in scenario if isinstance(scenario, list) else [scenario]:
                scenarios.append({"file": path.name, **one})
    named = folder / "scenarios" / "answers.toml"
    sets = tomllib.loads(named.read_text()).get("sets", {}) if named.is_file() else {}
    return scenarios, _as_json(sets)


def _as_json(value: Any) -> Any:
    """TOML and YAML know dates; JSON, which forms check, does not."""
    return msgspec.json.decode(msgspec.json.encode(value))
