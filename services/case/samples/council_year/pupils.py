"""Made-up pupils: names that nobody has, pupil numbers with their right letter, at schools by size."""

import random
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from services.case.process.checks import UPN_LETTERS

WEIGHTS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "year.toml").read_text())
AGES = {"R": 4, **{str(year): year + 4 for year in range(1, 12)}}  # on 31 August before the school year


class Pupil(msgspec.Struct, frozen=True):
    """`facts` and `answers` are those of a referral that figures are told apart by, in clear and personal."""

    surname: str
    forename: str
    dob: date
    upn: str
    school: str
    facts: dict[str, str]
    answers: dict[str, Any]


def drawn(chance: random.Random, what: str) -> str:
    """One of the weighted choices of `year.toml`."""
    weights = WEIGHTS[what]
    (found,) = chance.choices(list(weights), list(weights.values()))
    return str(found)


def pupil(chance: random.Random, number: int, authority: str, schools: Mapping[str, int], start_year: int) -> Pupil:
    """`number` tells pupils of one council apart; `schools` are URNs with their size."""
    facts = {name: drawn(chance, name) for name in ("sen_provision", "cla", "cp", "cin", "pex_risk")}
    group = drawn(chance, "year_groups")
    names = WEIGHTS["names"]
    return Pupil(
        chance.choice(names["surnames"]),
        chance.choice(names["forenames"]),
        date(start_year - AGES[group] - 1, 9, 1) + timedelta(days=chance.randrange(365)),
        upn(authority, number, start_year),
        chance.choices(list(schools), list(schools.values()))[0],
        {**facts, "nc_year": group, "ehc_assessment": "no"},
        _answers(random.Random(number), facts["sen_provision"]),  # noqa: S311
    )


def _answers(chance: random.Random, sen_provision: str) -> dict[str, Any]:
    found: dict[str, Any] = {name: drawn(chance, name) for name in ("sex", "ethnicity")}
    found["fsm_ever6"] = drawn(chance, "fsm") == "yes"
    found["first_language"] = drawn(chance, "first_language")
    return found if sen_provision == "N" else {**found, "sen_type": drawn(chance, "sen_type")}


def upn(authority: str, number: int, start_year: int) -> str:
    """A unique pupil number with its right check letter, for up to a million pupils of a council."""
    digits = f"{authority}{4000 + number // 100_000 * 100 + start_year % 100:04}{number % 100_000:05}"[:12]
    total = sum(int(digit) * weight for weight, digit in enumerate(digits[:11], 2)) + int(digits[11]) * 13
    return UPN_LETTERS[total % 23] + digits
