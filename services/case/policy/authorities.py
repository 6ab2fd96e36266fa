"""The authorities that the service works for, and the policy of each on a day."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from services.case.policy.authority_text import Authority, AuthorityRefused, PolicyWarning, read_authority
from services.case.policy.policy import Policy


class AuthorityUnknown(LookupError):
    """No authority with this code is set up here."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no authority with the code {code} is set up here")


class NoPolicyOnThatDay(LookupError):
    """The authority's file has no version for this day."""

    def __init__(self, code: str, on: date) -> None:
        super().__init__(f"authority {code} has no policy for {on}")


class Authorities:
    """All authorities by code, with the warnings that their files gave."""

    def __init__(self, authorities: Iterable[Authority], warnings: Iterable[PolicyWarning] = ()) -> None:
        self._by_code = {authority.code: authority for authority in authorities}
        self.warnings = tuple(warnings)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, sorted."""
        return tuple(sorted(self._by_code))

    def __getitem__(self, code: str) -> Authority:
        """The authority of that code. Raises AuthorityUnknown."""
        try:
            return self._by_code[code]
        except KeyError as error:
            raise AuthorityUnknown(code) from error

    def at(self, code: str, on: date) -> Policy:
        """The policy that holds on a day. Raises AuthorityUnknown, NoPolicyOnThatDay."""
        authority = self[code]
        place = bisect_right([policy.effective_from for policy in authority.policies], on)
        if place == 0 or (authority.until is not None and on > authority.until):
            raise NoPolicyOnThatDay(code, on)
        return authority.policies[place - 1]


def load_authorities(*folders: Path) -> Authorities:
    """The authorities in the `*.toml` files of some folders. Raises AuthorityRefused with file and key."""
    found: dict[str, tuple[Path, Authority]] = {}
    warnings: list[PolicyWarning] = []
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise AuthorityRefused(path.name, "", "cannot be read as UTF-8 text") from error
        authority, departures = read_authority(text, path.name)
        if authority.code in found:
            other = found[authority.code][0].name
            raise AuthorityRefused(path.name, "code", f"{authority.code} is in {other} already")
        found[authority.code] = path, authority
        warnings += departures
    return Authorities((authority for _, authority in found.values()), warnings)
