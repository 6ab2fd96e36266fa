"""Measures of what works: the list, one of them in a period and told apart by something, targets, demand, actions.

Tables come first; bars beside them say the same again. Numbers that stand for few are left out.
"""

from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.responses import Response

from services.case.api import actions, measures, reports
from services.case.api.improvement_bodies import ActionQuery, DemandQuery, SetTarget, UpdateAction
from services.case.api.measure_bodies import MeasuredCasesQuery, MeasureQuery, PeriodQuery
from services.case.clock.periods import latest_year
from services.case.domain import errors
from services.case.web.improving import may, measure_titles, tabs_of
from services.case.web.task_lists import next_of
from services.case.web.visit import Visit
from services.case.web.wording import NEEDS

WORDS = {
    "school": "School",
    "phase": "Phase",
    "year_group": "Year group",
    "sen": "Special educational needs",
    "cla": "Looked after",
    "cp": "Child protection plan",
    "cin": "Child in need",
    "sex": "Sex",
    "need": "Type of need",
    "ethnic_group": "Ethnic group",
    "first_language": "First language",
    "fsm": "Free school meals in the last six years",
}
GROUPS = {
    "N": "No SEN", "K": "SEN support", "E": "EHC plan", "yes": "Yes", "no": "No", "not_known": "Not known",
    "F": "Female", "M": "Male", "U": "Not known", "not_given": "Not given", "": "Not recorded",
}  # fmt: skip
NONE = {"trust": "No trust", "need": "No type of need recorded"}
STATES = {"open": "Open", "overdue": "Overdue", "done": "Done", "dropped": "Dropped"}
PROVIDERS = {
    "registered_school": "Registered schools",
    "pupil_referral_unit": "Pupil referral units",
    "college": "Colleges",
    "non_school": "Provision that is no school",
    "tuition": "Tuition",
    "online": "Online",
    "not_listed": "Providers not listed any more",
    "school_places": "Places at schools, for managed moves",
}
WIDEST = 300  # pixels of the longest bar


async def listed(visit: Visit) -> Response:
    """What is measured, and what cannot be, and why."""
    body = (await visit.read(measures.list_measures)).body
    return visit.page("measures/list.html", **body, tabs=tabs_of(visit))


async def one(visit: Visit) -> Response:
    """A figure with its parts, told apart by one thing if asked for."""
    by, period = visit.query("by"), visit.query("period")
    today = visit.house.clock.today()
    try:
        query = msgspec.convert({"period": period, "by": by or None}, MeasureQuery)
        body = (await visit.read(measures.one_measure, query)).body
        wrong: list[dict[str, str]] = []
    except (errors.BodyInvalid, msgspec.ValidationError) as refused:
        said = refused.details["errors"][0]["detail"] if isinstance(refused, errors.BodyInvalid) else ""
        wrong = [{"text": said or "Enter a period such as 2026/27, 2026/27 autumn or 2026-10", "href": "#period"}]
        body = (await visit.read(measures.one_measure, MeasureQuery())).body
    return visit.page(
        "measures/one.html",
        422 if wrong else 200,
        found=body,
        groups=_groups(visit, body, by),
        by=by,
        dimensions=[(name, WORDS.get(name, name.replace("_", " ").capitalize())) for name in body["by"]],
        asked=period or latest_year(today).name,
        errors=wrong,
        widest=WIDEST,
        lists=may(visit, "measured_cases"),
        back="/measures",
    )


def _groups(visit: Visit, body: dict[str, Any], by: str) -> list[dict[str, Any]]:
    """The groups by their names, each with the length of its bar."""
    most = max((group["value"] or 0 for group in body["groups"]), default=0) or 1
    found = []
    for group in body["groups"]:
        name = _name(visit, by, group["group"])
        found.append({**group, "name": name, "bar": round(WIDEST * (group["value"] or 0) / most)})
    return sorted(found, key=lambda group: str(group["name"]))


async def cases(visit: Visit) -> Response:
    """The cases behind a number, for those who may open them. Raises NoSuchPage for what is no number of a measure."""
    asked = {name: visit.query(name) for name in ("period", "by", "group", "part", "cursor")}
    try:
        said = {name: value for name, value in asked.items() if value or (name == "group" and asked["by"])}
        query = msgspec.convert(said, MeasuredCasesQuery)
        reply = await visit.read(measures.cases_of_measure, query)
    except (errors.BodyInvalid, msgspec.ValidationError) as refused:
        raise errors.NoSuchPage from refused
    back = {"period": asked["period"], "by": asked["by"]}
    return visit.page(
        "measures/cases.html",
        cases=reply.body,
        title=measure_titles()[visit.part("measure")],
        group=_name(visit, asked["by"], asked["group"]) if asked["by"] else "",
        school=visit.house.reference.directory.name_of,
        period=asked["period"] or latest_year(visit.house.clock.today()).name,
        further=next_of(reply.links),
        back=f"/measures/{visit.part('measure')}?{urlencode(back)}",
    )


def _name(visit: Visit, by: str, code: str) -> str:
    """What a group is called."""
    if by == "school":
        return visit.house.reference.directory.name_of(code)
    if not code and by in NONE:
        return NONE[by]
    if by == "need":
        return NEEDS.get(code, code)
    said = GROUPS.get(code, code.replace("_", " "))
    return said[:1].upper() + said[1:]


async def as_csv(visit: Visit) -> Response:
    """The figure as CSV."""
    query = msgspec.convert({"period": visit.query("period"), "by": visit.query("by") or None}, MeasureQuery)
    reply = await visit.read(measures.one_measure_csv, query)
    headers = {"Content-Disposition": f'attachment; filename="{visit.part("measure")}.csv"'}
    return Response(reply.body, headers=headers, media_type=measures.CSV)


async def all_as_csv(visit: Visit) -> Response:
    query = msgspec.convert({"period": visit.query("period")}, PeriodQuery)
    reply = await visit.read(measures.all_measures_csv, query)
    headers = {"Content-Disposition": 'attachment; filename="measures.csv"'}
    return Response(reply.body, headers=headers, media_type=measures.CSV)


async def targets(visit: Visit) -> Response:
    """What measures should reach, and where they stand."""
    return await _targets(visit, [])


async def _targets(visit: Visit, wrong: list[dict[str, str]]) -> Response:
    found = (await visit.read(reports.list_targets)).body
    return visit.page(
        "measures/targets.html",
        422 if wrong else 200,
        targets=found,
        titles=measure_titles(),
        may_improve=may(visit, "improve"),
        tabs=tabs_of(visit),
        errors=wrong,
        said={name: visit.posted.get(name) for name in ("measure", "period", "value", "agreed_by")},
    )


async def set_target(visit: Visit) -> Response:
    posted = visit.posted
    said: dict[str, Any] = {name: posted.get(name) for name in ("measure", "period", "agreed_by", "reason")}
    try:
        said["value"] = float(posted.get("value"))
    except ValueError:
        return await _targets(visit, [{"text": "Enter a number to reach", "href": "#value"}])
    if not said["agreed_by"]:
        return await _targets(visit, [{"text": "Enter who agreed on it", "href": "#agreed_by"}])
    try:
        await visit.act(reports.put_target, SetTarget, said)
    except errors.BodyInvalid:
        return await _targets(visit, [{"text": "Enter a period such as 2026/27", "href": "#period"}])
    return visit.to("/targets")


async def demand(visit: Visit) -> Response:
    """What will be wanted if it is as in the year before, against room and price."""
    period, wrong = visit.query("period"), []
    try:
        found = (await visit.read(reports.expected_demand, msgspec.convert({"period": period}, DemandQuery))).body
    except (errors.BodyInvalid, msgspec.ValidationError):
        wrong = [{"text": "Enter a period such as 2026/27, 2026/27 autumn or 2026-10", "href": "#period"}]
        found = (await visit.read(reports.expected_demand, DemandQuery())).body
    return visit.page(
        "measures/demand.html", 422 if wrong else 200, **found, names=PROVIDERS, errors=wrong,
        asked=period or found["period"].name, tabs=tabs_of(visit),
    )  # fmt: skip


async def list_actions(visit: Visit) -> Response:
    """What is done because of findings, what is overdue first."""
    found = (await visit.read(actions.list_actions, ActionQuery())).body
    return visit.page(
        "measures/actions.html", actions=found, titles=measure_titles(), states=STATES, tabs=tabs_of(visit),
        may_improve=may(visit, "improve"),
    )  # fmt: skip


async def update_action(visit: Visit) -> Response:
    """An action is done, dropped, or open again."""
    said = {"state": visit.posted.get("state"), "note": visit.posted.get("note")}
    await visit.act(actions.update_an_action, UpdateAction, said)
    return visit.to("/actions")
