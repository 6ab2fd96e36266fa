"""Walks a story over HTTP and prints it as a person would tell it. Stops at the first step that goes another way."""

import textwrap
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any

import msgspec

from services.case.clock.now import LONDON
from services.case.demo.asking import Api, NoAnswer, Refused
from services.case.demo.reading import Step, Story, Words
from services.case.demo.telling import Line, Teller

WIDTH = 118
LABEL = 14  # characters before what follows from a step
MORNING = time(9)  # in London, when each day of a story begins


class StoryFailed(Exception):
    """The story did not go as it says; the message says at which step and why."""


class Told(msgspec.Struct, frozen=True):
    """What became of a story's case."""

    title: str
    ref: str
    status: str
    outcome: str
    events: int
    nothing: tuple[str, ...]


class Walk:
    """One story under way. `say` takes each line of it."""

    def __init__(self, api: Api, story: Story, words: Words, say: Callable[[str], None]) -> None:
        self._api, self._story, self._words, self._say = api, story, words, say
        self._teller: Teller | None = None
        self._steps = 0
        self._day: date | None = None

    def to_its_end(self) -> Told:
        """Raises StoryFailed."""
        front = self._story.front
        self._say(f"\n{'=' * WIDTH}\n{front.title}\n{'=' * WIDTH}")
        self._write(front.about)
        for chapter in self._story.chapters:
            self._say(f"\n--- {chapter.title} ---")
            for step in chapter.steps:
                self._steps += 1
                try:
                    self._take(step)
                except (Refused, NoAnswer) as error:
                    raise StoryFailed(f"at {self._day}, “{_in_line(step.says)}”: {error}") from error
        return self._ended()

    def _take(self, step: Step) -> None:
        if step.on is not None:
            self._say(f"\n{_in_words(step.on)}")
        if not step.by:
            self._write(step.says, 2)
        if step.on is not None and step.on != self._day:
            self._day = step.on
            self._api.clock_to(_moment(step.on))
            self._follow()
        if step.by:
            self._write(step.says, 2)
            (self._be_refused if step.refused else self._do)(step)
            self._follow()

    def _do(self, step: Step) -> None:
        key = f"{self._story.name}-{self._steps}"
        if step.open:
            body = {"process": step.open, "answers": step.all_answers()}
            ref = self._api.write(step.by, "/cases", body, key).body["ref"]
            self._teller = Teller(self._api, self._words, self._story.front.caseworker, ref)
            self._list([("case", ref)])
        elif step.task:
            path = f"/tasks/{self._open_task(step)}"
            seen = self._api.read(step.by, path)
            self._api.write(step.by, f"{path}/complete", {"answers": step.all_answers()}, key, seen.etag)
        elif step.agree:
            path = f"/cases/{self._followed.ref}/agreements"
            seen = self._api.read(step.by, path)
            body = {"answers": step.all_answers()}
            now = self._api.write(step.by, f"{path}/{step.agree}", body, key, seen.etag).body["parties"]
            self._list([("answers", "; ".join(f"{self._words.of(party)}: {answer}" for party, answer in now.items()))])

    def _be_refused(self, step: Step) -> None:
        try:
            self._do(step)
        except Refused as refused:
            if refused.kind != step.refused:
                why = f"as {refused.kind}, not as {step.refused}: {refused}"
                raise StoryFailed(f"“{_in_line(step.says)}” was refused {why}") from refused
            self._list([("REFUSED", sentence) for sentence in refused.sentences])
        else:
            raise StoryFailed(f"“{_in_line(step.says)}” was accepted, and should have been refused ({step.refused})")

    def _open_task(self, step: Step) -> str:
        """The task of the step in the list of the person who does it."""
        found = self._api.read(step.by, f"/tasks?case={self._followed.ref}").body
        for task in found:
            if task["element"] == step.task:
                return str(task["task"])
        there = ", ".join(task["element"] for task in found) or "none"
        raise StoryFailed(f"“{_in_line(step.says)}” cannot be: {step.by} has no task {step.task} now, but: {there}")

    @property
    def _followed(self) -> Teller:
        if self._teller is None:
            raise StoryFailed(f"{self._story.name}: no step has opened a case yet")
        return self._teller

    def _follow(self) -> None:
        if self._teller is not None:
            self._list(self._teller.news())

    def _ended(self) -> Told:
        ending, teller = self._story.front.ending, self._followed
        case = self._api.read(self._story.front.caseworker, f"/cases/{teller.ref}").body
        if (case["status"], case["outcome"]) != (ending.status, ending.outcome):
            found, wanted = f"{case['status']}, {case['outcome']}", f"{ending.status}, {ending.outcome}"
            raise StoryFailed(f"the story ended with the case {found}, not {wanted}")
        reached = {event["type"].removesuffix(".v1") for event in teller.events}
        if lacking := set(ending.milestones) - reached:
            raise StoryFailed(f"the story ended without {', '.join(sorted(lacking))}")
        for event in teller.events:
            if about := _is_about(event, teller.processes, ending.nothing):
                raise StoryFailed(f"{event['type']} is about {about}, of which there should be nothing")
        title = self._story.front.title
        return Told(title, teller.ref, case["status"], case["outcome"], len(teller.events), ending.nothing)

    def _write(self, text: str, indent: int = 0) -> None:
        margin = " " * indent
        self._say(textwrap.fill(_in_line(text), WIDTH, initial_indent=margin, subsequent_indent=margin))

    def _list(self, lines: Iterable[Line]) -> None:
        for label, text in lines:
            first, margin = f"    {label:<{LABEL}}", " " * (LABEL + 4)
            self._say(textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=margin))


def _is_about(event: dict[str, Any], processes: dict[int, str], names: Iterable[str]) -> str:
    """Which of these processes the event is about: by its type, or as of an instance of it."""
    process = processes.get(event["facts"].get("instance", 0), "")
    return next((name for name in names if process == name or event["type"].startswith(f"{name}.")), "")


def _in_line(text: str) -> str:
    return " ".join(text.split())


def _in_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _moment(day: date) -> str:
    """The morning of a story's day, with its offset."""
    return datetime.combine(day, MORNING, LONDON).isoformat()
