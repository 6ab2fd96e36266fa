"""Measures: the catalogue, figures with small numbers left out, the cases behind a number, and the same as CSV."""

import asyncio
import csv
import io
from typing import Any

import msgspec

from services.case.api.asking import Ask, Reply
from services.case.clock.periods import Period, PeriodUnknown, latest_year, read_period
from services.case.clock.school_days import between
from services.case.domain.errors import BodyInvalid, MeasureUnknown
from services.case.domain.permissions import schools_of
from services.case.projections.measures.catalogue import BY_ID, MEASURES, NOT_HELD
from services.case.projections.measures.counting import Scope
from services.case.projections.measures.figures import Counting, Figure, Figures
from services.case.projections.measures.measure import DIMENSIONS, Measure

CSV = "text/csv; charset=utf-8"
HEADER = ("measure", "title", "period", "by", "group", "numerator", "denominator", "value", "unit")
LEFT_OUT = "c"  # what official statistics write for a number that is left out


def counting(ask: Ask) -> Counting:
    """Counts with the calendars that are in force."""
    house = ask.house
    calendars, authority = house.reference.calendars, ask.person.authority
    return Counting(
        house.database,
        lambda school, first, last: between(calendars.school(school, authority), first, last),
        house.clock.today(),
    )


def scope_for(ask: Ask, action: str) -> Scope:
    """What the person may count: the authority, or their own schools. Raises NotAllowed."""
    return Scope(ask.person.authority, schools_of(ask.person, action))


def period_of(ask: Ask, name: str) -> Period:
    """The period of that name, the current school year if none is named. Raises BodyInvalid."""
    try:
        return read_period(name) if name else latest_year(ask.house.clock.today())
    except PeriodUnknown as unknown:
        raise BodyInvalid([{"pointer": "/period", "detail": str(unknown)}]) from None


def described(measure: Measure) -> dict[str, Any]:
    return {
        "id": measure.id,
        "title": measure.title,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "unit": measure.unit,
        "better": measure.better,
        "by": [*DIMENSIONS, *measure.groups],
        "note": measure.note,
    }


async def list_measures(ask: Ask) -> Reply:
    """What is measured, and by what each measure can be told apart; what cannot be measured here, and why."""
    scope_for(ask, "measure")
    body = {
        "measures": [described(measure) for measure in MEASURES],
        "not_held": [{"title": title, "why": why} for title, why in NOT_HELD.items()],
    }
    return Reply(body)


def _measure(ask: Ask) -> Measure:
    measure = BY_ID.get(ask.request.path_params["measure"])
    if measure is None:
        raise MeasureUnknown
    return measure


def _filters(ask: Ask) -> dict[str, str]:
    """By what the query narrows the measure, and to which group."""
    return {name: value for name in DIMENSIONS if (value := getattr(ask.query, name)) is not None}


def _refuse_unknown(measure: Measure, by: str) -> None:
    """Raises BodyInvalid for what the measure cannot be told apart by."""
    if by and by not in (*DIMENSIONS, *measure.groups):
        known = ", ".join((*DIMENSIONS, *measure.groups))
        raise BodyInvalid([{"pointer": "/by", "detail": f"This measure can be told apart by {known}."}])


async def one_measure(ask: Ask) -> Reply:
    """The figure for a school year, term, quarter or month, and told apart by one thing. Numbers that stand for 1 to 5,
    and those from which such a number could be had, are left out (`small`)."""
    return Reply(as_json(await _figures(ask)))


async def one_measure_csv(ask: Ask) -> Reply:
    """The same as CSV; `c` stands where a number is left out."""
    return Reply(as_csv([await _figures(ask)]), content_type=CSV)


async def all_measures_csv(ask: Ask) -> Reply:
    """Every measure as a whole in a period, as CSV."""
    scope, period = scope_for(ask, "measure"), period_of(ask, ask.query.period)
    count = counting(ask)
    found = await asyncio.to_thread(lambda: [count.figures(measure, period, scope) for measure in MEASURES])
    return Reply(as_csv(found), content_type=CSV)


async def _figures(ask: Ask) -> Figures:
    scope, measure = scope_for(ask, "measure"), _measure(ask)
    period, apart = period_of(ask, ask.query.period), _filters(ask)
    if ask.query.by is not None:
        apart = {ask.query.by: "", **apart}
    if len(apart) > 1:
        detail = "Tell it apart by one thing at a time: by several, small numbers could be worked out from the rest."
        raise BodyInvalid([{"pointer": "/by", "detail": detail}])
    by, only = next(iter(apart.items()), ("", ""))
    _refuse_unknown(measure, by)
    if by and not period.terms:
        detail = "Told apart by something, figures are given for terms and school years."
        raise BodyInvalid([{"pointer": "/period", "detail": detail}])
    return await asyncio.to_thread(counting(ask).figures, measure, period, scope, by, only)


async def cases_of_measure(ask: Ask) -> Reply:
    """The cases behind a number, for those who may open them: all filters may be combined here."""
    scope, measure = scope_for(ask, "measured_cases"), _measure(ask)
    query, period, filters = ask.query, period_of(ask, ask.query.period), _filters(ask)
    if query.by is not None and query.group is not None:
        _refuse_unknown(measure, query.by)
        filters[query.by] = query.group
    numerator = query.part == "numerator"
    found = await asyncio.to_thread(
        counting(ask).cases, measure, period, scope, filters, numerator, query.cursor or "", query.limit + 1
    )
    page = found[: query.limit]
    links = ""
    if len(found) > query.limit:
        url = ask.request.url.include_query_params(cursor=page[-1].ref)
        links = f'<{url.path}?{url.query}>; rel="next"'
    return Reply(msgspec.to_builtins(page), links=links)


def as_json(found: Figures) -> dict[str, Any]:
    groups = [shown(one) for one in found.groups]
    period = {"name": found.period.name, "first": found.period.first, "last": found.period.last}
    what = described(found.measure)
    counts = {name: what.pop(name) for name in ("numerator", "denominator")}
    whole = {name: value for name, value in shown(found.whole).items() if name != "group"}
    return {**what, "counts": counts, "period": period, "told_apart_by": found.by, **whole, "groups": groups}


def shown(one: Figure) -> dict[str, Any]:
    return {
        "group": one.group,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "value": one.value,
        "small": one.small,
        "comparable": one.comparable,
    }


def as_csv(found: list[Figures]) -> bytes:
    """Rows of figures, the whole first."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(HEADER)
    for figures in found:
        measure = figures.measure
        for one in (figures.whole, *figures.groups):
            by = figures.by if one is not figures.whole else ""
            numbers = [LEFT_OUT if one.small else number for number in (one.numerator, one.denominator, one.value)]
            rows.writerow([measure.id, measure.title, figures.period.name, by, one.group, *numbers, measure.unit])
    return text.getvalue().encode()
