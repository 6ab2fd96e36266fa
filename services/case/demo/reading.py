"""Reads the stories: folders of TOML files that anybody can change. What a file may say is what these structs have."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from services.case.samples import sample_people
from services.case.scenarios import scenarios_of
from services.case.settings import HOUSE

STORIES = Path(__file__).parent / "stories"
WORDS = Path(__file__).parent / "words.toml"

T = TypeVar("T")


class StoryUnreadable(ValueError):
    """A file of a story does not say what it should; the message names the file and the place."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody does: opens a case, completes a task or answers to terms as a party. With none of these, only the
    day comes.

    `says` tells it · `on` is the day, if another than before · `by` a sample person · `answers` names a set of
    `bpmn/PROCESS/scenarios/answers.toml` as `PROCESS/SET`; `but` replaces answers in it, `without` leaves some out ·
    `refused` says that it must be refused, with this kind of problem.
    """

    says: str
    on: date | None = None
    by: str = ""
    open: str = ""
    task: str = ""
    agree: str = ""
    answers: str = ""
    but: dict[str, Any] = {}
    without: tuple[str, ...] = ()
    refused: str = ""

    def __post_init__(self) -> None:
        """What goes wrong in a file is said by msgspec with its place."""
        if sum(map(bool, (self.open, self.task, self.agree))) != bool(self.by):
            raise ValueError("a step has `by` and one of `open`, `task` and `agree`, or none of the four")
        if self.by and self.by not in sample_people():
            raise ValueError(f"there is no sample person {self.by}")
        process, _, name = self.answers.partition("/")
        if name not in sets_of(process):
            raise ValueError(f"there are no answers {self.answers}")

    def all_answers(self) -> dict[str, Any]:
        process, _, name = self.answers.partition("/")
        named = sets_of(process)[name]
        kept = {field: value for field, value in named.items() if field not in self.without}
        return {**kept, **msgspec.to_builtins(self.but)}


class Chapter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    steps: tuple[Step, ...]


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the story must end: `milestones` that were reached, and processes of which there must be `nothing`: no
    instance, no milestone, no notice."""

    status: str
    outcome: str
    milestones: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()


class Front(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`story.toml`: `caseworker` is the sample person who follows the case."""

    title: str
    about: str
    caseworker: str
    ending: Ending


class Story(msgspec.Struct, frozen=True):
    name: str
    front: Front
    chapters: tuple[Chapter, ...]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How we speak of people, by their role or party, and of how binding a date is."""

    people: dict[str, str]
    strength: dict[str, str]

    def of(self, who: str) -> str:
        """A role or party in words, also where it is that of one of several organisations."""
        known = who.partition("@")[0]
        return self.people.get(known, known)


@cache
def sets_of(process: str) -> dict[str, Any]:
    """The named answers of a process of the house; of none, the one set without a name and without answers."""
    return scenarios_of(HOUSE / "bpmn" / process)[1] if process else {"": {}}


def read_stories() -> list[Story]:
    """All of them, in the order of their folders' names. Raises StoryUnreadable."""
    return [_story(folder) for folder in sorted(STORIES.iterdir()) if folder.is_dir()]


def _story(folder: Path) -> Story:
    chapters = [path for path in sorted(folder.glob("*.toml")) if path.name != "story.toml"]
    front = _read(folder / "story.toml", Front)
    return Story(folder.name, front, tuple(_read(path, Chapter) for path in chapters))


def read_words() -> Words:
    return _read(WORDS, Words)


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StoryUnreadable(f"{path.parent.name}/{path.name}: {error}") from error
