"""Rates for every hundred pupils: of those whom the register of schools has on roll, as far as it tells them apart."""

from services.case.wiring import House
from tests.application.test_importing import put
from tests.measures.telling import OCTOBER, Told, figures, project, store
from tests.projections.extracts import extract, school


def test_rates_are_of_those_on_roll_by_sex_and_trust(house: House) -> None:
    rolls = [("910001", 400, 300, "Oak Trust"), ("910002", 100, 200, "Oak Trust"), ("910003", 500, 500, "Elm Trust")]
    put(house, extract(*(on_roll(*roll) for roll in rolls)))
    cases = [Told(urn, sealed={"sex": sex}) for urn in ("910001", "910003") for sex in "FFFFFFMMMMMMMM"]
    for case in cases:
        case.exclusion(OCTOBER, school=case.school)
    store(house, *cases)
    project(house)

    found = {
        by: {
            one.group: (one.numerator, one.denominator, one.value)
            for one in figures(house, "suspensions", by=by).groups
        }
        for by in ("sex", "trust")
    }

    assert found["sex"] == {"F": (12, 1000, 1.2), "M": (16, 1000, 1.6)}
    assert found["trust"] == {"Oak Trust": (14, 1000, 1.4), "Elm Trust": (14, 1000, 1.4)}


def on_roll(urn: str, boys: int, girls: int, trust: str) -> dict[str, str]:
    counts = {"NumberOfPupils": boys + girls, "NumberOfBoys": boys, "NumberOfGirls": girls}
    return school(**{"URN": urn, "Trusts (name)": trust, **{column: str(count) for column, count in counts.items()}})
