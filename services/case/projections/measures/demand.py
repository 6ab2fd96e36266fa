"""How much will be wanted, if it is as much as a year before: alternative provision against the room that providers say
they have and what it cost, managed moves against the places that schools say are free."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from services.case.clock.periods import Period
from services.case.domain.directory import Additions
from services.case.domain.provider import Provider
from services.case.projections.measures.counting import Scope
from services.case.projections.measures.protection import Counts, hidden_among
from services.case.store.database import Database

SCHOOL_WEEKS = 39  # of a year
DAYS_IN_A_YEAR = 365
NOT_LISTED = "not_listed"
SCHOOLS = "school_places"

BEGUN = """
    SELECT o.place, count(*), sum(o.total)::int, sum(o.amount)::bigint
    FROM occurrences o JOIN measured_cases c USING (stream)
    WHERE o.kind = 'placement' AND 'commissioned' = ANY (o.tags) AND c.authority = %(authority)s
    AND (%(schools)s::text[] IS NULL OR c.home_school = ANY (%(schools)s))
    AND o.began BETWEEN %(first)s AND %(last)s
    GROUP BY 1
"""


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of provider, or schools. `placements`, pupil `weeks` and `pounds` are those of the year before, left out
    where there were few (`small`) · `prices`: by `session`, `day` or `week` the lowest and highest that providers ask
    now · `places` and `free` as they say now · `room`: the pupil weeks that all places give in the period · `enough`:
    whether that is more than is expected."""

    kind: str
    placements: int | None = None
    weeks: int | None = None
    pounds: float | None = None
    places: int = 0
    free: int = 0
    room: int = 0
    enough: bool | None = None
    prices: dict[str, tuple[float, float]] = {}
    small: bool = False


def demand(
    database: Database, scope: Scope, providers: Mapping[str, Provider], period: Period, year_before: Period
) -> list[Demand]:
    """By kind of provider; `providers` are those that the authority lists."""
    begun: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for place, *numbers in database.rows(BEGUN, _among(scope, year_before)):
        kind = providers[place].kind if place in providers else NOT_LISTED
        begun[kind] = [have + more for have, more in zip(begun[kind], numbers, strict=True)]
    kinds = sorted({provider.kind for provider in providers.values()} | begun.keys())
    hidden = hidden_among({kind: Counts(begun[kind][0]) for kind in kinds})
    return [_of_kind(kind, begun[kind], kind in hidden, providers, period) for kind in kinds]


MOVED = """
    SELECT count(*) FROM occurrences o JOIN measured_cases c USING (stream)
    WHERE o.kind = 'move' AND o.outcome = 'completed' AND c.authority = %(authority)s
    AND (%(schools)s::text[] IS NULL OR c.home_school = ANY (%(schools)s))
    AND o.ended BETWEEN %(first)s AND %(last)s
"""


def school_places(database: Database, scope: Scope, additions: Iterable[Additions], year_before: Period) -> Demand:
    """Managed moves as in the year before, against the places that schools say are free."""
    row = database.row(MOVED, _among(scope, year_before))
    moves = int(row[0]) if row else 0
    years = [year for one in additions if one.takes_part for year in one.capacity]
    free = sum(year.free for year in years)
    found = Demand(kind=SCHOOLS, places=sum(year.places for year in years), free=free, room=free, small=True)
    if not Counts(moves).safe:
        return found
    return msgspec.structs.replace(found, placements=moves, enough=moves <= free, small=False)


def _among(scope: Scope, period: Period) -> dict[str, object]:
    schools = scope.schools and list(scope.schools)
    return {"authority": scope.authority, "schools": schools, "first": period.first, "last": period.last}


def _of_kind(kind: str, begun: list[int], small: bool, providers: Mapping[str, Provider], period: Period) -> Demand:
    stages = [stage for one in providers.values() if one.kind == kind for stage in one.places.stages]
    places = sum(stage.places for stage in stages)
    days = (period.last - period.first).days + 1
    room = round(places * SCHOOL_WEEKS * days / DAYS_IN_A_YEAR)
    free, prices = sum(stage.free for stage in stages), _prices(kind, providers)
    told = Demand(kind=kind, places=places, free=free, room=room, small=small, prices=prices)
    if small:
        return told
    placements, weeks, pence = begun
    return msgspec.structs.replace(told, placements=placements, weeks=weeks, pounds=pence / 100, enough=weeks <= room)


def _prices(kind: str, providers: Mapping[str, Provider]) -> dict[str, tuple[float, float]]:
    asked: defaultdict[str, list[float]] = defaultdict(list)
    for one in providers.values():
        if one.kind == kind and one.price.amount is not None:
            asked[one.price.per].append(one.price.amount)
    return {per: (min(amounts), max(amounts)) for per, amounts in sorted(asked.items())}
