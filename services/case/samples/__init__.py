"""Made-up people and schools for the embedded mode, demos and scenarios. Never loaded where a real database is set."""

import tomllib
from pathlib import Path

import msgspec

from services.case.application.reference import School
from services.case.domain.people import Membership, Person

FOLDER = Path(__file__).parent


class Sample(msgspec.Struct, frozen=True):
    """A made-up person."""

    name: str
    authority: str
    roles: tuple[Membership, ...]


def sample_people() -> dict[str, Sample]:
    """All of them, by the name that also is their id."""
    return msgspec.convert(tomllib.loads((FOLDER / "people.toml").read_text()), dict[str, Sample])


def as_person(id: str, sample: Sample) -> Person:
    return Person(id, sample.authority, sample.roles)


def sample_schools() -> list[School]:
    found = tomllib.loads((FOLDER / "schools.toml").read_text())["schools"]
    return msgspec.convert(found, list[School])
