"""Everything that can happen to an authority's administration: what is put in use, days on which schools close, what
became of the deadlines since, and who of its staff was given or lost a role here.

These streams are about no child and no family: all of it stays in clear, in codes and ids, and there is no key to it.
So reasons are codes too: words are where somebody would write whose boiler broke, and could never be erased.
"""

from datetime import date
from typing import ClassVar, Literal

from services.case.domain.meta import Event

ClosureReason = Literal[
    "weather",
    "utilities",  # no heating, water or power
    "building",  # unsafe or damaged
    "illness",
    "staffing",  # also industrial action
    "safety",  # a threat, or an incident nearby
    "election",  # used as a polling station
    "mourning",
    "other",
]
CalendarReason = Literal[
    "new_year",  # the first for its academic year
    "days_changed",  # the school or the council set other days
    "was_missing",  # dates were counted provisionally without it
    "mistake_mended",
    "other",
]
WithdrawalReason = Literal[
    "open_after_all",
    "wrong_schools",
    "wrong_days",
    "reported_twice",
    "other",
]
RoleReason = Literal[
    "joined",
    "changed_job",
    "cover",  # for somebody who is away
    "left",
    "not_needed",  # found when roles were looked through
    "mistake_mended",
    "other",
]
BundleReason = Literal[
    "law_changed",
    "guidance_changed",
    "policy_changed",  # of the council itself
    "mistake_mended",
    "improved",  # wording, order, less to fill in
    "other",
]


class BundlePutInUse(Event, frozen=True, kw_only=True):
    """From now on, new instances of this process in this authority follow this bundle. `because` where a person said
    so; without it files did."""

    TOPIC: ClassVar = "authority.bundle_put_in_use.v1"

    process: str
    bundle: str
    because: BundleReason | Literal[""] = ""


class PolicyPutInUse(Event, frozen=True, kw_only=True):
    """A policy of the authority is in force from its day on."""

    TOPIC: ClassVar = "authority.policy_put_in_use.v1"

    policy: str
    effective_from: date


class CalendarPutInUse(Event, frozen=True, kw_only=True):
    """A calendar of a school or of the authority is in force for an academic year. The last one for a school counts.
    `because` where a person said so; without it files did."""

    TOPIC: ClassVar = "authority.calendar_put_in_use.v1"

    calendar: str
    name: str
    academic_year: str
    because: CalendarReason | Literal[""] = ""


class SchoolsClosed(Event, frozen=True, kw_only=True):
    """These schools had or have no session on these days, which their calendars did not foresee."""

    TOPIC: ClassVar = "authority.schools_closed.v1"

    closure: int
    schools: list[str]
    days: list[date]
    reason: ClosureReason


class ClosureWithdrawn(Event, frozen=True, kw_only=True):
    """A closure was reported by mistake: the schools have their sessions after all."""

    TOPIC: ClassVar = "authority.closure_withdrawn.v1"

    closure: int
    because: WithdrawalReason | Literal[""] = ""


class CalendarWanted(Event, frozen=True, kw_only=True):
    """A date was counted without the calendar of this school for this year, so it is provisional: load the calendar."""

    TOPIC: ClassVar = "authority.calendar_wanted.v1"

    school: str
    academic_year: str


class RoleGiven(Event, frozen=True, kw_only=True):
    """From now on a person has this role here for an organisation, whatever the provider at which they sign in says."""

    TOPIC: ClassVar = "authority.role_given.v1"

    person: str
    role: str
    org: str
    because: RoleReason


class RoleTaken(Event, frozen=True, kw_only=True):
    """From now on a person does not have this role here for an organisation, whatever the provider says."""

    TOPIC: ClassVar = "authority.role_taken.v1"

    person: str
    role: str
    org: str
    because: RoleReason


class DeadlinesRecounted(Event, frozen=True, kw_only=True):
    """Every open deadline of the schools concerned was counted again. `changes`: the place in the log up to which
    changes of calendars were counted in · `upto`: that up to which deadlines were looked at · `cases`: how many had
    any · `moved`: deadlines that have another day, or are certain now · `kept`: those that would be earlier and stay,
    because people had been told the day. What an earlier look had done that was cut short is not among them."""

    TOPIC: ClassVar = "authority.deadlines_recounted.v1"

    changes: int
    upto: int
    cases: int
    moved: int
    kept: int
