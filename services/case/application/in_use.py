"""What an authority has in use, as the events of its stream add up to: bundles, policies, calendars, closures, and
roles given and taken here."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid5

import msgspec

from services.case.application.reference import NAMESPACE
from services.case.clock.calendar import Calendar
from services.case.domain import authority_events as a
from services.case.domain.meta import Actor, Event
from services.case.domain.people import SYSTEM, Membership
from services.case.store.mapper import Recorded

Key = tuple[str, ...]  # what a file is about; the last file of a key counts


class Change(msgspec.Struct, frozen=True):
    """A change of school days: at which place in the log, and whose. `default`: of every school in cases of the
    authority that has no calendar of its own."""

    position: int
    authority: str
    schools: frozenset[str]
    closure: bool = False
    default: bool = False

    def concerns(self, schools: frozenset[str], authority: str) -> bool:
        return bool(self.schools & schools) or (self.default and self.authority == authority)


class InForce(msgspec.Struct, frozen=True):
    """A calendar in force, since when, who put it there, and why where a person did."""

    calendar: Calendar
    position: int
    on: date
    by: Actor
    because: str = ""


class BundlePut(msgspec.Struct, frozen=True):
    """A bundle that was put in use, on which day, by whom, and why where a person did."""

    bundle: str
    on: date
    by: Actor
    because: str


class PolicyPut(msgspec.Struct, frozen=True):
    """A policy of the authority, from its day on, and who put it there on which day."""

    policy: str
    effective_from: date
    on: date
    by: Actor


class RoleChange(msgspec.Struct, frozen=True):
    """A role given here, or taken, whatever the provider at which the person signs in says."""

    person: str
    membership: Membership
    given: bool
    because: str
    on: date
    by: Actor


class Withdrawal(msgspec.Struct, frozen=True):
    """A closure was reported by mistake: who says so, and why."""

    because: str
    on: date
    by: Actor


class Closure(msgspec.Struct, frozen=True):
    """Days on which schools were closed, as somebody reported it."""

    closure: int
    schools: tuple[str, ...]
    days: tuple[date, ...]
    reason: str
    on: date
    by: Actor
    withdrawn: bool = False
    withdrawal: Withdrawal | None = None


class Recount(msgspec.Struct, frozen=True):
    """How far deadlines were counted again (see DeadlinesRecounted)."""

    changes: int = 0
    upto: int = 0
    cases: int = 0
    moved: int = 0
    kept: int = 0


class InUse:
    """One authority. `from_files`: what files said last, by key · `bundles`: the one in use of each process ·
    `bundles_put`: all that were, in order · `policies`: all of them, in order · `calendars`: those in force
    by name and year, the latest last · `calendars_put`: all that were, in order · `wanted`: school and academic year of
    calendars to load, with the day on which each was first missed · `roles`: by person, what was last said of each
    membership · `role_changes`: all of them, in order.
    """

    def __init__(self, code: str, calendar_of: Callable[[str], Calendar]) -> None:
        self.code = code
        self.stream = authority_stream(code)
        self.version = 0
        self.hash = bytes(32)
        self.bundles: dict[str, str] = {}
        self.bundles_put: dict[str, list[BundlePut]] = {}
        self.from_files: dict[Key, str] = {}
        self.policies: list[PolicyPut] = []
        self.calendars: dict[tuple[str, str], InForce] = {}
        self.calendars_put: dict[tuple[str, str], list[InForce]] = {}
        self.closures: dict[int, Closure] = {}
        self.wanted: dict[tuple[str, str], date] = {}
        self.roles: dict[str, dict[Membership, RoleChange]] = {}
        self.role_changes: list[RoleChange] = []
        self.changes: list[Change] = []
        self.recounted = Recount()
        self._calendar_of = calendar_of

    def follow(self, recorded: Recorded) -> None:
        """Take the next event of the stream."""
        event, on = recorded.event, recorded.event.meta.effective_on
        self.version, self.hash = recorded.version, recorded.row.hash
        if event.meta.by == SYSTEM and (said := said_by(event)) is not None:
            self.from_files[said[0]] = said[1]
        match event:
            case a.BundlePutInUse():
                self.bundles[event.process] = event.bundle
                put = BundlePut(event.bundle, on, event.meta.by, event.because)
                self.bundles_put.setdefault(event.process, []).append(put)
            case a.PolicyPutInUse():
                self.policies.append(PolicyPut(event.policy, event.effective_from, on, event.meta.by))
            case a.CalendarPutInUse():
                self._put(event, recorded.position)
            case a.SchoolsClosed():
                known = (event.closure, tuple(event.schools), tuple(event.days), event.reason, on, event.meta.by)
                self.closures[event.closure] = Closure(*known)
                self._changed(recorded.position, event.schools)
            case a.ClosureWithdrawn():
                closure = self.closures[event.closure]
                how = Withdrawal(event.because, on, event.meta.by)
                self.closures[event.closure] = msgspec.structs.replace(closure, withdrawn=True, withdrawal=how)
                self._changed(recorded.position, closure.schools)
            case a.CalendarWanted():
                self.wanted.setdefault((event.school, event.academic_year), on)
            case a.RoleGiven() | a.RoleTaken():
                self._changed_role(event, on)
            case a.DeadlinesRecounted():
                self.recounted = Recount(event.changes, event.upto, event.cases, event.moved, event.kept)

    def _put(self, event: a.CalendarPutInUse, position: int) -> None:
        calendar = self._calendar_of(event.calendar)
        key = (event.name, event.academic_year)
        self.calendars.pop(key, None)
        put = InForce(calendar, position, event.meta.effective_on, event.meta.by, event.because)
        self.calendars[key] = put
        self.calendars_put.setdefault(key, []).append(put)
        schools = schools_of(calendar)
        self.changes.append(Change(position, self.code, schools, default=calendar.default))
        for school in schools:
            self.wanted.pop((school, event.academic_year), None)

    def _changed_role(self, event: a.RoleGiven | a.RoleTaken, on: date) -> None:
        membership = Membership(event.role, event.org)
        given = isinstance(event, a.RoleGiven)
        change = RoleChange(event.person, membership, given, event.because, on, event.meta.by)
        self.roles[event.person] = {**self.roles.get(event.person, {}), membership: change}  # others may be reading
        self.role_changes.append(change)

    def _changed(self, position: int, schools: list[str] | tuple[str, ...]) -> None:
        self.changes.append(Change(position, self.code, frozenset(schools), closure=True))

    @property
    def changed_at(self) -> int:
        """The place in the log of the last change of school days, 0 if there was none."""
        return self.changes[-1].position if self.changes else 0

    def hash_of(self, name: str, academic_year: str) -> str:
        """Of the calendar in force, "" if there is none."""
        found = self.calendars.get((name, academic_year))
        return found.calendar.hash if found else ""


def authority_stream(code: str) -> UUID:
    """The stream of an authority's administration."""
    return uuid5(NAMESPACE, f"authority {code}")


def schools_of(calendar: Calendar) -> frozenset[str]:
    """The schools that a calendar names."""
    return frozenset((calendar.urn,) if calendar.urn else calendar.schools)


def said_by(event: Event) -> tuple[Key, str] | None:
    """What a file was about that an event put in use, and the file's hash."""
    match event:
        case a.BundlePutInUse():
            return ("bundle", event.process), event.bundle
        case a.PolicyPutInUse():
            return ("policy", event.policy), event.policy
        case a.CalendarPutInUse():
            return ("calendar", event.name, event.academic_year), event.calendar
    return None
