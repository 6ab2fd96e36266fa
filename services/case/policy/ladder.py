"""The ladder of an authority: what is tried in the home school, in which order, before a move may be discussed."""

from typing import Annotated, Literal

import msgspec

Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=40)]


class Dose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long something ran, or must run."""

    count: Annotated[int, msgspec.Meta(ge=1, le=60)]
    unit: Literal["school_days", "school_weeks"]


Kind = Literal["restorative", "internal_inclusion", "targeted", "off_site", "other"]
KINDS: dict[str, Kind] = {  # codes that say themselves what kind of help they are
    "restorative": "restorative",
    "internal_inclusion": "internal_inclusion",
    "targeted": "targeted",
    "short_term_off_site": "off_site",
}


class Rung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of help. It is exhausted only after its minimum dose and so many reviews. `kind` says which forms go
    with it; without it the code does, or that it changes the placement."""

    code: Code
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    minimum_dose: Dose
    reviews_needed: Annotated[int, msgspec.Meta(ge=1, le=12)] = 1
    change_of_placement: bool = False
    kind: Kind | None = None

    @property
    def help(self) -> Kind:
        """What kind of help the rung is."""
        return self.kind or KINDS.get(self.code) or ("off_site" if self.change_of_placement else "other")


class History(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many suspensions are a history of exclusions: either number is enough, 0 takes that one away."""

    suspensions_this_year: Count = 1
    suspensions_12_months: Count = 2

    def is_met(self, this_year: int, last_12_months: int) -> bool:
        """Whether a pupil with so many suspensions has a history by this rule."""
        return (0 < self.suspensions_this_year <= this_year) or (0 < self.suspensions_12_months <= last_12_months)


Needs = Literal["history_and_exhaustion", "exhaustion"]
Waiver = Literal["none", "single_serious_incident"]


class Ladder(msgspec.Struct, frozen=True):
    """The rungs in order, and what is needed beside them. A waiver lets somebody skip the ladder, where one exists."""

    rungs: tuple[Rung, ...]
    history: History
    needs: Needs
    waiver: Waiver
