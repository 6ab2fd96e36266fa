"""Measures over a made-up council year of 100,000 cases: stored, projected, and each measure counted. `CASES=3000` for
fewer."""

import os
import time
from datetime import date

import psycopg

from services.case.clock.periods import read_period
from services.case.clock.school_days import between
from services.case.projections.measures.catalogue import MEASURES
from services.case.projections.measures.counting import Scope
from services.case.projections.measures.figures import Counting
from services.case.samples.council_year.courses import CouncilYear
from services.case.samples.council_year.events import Pinned, put
from services.case.wiring import House
from tests.bench.place import database, opened
from tests.bench.record import Record, absolute, median, spread

CASES = int(os.environ.get("CASES", "100000"))
START, AUTHORITY = 2026, "937"
SCHOOLS = {f"90{number:04}": 300 + number * 37 % 1_100 for number in range(1, 61)}
MOST = 5_000.0  # ms for the slowest measure


def made_up_year(house: House) -> CouncilYear:
    return CouncilYear(1, START, AUTHORITY, SCHOOLS, house.reference.calendars.school("", AUTHORITY))


def _pinned(house: House) -> Pinned:
    bundles = {bundle.process: bundle.hash for bundle in house.reference.processes(AUTHORITY)}
    return Pinned(AUTHORITY, START, bundles, house.reference.policy_at(AUTHORITY, date(START, 9, 1)).hash)


def counting(house: House) -> Counting:
    calendars = house.reference.calendars
    return Counting(
        house.database,
        lambda school, first, last: between(calendars.school(school, AUTHORITY), first, last),
        date(START + 1, 7, 31),
    )


def measures() -> list[Record]:
    """Milliseconds for each measure in a school year, as a whole and told apart by school."""
    with database() as url:
        house = opened(url)
        began = time.perf_counter()
        events = put(house.store, made_up_year(house).referrals(CASES), _pinned(house))
        stored = events / (time.perf_counter() - began)
        began = time.perf_counter()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET synchronous_commit = off")  # as who follows does
            while house.projecting.work(connection):
                pass
            projected = events / (time.perf_counter() - began)
            connection.execute("ANALYZE")
        count, period, scope = counting(house), read_period("2026/27"), Scope(AUTHORITY)
        took: dict[str, list[float]] = {measure.id: [] for measure in MEASURES}
        for _ in range(3):
            for measure in MEASURES:
                began = time.perf_counter()
                count.figures(measure, period, scope, "school")
                took[measure.id].append((time.perf_counter() - began) * 1000)
        house.close()
    each = {name: median(values) for name, values in took.items()}
    slowest = max(each, key=each.__getitem__)
    together = sum(each.values())
    return [
        absolute(
            f"measures over {CASES:,} cases, the slowest", each[slowest], "ms", MOST, spread=spread(took[slowest]),
            notes=f"{slowest}; all {len(each)} together {together / 1000:.1f} s; {events:,} events, stored at "
            f"{stored:,.0f} a second, projected into all read models at {projected:,.0f}",
        ),
        Record("a measure, as the median of all", median(list(each.values())), "ms", runs=3),
    ]  # fmt: skip
