"""A provider of alternative provision as the authority's directory lists it (domain section 13.2), and why it cannot
be chosen: suspended, without approval, unregistered although it must register, or with checks out of date."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from services.case.domain.directory import Count, Entry, KeyStage, Line, Need, Pounds, Words, long
from services.case.domain.errors import ProviderNotCurrent, Refusal

SCHOOLS = frozenset({"registered_school", "pupil_referral_unit", "college"})  # need no further registration
FULL_TIME_HOURS = 18  # more a week is the usual indicator of full-time education; the law does not define it
MUST_REGISTER = 5  # pupils of compulsory school age full-time make a setting a school (Education Act 1996 s463)


class Checked(Entry, frozen=True):
    """A check and the last day on which it is good."""

    on: date
    until: date


class Site(Entry, frozen=True):
    """Where pupils are taught. Easting and northing in metres, as the public register of schools has them."""

    address: Line
    postcode: Annotated[str, Meta(max_length=10)] = ""
    easting: Annotated[int, Meta(ge=0, le=700_000)] | None = None
    northing: Annotated[int, Meta(ge=0, le=1_300_000)] | None = None
    access: Line = ""


class Offer(Entry, frozen=True):
    """What is taught, to whom, when. `hours_per_week` is the most that a pupil can have."""

    description: Words = ""
    key_stages: tuple[KeyStage, ...] = ()
    needs: tuple[Need, ...] = ()
    subjects: tuple[Line, ...] = ()
    qualifications: tuple[Line, ...] = ()
    english_and_maths: bool = False
    therapeutic: bool = False
    vocational: bool = False
    one_to_one: bool = False
    online: bool = False
    hours_per_week: Annotated[float, Meta(ge=0, le=40)] = 0
    sessions: Line = ""
    length: Line = ""
    languages: tuple[Line, ...] = ()
    transport: Line = ""


class StagePlaces(Entry, frozen=True):
    """Places for a key stage, and how many of them are free."""

    key_stage: KeyStage
    places: Count
    free: Count = 0


class Places(Entry, frozen=True):
    """How much room there is, and from when. The provider keeps it up itself."""

    stages: tuple[StagePlaces, ...] = ()
    available_from: date | None = None
    waiting: Count = 0

    def free(self, key_stage: str | None) -> int:
        return sum(place.free for place in self.stages if key_stage in (None, place.key_stage))


class Price(Entry, frozen=True):
    """In pounds. The provider keeps it up itself."""

    amount: Pounds | None = None
    per: Literal["session", "day", "week"] = "session"
    one_to_one: Pounds | None = None
    transport: Line = ""
    cancellation: Line = ""
    vat: bool = False


class Approval(Entry, frozen=True):
    """What the authority has decided about the provider, and for how long."""

    state: Literal["framework", "approved_spot", "listed", "suspended"]
    since: date | None = None
    until: date | None = None


class Registration(Entry, frozen=True):
    """Whether it is registered as an independent school, and how many it teaches full-time: of compulsory school age,
    and of these how many have an EHC plan or are looked after."""

    registered: bool = False
    full_time_pupils: Count = 0
    full_time_with_plan_or_looked_after: Count = 0
    inspected_on: date | None = None
    grade: Line = ""


class Safeguarding(Entry, frozen=True):
    """`staff_checks`: the provider's written confirmation of the checks on its staff, all sites and subcontractors."""

    staff_checks: Checked | None = None
    insurance: Checked | None = None
    site_visit: Checked | None = None
    policies: tuple[Line, ...] = ()


class Provider(Entry, frozen=True):
    """The entry, without the offices to ask (`directory.Contacts`). `urn` or `ukprn` where the provider has one: the
    census asks for it."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    kind: Literal["registered_school", "pupil_referral_unit", "college", "non_school", "tuition", "online"]
    approval: Approval
    registration: Registration = Registration()
    safeguarding: Safeguarding = Safeguarding()
    quality: Checked | None = None
    offer: Offer = Offer()
    places: Places = Places()
    price: Price = Price()
    sites: tuple[Site, ...] = ()
    urn: Annotated[str, Meta(pattern=r"^(\d{6})?$")] = ""
    ukprn: Annotated[str, Meta(pattern=r"^(\d{8})?$")] = ""
    legal_entity: Line = ""
    company_number: Annotated[str, Meta(max_length=20)] = ""
    withdrawn_on: date | None = None

    @property
    def is_registered(self) -> bool:
        return self.kind in SCHOOLS or self.registration.registered

    def faults(self, day: date) -> Iterator[str]:
        """Every reason for which no pupil can be placed there on a day, each a sentence."""
        if self.withdrawn_on is not None and self.withdrawn_on <= day:
            yield f"{self.name} left the directory on {long(self.withdrawn_on)}."
        yield from self._not_approved(day)
        if self._must_register():
            yield (
                f"{self.name} teaches so many pupils full-time that it must be registered as a school, and it is not."
            )
        for what, check in (
            ("confirmation of the checks on staff", self.safeguarding.staff_checks),
            ("insurance", self.safeguarding.insurance),
            ("quality assurance", self.quality),
        ):
            if check is None:
                yield f"{self.name} has no {what} on record."
            elif check.until < day:
                yield f"The {what} of {self.name} is out of date: it was good until {long(check.until)}."

    def _not_approved(self, day: date) -> Iterator[str]:
        if self.approval.state == "suspended":
            yield f"{self.name} is suspended: it takes no new placements."
        elif self.approval.until is not None and self.approval.until < day:
            yield f"The council’s approval of {self.name} ended on {long(self.approval.until)}."
        elif self.approval.since is not None and self.approval.since > day:
            yield f"The council’s approval of {self.name} begins on {long(self.approval.since)}."

    def _must_register(self) -> bool:
        """Education Act 1996 s463: five pupils full-time, or one with a plan or looked after."""
        taught = self.registration
        many = taught.full_time_pupils >= MUST_REGISTER or taught.full_time_with_plan_or_looked_after > 0
        return many and not self.is_registered

    def refusal(self, day: date) -> Refusal | None:
        """Why it cannot be chosen on a day."""
        found = list(self.faults(day))
        return ProviderNotCurrent(" ".join(found)) if found else None

    def full_time_fault(self, plan_or_looked_after: bool) -> str | None:
        """Why it cannot teach one more pupil full-time (domain section 5.2, registration threshold)."""
        if self.is_registered:
            return None
        if plan_or_looked_after:
            return (
                f"{self.name} is not registered as a school: it cannot teach full-time a pupil who has an EHC plan or "
                "is looked after."
            )
        if self.registration.full_time_pupils + 1 >= MUST_REGISTER:
            return f"{self.name} would have to be registered as a school to teach one more pupil full-time."
        return None


class OwnCheck(Entry, frozen=True):
    """What a school looked at itself: being listed does not replace it (domain section 13.2)."""

    on: date
    seen: tuple[Literal["staff_checks", "insurance", "site", "risk_assessment", "policies", "curriculum"], ...]
    satisfied: bool
