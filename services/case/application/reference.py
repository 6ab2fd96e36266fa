"""Reference data: what decisions look up beside the case. Bundles and policies by hash, calendars, directories."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from uuid import UUID, uuid5

from services.case.application.directory import Directory
from services.case.clock.calendar_files import CalendarShelf
from services.case.clock.deadlines import Calendars, DeadlineRule, read_deadline
from services.case.domain.directory import School
from services.case.domain.errors import ProcessUnknown
from services.case.policy.authorities import Authorities
from services.case.policy.code_sets import CodeSets
from services.case.policy.policy import Policy
from services.case.process.bundle import Bundle

NAMESPACE = UUID("7c1f3f0e-2f5f-5b5e-9d35-6b1d0c9f0a51")


@lru_cache(maxsize=5_000)
def stream_of(ref: str) -> UUID:
    """The stream of a case, from its reference."""
    return uuid5(NAMESPACE, ref)


class Reference:
    """All of it. `fetch` gives the stored bytes of a bundle or policy that is in use no more."""

    def __init__(
        self,
        bundles: Iterable[Bundle],
        authorities: Authorities,
        calendars: CalendarShelf,
        directory: Directory,
        fetch: Callable[[str], bytes],
    ) -> None:
        self.bundles = {bundle.hash: bundle for bundle in bundles}
        self.in_use: dict[tuple[str, str], str] = {}
        self.authorities = authorities
        self.calendars = calendars
        self.directory = directory
        self.fetch = fetch
        self.codes = CodeSets({})
        self._policies: dict[str, Policy] = {}

    def bundle(self, hash: str) -> Bundle:
        """The bundle of that hash, in use or not."""
        if hash not in self.bundles:
            self.bundles[hash] = Bundle.from_bytes(self.fetch(hash))
        return self.bundles[hash]

    def current(self, authority: str, process: str) -> Bundle:
        """The bundle that a new instance follows. Raises ProcessUnknown."""
        hash = self.in_use.get((authority, process))
        if hash is None:
            raise ProcessUnknown
        return self.bundle(hash)

    def processes(self, authority: str) -> list[Bundle]:
        return [self.bundle(hash) for (code, _), hash in sorted(self.in_use.items()) if code == authority]

    def policy(self, hash: str) -> Policy:
        if hash not in self._policies:
            self._policies[hash] = Policy.from_bytes(self.fetch(hash))
        return self._policies[hash]

    def policy_at(self, authority: str, day: date) -> Policy:
        policy = self.authorities.at(authority, day)
        return self._policies.setdefault(policy.hash, policy)

    def school(self, urn: str) -> School:
        """Raises SchoolUnknown."""
        return self.directory.school(urn)

    @property
    def schools(self) -> Mapping[str, School]:
        """All schools by URN, closed ones too."""
        return self.directory.schools

    def calendars_of(self, authority: str, home: str, receiving: str | None) -> Calendars:
        """The days of the schools of a case."""
        return Calendars(
            self.calendars.school(home, authority),
            self.calendars.school(receiving, authority) if receiving else None,
        )

    def deadline_rule(self, bundle: Bundle, name: str) -> DeadlineRule:
        return _rule(self, bundle.hash, name)


@lru_cache(maxsize=2048)
def _rule(reference: Reference, hash: str, name: str) -> DeadlineRule:
    return read_deadline(reference.bundle(hash).about.deadlines[name], f"{hash[:12]}/process.toml", name)
