"""Figures are what the log says: in whichever order cases came, read at once or event by event, rebuilt, or erased."""

from typing import Any

from services.case.projections.measures.catalogue import MEASURES
from services.case.wiring import House
from tests.measures.telling import figures, project
from tests.projections.rows import fresh_rows, rows_of
from tests.projections.traffic import Traffic

TABLES = ("measured_cases", "occurrences")


def everything(house: House) -> dict[str, Any]:
    return {
        f"{measure.id} {by}": (found.whole, found.groups)
        for measure in MEASURES
        for by in ("", "school", *measure.groups)
        for found in [figures(house, measure.id, by=by)]
    }


def test_rebuilt_or_event_by_event_the_figures_are_the_same(house: House) -> None:
    Traffic(house.store, cases=60).run()
    project(house)
    before, rows = everything(house), rows_of(house)

    assert {name: fresh_rows(house)[name] for name in TABLES} == {name: rows[name] for name in TABLES}
    house.database.execute("UPDATE occurrences SET outcome = 'effective', amount = 9")
    assert everything(house) != before
    house.projecting.rebuild("measures", house.url)
    assert everything(house) == before
