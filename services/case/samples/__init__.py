"""Made-up people and directories for the embedded mode, demos and scenarios. Never loaded where a real database is
set."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from services.case.application.directory import Directory
from services.case.domain.directory import Contacts, School, Strategy
from services.case.domain.people import Membership, Person
from services.case.domain.provider import Provider
from services.case.projections.register_file import BadRow, pack
from services.case.projections.school_register import as_schools, read_links, read_schools

FOLDER = Path(__file__).parent
REGISTER, LINKS = FOLDER / "schools.csv", FOLDER / "school_links.csv"


class Sample(msgspec.Struct, frozen=True):
    """A made-up person."""

    name: str
    authority: str
    roles: tuple[Membership, ...]


class SampleEntry(msgspec.Struct, frozen=True):
    """A made-up entry of an authority's directory; `entry` as `domain.directory` and `domain.provider` have it."""

    authority: str
    id: str
    entry: dict[str, Any]
    contacts: Contacts = Contacts()


def sample_people() -> dict[str, Sample]:
    """All of them, by the name that also is their id."""
    return msgspec.convert(tomllib.loads((FOLDER / "people.toml").read_text()), dict[str, Sample])


def as_person(id: str, sample: Sample) -> Person:
    return Person(id, sample.authority, sample.roles)


def sample_schools() -> list[School]:
    rows = read_schools(pack(REGISTER.read_bytes()), _refuse)
    return as_schools(rows, read_links(pack(LINKS.read_bytes()), _refuse))


def _refuse(bad: BadRow) -> None:
    raise ValueError(f"line {bad.line} {bad.message}")


def sample_entries(name: str) -> list[SampleEntry]:
    """`providers`, `strategies`, or `schools`: what authorities add to those of the register."""
    file = "school_additions" if name == "schools" else name
    return msgspec.convert(tomllib.loads((FOLDER / f"{file}.toml").read_text())[name], list[SampleEntry])


def sample_directory() -> Directory:
    """All directories, as decisions ask them."""
    return Directory(
        sample_schools(),
        {(one.authority, one.id): msgspec.convert(one.entry, Provider) for one in sample_entries("providers")},
        {(one.authority, one.id): msgspec.convert(one.entry, Strategy) for one in sample_entries("strategies")},
    )
