"""Reads an authority's file and refuses, naming file and key, what law or catalogue do not allow."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any, get_args

import msgspec

from services.case.clock.calendar import ONE_DAY
from services.case.clock.refused import FileRefused, key_and_reason
from services.case.clock.rules import NotInForce, law
from services.case.policy.catalogue import PARAMETERS, REQUIRED, Parameter
from services.case.policy.ladder import Rung
from services.case.policy.policy import Policy

_CODE = re.compile(r"\d{3}")


class AuthorityRefused(FileRefused):
    """This file is not an authority's policy."""


class PolicyWarning(msgspec.Struct, frozen=True):
    """A value that departs from guidance. It holds; somebody should know why."""

    file: str
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.text}"


class Authority(msgspec.Struct, frozen=True):
    """A council and its policies, the oldest first; each holds until the next begins, the last one on. `contact` is its
    inclusion team's mailbox, `data_protection` that of its data protection officer, "" where none is said."""

    code: str
    name: str
    contact: str
    policies: tuple[Policy, ...]
    until: date | None = None
    data_protection: str = ""


class _Version(msgspec.Struct, frozen=True):
    effective_from: date
    effective_to: date | None
    values: dict[str, Any]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: str
    contact: str
    versions: list[dict[str, Any]]
    data_protection: str = ""


def read_authority(text: str, file: str) -> tuple[Authority, tuple[PolicyWarning, ...]]:
    """The authority in a TOML text and what departs from guidance in it; `file` is only named.

    Raises AuthorityRefused: bad TOML, unknown key, a value of the wrong kind or out of range, another value for
    a constant of law, a gap or an overlap between versions, no version, no ladder.
    """
    try:
        written = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise AuthorityRefused(file, "", f"is not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise AuthorityRefused(file, *key_and_reason(error)) from error
    if not _CODE.fullmatch(written.code):
        raise AuthorityRefused(file, "code", f"{written.code} should have three digits")
    versions = [_version(table, file, f"versions[{place}]") for place, table in enumerate(written.versions)]
    for key, reason in _order_faults(versions):
        raise AuthorityRefused(file, key, reason)
    warnings = [
        warning
        for place, version in enumerate(versions)
        for warning in _departures(version, file, f"versions[{place}]")
    ]
    policies = tuple(Policy(written.code, version.effective_from, version.values) for version in versions)
    until, officer = versions[-1].effective_to, written.data_protection
    authority = Authority(written.code, written.name, written.contact, policies, until, officer)
    return authority, tuple(warnings)


def _version(table: dict[str, Any], file: str, where: str) -> _Version:
    table = dict(table)
    starts, ends = table.pop("effective_from", None), table.pop("effective_to", None)
    if type(starts) is not date:
        raise AuthorityRefused(file, f"{where}.effective_from", "should be a date")
    if ends is not None and type(ends) is not date:
        raise AuthorityRefused(file, f"{where}.effective_to", "should be a date")
    values = _defaults(starts)
    for key, value in _flat(table, ""):
        parameter = PARAMETERS.get(key)
        if parameter is None:
            raise AuthorityRefused(file, f"{where}.{key}", "is not a key of the parameter catalogue")
        values[key] = _checked(parameter, value, starts, file, f"{where}.{key}")
    for key, value in values.items():
        if value is REQUIRED:
            raise AuthorityRefused(file, f"{where}.{key}", "must be given")
    return _Version(starts, ends, values)


def _flat(table: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Nested tables as dotted keys, down to the keys of the catalogue."""
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and key not in PARAMETERS:
            yield from _flat(value, f"{key}.")
        else:
            yield key, value


def _defaults(on: date) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for parameter in PARAMETERS.values():
        if parameter.strength != "LAW":
            values[parameter.key] = parameter.default
        elif parameter.since <= on:
            values[parameter.key] = law(parameter.key, on).value
    return values


def _checked(parameter: Parameter, value: Any, on: date, file: str, key: str) -> Any:
    if parameter.strength == "LAW":
        try:
            constant = law(parameter.key, on)
        except NotInForce as error:
            raise AuthorityRefused(file, key, str(error)) from error
        if value != constant.value or type(value) is not type(constant.value):
            reason = f"is {constant.value} by law ({constant.citation}) and cannot be {value!r}"
            raise AuthorityRefused(file, key, reason)
        return value
    try:
        converted = msgspec.convert(value, parameter.type)
    except msgspec.ValidationError as error:
        where, reason = key_and_reason(error)
        choice = [repr(one) for one in get_args(parameter.type)] if "enum" in reason else []
        reason += f"; choose one of {', '.join(choice)}" if choice else ""
        raise AuthorityRefused(file, f"{key}{'' if where[:1] in ('[', '') else '.'}{where}", reason) from error
    if isinstance(converted, tuple):
        names = [one.code if isinstance(one, Rung) else one for one in converted]
        for name in names:
            if names.count(name) > 1:
                raise AuthorityRefused(file, key, f"names {name} twice")
    return converted


def _order_faults(versions: list[_Version]) -> Iterator[tuple[str, str]]:
    if not versions:
        yield "versions", "there is none"
    for place, version in enumerate(versions):
        if version.effective_to is not None and version.effective_to < version.effective_from:
            yield f"versions[{place}].effective_to", f"{version.effective_to} is before effective_from"
    for place, (before, after) in enumerate(pairwise(versions), start=1):
        key = f"versions[{place}].effective_from"
        if after.effective_from <= before.effective_from:
            yield key, f"{after.effective_from} is not after {before.effective_from}: the oldest comes first"
        if before.effective_to is None:
            continue
        expected = before.effective_to + ONE_DAY
        if after.effective_from > expected:
            yield key, f"{after.effective_from} leaves a gap: nothing holds from {expected}"
        if after.effective_from < expected:
            yield key, f"{after.effective_from} overlaps the version before, which holds to {before.effective_to}"


def _departures(version: _Version, file: str, where: str) -> Iterator[PolicyWarning]:
    for key, value in version.values.items():
        parameter = PARAMETERS[key]
        over = version.effective_to is not None and version.effective_to < parameter.since
        if parameter.strength == "GUIDANCE" and not over and value != parameter.default:
            text = f"{value!r} departs from guidance, which gives {parameter.default!r} ({parameter.basis})"
            yield PolicyWarning(file, f"{where}.{key}", text)
