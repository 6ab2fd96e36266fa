"""`process.toml`: what a process says about itself beside its diagram."""

import re
import tomllib
from typing import Any, Literal

import msgspec

from services.case.domain.people import Role
from services.case.domain.wrong_file import WrongFile

NAME = re.compile(r"[a-z][a-z0-9_]*$")


class ProcessFileRefused(WrongFile):
    """This is not a process file; the message names the key."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a variable has its value from when an instance starts: a fact, the policy, or who starts it."""

    fact: str | None = None
    policy: str | None = None
    given: Any = msgspec.UNSET
    default: Any = None


class Beginning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[start]`: the roles that may start the process in a case they work with, in place of the usual ones · `at` its
    closing, when it begins by itself and goes on while the case is closed; with `closed_as` only after these outcomes ·
    `at` words that did not reach somebody (`undelivered`), when it begins by itself and goes on aside.
    """

    by: tuple[Role, ...] = ()
    at: Literal["", "closing", "undelivered"] = ""
    closed_as: tuple[str, ...] = ()


class ProcessFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Title, owner, prefix of references, lanes and roles, variables, deadlines, outcomes, borrowed forms; `several`
    instances of it may run in a case at a time."""

    title: str
    owner: str
    prefix: str
    legal_basis: str
    start_form: str
    lanes: dict[str, Role]
    variables: dict[str, Source] = {}
    outcomes: dict[str, str] = {}
    deadlines: dict[str, dict[str, Any]] = {}
    borrowed_forms: dict[str, str] = {}
    several: bool = False
    start: Beginning = Beginning()


def read_process_file(text: bytes) -> ProcessFile:
    """Raises ProcessFileRefused with a sentence that names the key."""
    try:
        return msgspec.convert(tomllib.loads(text.decode()), ProcessFile)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProcessFileRefused(f"process.toml is not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise ProcessFileRefused(f"process.toml: {error}") from error
