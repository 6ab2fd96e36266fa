"""Figures are what the log says: in whichever order cases came, read at once or event by event, rebuilt, or erased."""

import asyncio
import random
from typing import Any

from services.case.application.erasing import erase
from services.case.application.reference import stream_of
from services.case.projections.measures.catalogue import MEASURES
from services.case.projections.measures.counting import Scope
from services.case.wiring import House
from tests.measures.telling import OCTOBER, Told, figures, project, store
from tests.projections.rows import fresh_rows, rows_of
from tests.projections.traffic import Traffic

TABLES = ("measured_cases", "occurrences")


def everything(house: House, authority: str = "937") -> dict[str, Any]:
    return {
        f"{measure.id} {by}": (found.whole, found.groups)
        for measure in MEASURES
        for by in ("", "school", *measure.groups)
        for found in [figures(house, measure.id, by=by, scope=Scope(authority))]
    }


def told(number: int, authority: str) -> Told:
    """The case of that number: the same in each authority."""
    chance = random.Random(number)
    case = Told(f"90000{number % 3}", OCTOBER, authority, sen_provision=chance.choice("NKE"))
    for _ in range(chance.randrange(3)):
        case.milestone("strategy.started", OCTOBER, rung="restorative")
        case.milestone("strategy.concluded", OCTOBER, chance.choice(["effective", "partly"]), rung="restorative")
    if number % 2:
        case.exclusion(OCTOBER, chance.randrange(1, 9), school=f"90000{number % 3}")
    return case


def test_in_whichever_order_cases_come_the_figures_are_the_same(house: House) -> None:
    order = list(range(80))
    store(house, *(told(number, "937") for number in order))
    random.Random(7).shuffle(order)
    store(house, *(told(number, "885") for number in order))
    project(house)

    assert everything(house, "937") == everything(house, "885")
    assert figures(house, "suspensions").whole.numerator == 40


def test_a_figure_stays_when_the_person_is_erased(house: House) -> None:
    cases = [told(number, "937") for number in range(40)]
    store(house, *cases)
    project(house)
    before = everything(house)

    for case in cases[::3]:
        asyncio.run(erase(house.door, stream_of(case.ref), "retention_ended"))
    project(house)
    house.projecting.rebuild("measures", house.url)

    assert everything(house) == before


SEALED = {"sex": "M", "ethnicity": "BCRB", "first_language": "POL", "fsm_ever6": True, "sen_type": "SEMH"}
TOLD = {"sex": "M", "ethnic_group": "black", "first_language": "other", "fsm": "yes", "need": "SEMH"}


def test_what_of_a_person_figures_are_told_apart_by_goes_with_the_key(house: House) -> None:
    cases = [Told(sealed=SEALED) for _ in range(14)]
    for case in cases:
        case.exclusion(OCTOBER)
    cases[0].correct_sealed("ethnicity", "NOBT")
    cases[1].correct_sealed("fsm_ever6", False)
    store(house, *cases)
    project(house)
    whole = figures(house, "suspensions").whole
    for by, group in TOLD.items():
        groups = figures(house, "suspensions", by=by).groups
        expected = [] if by in ("ethnic_group", "fsm") else [14]  # one is otherwise: both are left out
        assert [one.numerator for one in groups if one.group == group and not one.small] == expected, by
    assert people(house, cases[0]) == [*{**TOLD, "ethnic_group": "not_given"}.values()]

    for case in cases[:7]:
        asyncio.run(erase(house.door, stream_of(case.ref), "retention_ended"))
    project(house)

    for _ in ("at once", "rebuilt"):
        assert people(house, cases[0]) == [""] * len(TOLD)
        assert people(house, cases[7]) == [*TOLD.values()]
        assert figures(house, "suspensions").whole == whole
        halves = {one.group: one.numerator for one in figures(house, "suspensions", by="sex").groups}
        assert halves == {"": 7, "M": 7}
        house.projecting.rebuild("measures", house.url)


def people(house: House, case: Told) -> list[str]:
    (row,) = house.database.rows(
        f"SELECT {', '.join(TOLD)} FROM measured_cases WHERE stream = %s", [stream_of(case.ref)]
    )
    return list(row)


def test_rebuilt_or_event_by_event_the_figures_are_the_same(house: House) -> None:
    Traffic(house.store, cases=60).run()
    project(house)
    before, rows = everything(house), rows_of(house)

    assert {name: fresh_rows(house)[name] for name in TABLES} == {name: rows[name] for name in TABLES}
    house.database.execute("UPDATE occurrences SET outcome = 'effective', amount = 9")
    assert everything(house) != before
    house.projecting.rebuild("measures", house.url)
    assert everything(house) == before
