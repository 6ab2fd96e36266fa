"""Sets of codes that change over time, such as the census reasons for exclusions: which could be given on a day."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from services.case.domain.wrong_file import WrongFile

FILES = {"exclusion_reasons": "exclusion_reasons.toml"}  # set -> its file in `bpmn/`


class CodesRefused(WrongFile):
    """This file is not a set of codes; the message names the file and what is wrong."""


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code with what it means, and its first and last day."""

    code: str
    label: str
    valid_from: date
    source: str
    valid_to: date | None = None

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class CodeSets:
    """All sets, by name."""

    def __init__(self, sets: Mapping[str, Sequence[Code]]) -> None:
        self._sets = sets

    def of(self, name: str) -> Sequence[Code]:
        return self._sets[name]

    def is_in_force(self, name: str, code: str, on: date) -> bool:
        """Whether the code of the set can be given for that day."""
        return any(known.code == code and known.is_in_force(on) for known in self._sets[name])


def load_code_sets(folder: Path) -> CodeSets:
    """The sets in a folder. Raises CodesRefused: an unknown key, or a code with two labels for one day."""
    return CodeSets({name: _read(folder / file) for name, file in FILES.items()})


def _read(file: Path) -> list[Code]:
    try:
        codes = msgspec.convert(tomllib.loads(file.read_text())["codes"], list[Code])
    except (OSError, KeyError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CodesRefused(f"{file.name}: {error}") from error
    for number, code in enumerate(codes):
        if any(other.code == code.code and other.is_in_force(code.valid_from) for other in codes[:number]):
            raise CodesRefused(f"{file.name}: {code.code} means two things on {code.valid_from}")
    return codes
