"""What of a case is measured: the case itself, and what occurred in it, with its days, outcome and amounts.

A fold of the case's events. What is counted comes from facts in clear, so that figures stay when a key is destroyed;
what of a pupil they are told apart by may be sealed, and goes with the key.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

import msgspec

from services.case.projections.measures.characteristics import CHARACTERISTICS

Kind = Literal[
    "referral",  # began submitted, ended when first triaged
    "strategy",  # detail the rung, outcome how it was concluded
    "approach",  # to a receiving school, `place`; detail why it declined
    "direction",  # off site, to the school `place`; planned its last day; detail "intent" where a move is meant
    "move",  # to `place`; tags its checks as `check:result`, and "plan" where there is or may be an EHC plan
    "placement",  # in alternative provision with `place`; amount pence, total weeks, detail its setting, tags `route`
    "attendance",  # of an ended placement: amount sessions attended, total sessions offered
    "return",  # reintegration; detail where to, tags where from; planned the day on which the placement before it began
    "exclusion",  # detail its census code; amount half days; tags reasons; outcome "cancelled"
    "provision",  # after an exclusion: began the day it starts, ended the first day of provision
    "panel",  # an independent review
    "concern",  # of pressure; outcome whether it was upheld
    "review",  # a review held; outcome whose views it has
    "feedback",  # asked; outcome given or declined; amount how far they felt listened to
]
Key = tuple[str, str]  # kind and id
GROUPS = (
    "sen_provision",
    "ehc_assessment",
    "cla",
    "cp",
    "cin",
    "nc_year",
)  # facts in clear by which figures are told apart
AT_RISK = ("high", "imminent")


class MeasuredCase(msgspec.Struct, omit_defaults=True):
    """What figures are told apart by, and when the case was what."""

    ref: str = ""
    authority: str = ""
    home_school: str = ""
    facts: dict[str, str] = {}
    opened_on: date | None = None
    closed_on: date | None = None
    outcome: str = ""
    at_risk_on: date | None = None

    def erase(self) -> None:
        """Nothing is known of the person any more."""
        self.facts = {name: value for name, value in self.facts.items() if name not in CHARACTERISTICS}

    def learn(self, facts: dict[str, Any], on: date) -> None:
        """Facts of the case, from whichever event."""
        for name in (*GROUPS, *CHARACTERISTICS):
            if name in facts:
                self.facts[name] = str(facts[name] or "")
        self.home_school = str(facts.get("home_school") or self.home_school)
        if facts.get("pex_risk") in AT_RISK and self.at_risk_on is None:
            self.at_risk_on = on

    @property
    def has_plan(self) -> bool:
        """Whether the pupil has an EHC plan, or one is being assessed."""
        return self.facts.get("sen_provision") == "E" or self.facts.get("ehc_assessment") == "yes"


class Occurrence(msgspec.Struct, omit_defaults=True):
    """One of the things counted. Days are those of effect; `place` is a school's URN or a provider's id."""

    began: date | None = None
    planned: date | None = None
    ended: date | None = None
    outcome: str = ""
    detail: str = ""
    place: str = ""
    amount: int = 0
    total: int = 0
    tags: list[str] = []


class Story(msgspec.Struct):
    """A case as measured. `touched`: what changed since it was read."""

    case: MeasuredCase
    occurrences: dict[Key, Occurrence] = {}
    touched: set[Key] = set()
    told: bool = False  # something about the case itself changed

    def at(self, kind: Kind, id: Any) -> Occurrence:
        """The occurrence of that id, a new one if there is none."""
        key = (kind, str(id))
        self.touched.add(key)
        return self.occurrences.setdefault(key, Occurrence())

    def found(self, kind: Kind, id: Any) -> Occurrence | None:
        """The occurrence of that id, to be changed, if there is one."""
        return self.at(kind, id) if (kind, str(id)) in self.occurrences else None

    def add(self, kind: Kind, version: int) -> Occurrence:
        """One more, known by the version of the event that began it."""
        return self.at(kind, f"{version:06}")

    def last(self, kind: Kind, **like: Any) -> Occurrence | None:
        """The latest of a kind that is as described, to be changed."""
        keys = sorted(key for key in self.occurrences if key[0] == kind)
        for key in reversed(keys):
            if all(getattr(self.occurrences[key], name) == value for name, value in like.items()):
                return self.at(kind, key[1])
        return None

    def all(self, kind: Kind) -> Iterable[Occurrence]:
        return (occurrence for key, occurrence in self.occurrences.items() if key[0] == kind)
