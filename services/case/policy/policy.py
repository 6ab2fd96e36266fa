"""An authority's values on one day, whole and for ever: a case is pinned to them by their hash."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import msgspec

from services.case.policy.catalogue import default_of
from services.case.policy.ladder import Ladder


class PolicyBytesRefused(ValueError):
    """These bytes are not a stored policy, or not in its canonical form."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    authority: str
    effective_from: date
    values: dict[str, Any]


class Policy:
    """All keys of the catalogue with their values, as JSON. Equal bytes, equal hash, equal policy.

    The hash covers the authority and the effective date too, so that what is stored under it is one thing.
    """

    __slots__ = ("_bytes", "authority", "effective_from", "hash", "values")

    authority: str
    effective_from: date
    hash: str
    values: Mapping[str, Any]
    _bytes: bytes

    def __init__(self, authority: str, effective_from: date, values: Mapping[str, Any]) -> None:
        stored = _Stored(authority, effective_from, dict(values))
        self._keep(msgspec.json.encode(stored, order="sorted"))

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Policy":
        """A policy that `to_bytes` gave, also one with keys of an older catalogue. Raises PolicyBytesRefused."""
        policy = cls.__new__(cls)
        try:
            policy._keep(stored)
        except msgspec.DecodeError as error:
            raise PolicyBytesRefused from error
        if msgspec.json.encode(msgspec.json.decode(stored, type=_Stored), order="sorted") != stored:
            raise PolicyBytesRefused
        return policy

    def _keep(self, canonical: bytes) -> None:
        stored = msgspec.json.decode(canonical, type=_Stored)
        kept = {
            "_bytes": canonical,
            "authority": stored.authority,
            "effective_from": stored.effective_from,
            "hash": sha256(canonical).hexdigest(),
            "values": MappingProxyType(stored.values),
        }
        for name, value in kept.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a policy is not changed; {name} belongs to its next version")

    def __getitem__(self, key: str) -> Any:
        """The value of a key, for the asker to keep; the catalogue's default where the key is younger than this policy.

        Raises KeyError for a key that is in neither.
        """
        if key not in self.values:
            return msgspec.to_builtins(default_of(key))
        return deepcopy(self.values[key])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and other._bytes == self._bytes

    def __hash__(self) -> int:
        return hash(self._bytes)

    def __repr__(self) -> str:
        return f"Policy({self.authority}, {self.effective_from}, {self.hash[:12]})"

    def to_bytes(self) -> bytes:
        """Canonical JSON: keys sorted, no spaces, UTF-8."""
        return self._bytes

    @property
    def ladder(self) -> Ladder:
        """The keys under `ladder.` in one piece."""
        names = ("rungs", "history", "needs", "waiver")
        return msgspec.convert({name: self.values[f"ladder.{name}"] for name in names}, Ladder)
