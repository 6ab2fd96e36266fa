"""Reports and plans: the list, a version as it was published, writing one as a draft, and actions on its findings."""

from typing import Any

from starlette.responses import Response

from services.case.api import actions, reports, surveys
from services.case.api.improvement_bodies import ActionQuery, AgreeAction, Publish, PublishAgain, VersionQuery
from services.case.api.measures import CSV
from services.case.domain import errors
from services.case.web.filling import Filling, show_step, take_step
from services.case.web.improving import (
    changed,
    check_page,
    checked,
    drafting,
    go_on,
    keep_draft,
    may,
    measure_titles,
    tabs_of,
)
from services.case.web.questions import Answers
from services.case.web.short_forms import said, show
from services.case.web.visit import Visit

CHECK = "reports/check.html"
KINDS = {"report": "Report", "plan": "Plan"}


async def listed(visit: Visit) -> Response:
    """What was published, the last first."""
    found = (await visit.read(reports.list_reports)).body
    return visit.page(
        "reports/list.html", reports=found[::-1], kinds=KINDS, tabs=tabs_of(visit), may_improve=may(visit, "improve")
    )


def _number(visit: Visit, part: str) -> str:
    """The number in the address. Raises ReportUnknown."""
    number = visit.part(part)
    if not number.isdecimal() or len(number) > 6:
        raise errors.ReportUnknown
    return number


def _version(visit: Visit) -> VersionQuery:
    """Raises ReportUnknown."""
    asked = visit.query("version")
    if asked and not (asked.isdecimal() and 0 < len(asked) < 7):
        raise errors.ReportUnknown
    return VersionQuery(int(asked) if asked else None)


async def one(visit: Visit) -> Response:
    """A version, exactly as it was published, with the actions and surveys that followed from the report."""
    number = int(_number(visit, "report"))
    found = (await visit.read(reports.one_report, _version(visit))).body
    report = next(one for one in (await visit.read(reports.list_reports)).body if one["report"] == number)
    followed: list[Any] = []
    if may(visit, "follow_improvement"):
        followed = (await visit.read(actions.list_actions, ActionQuery(report=number))).body
    asked = [one for one in (await visit.read(surveys.list_surveys)).body if one["report"] == number]
    return visit.page(
        "reports/report.html",
        found=found,
        document=found["document"],
        report=report,
        actions=followed,
        surveys=asked,
        kinds=KINDS,
        titles=measure_titles(),
        may_improve=may(visit, "improve"),
        last=found["version"] == report["versions"][-1]["version"],
        back="/reports",
    )


async def as_csv(visit: Visit) -> Response:
    """The figures of a version."""
    number = _number(visit, "report")
    reply = await visit.read(reports.one_report_csv, _version(visit))
    headers = {"Content-Disposition": f'attachment; filename="report-{number}.csv"'}
    return Response(reply.body, headers=headers, media_type=CSV)


async def _draft(visit: Visit) -> Filling:
    """Of a new report or plan, or of another version of one, which begins with what the last one says.

    Raises ReportUnknown.
    """
    options = {"findings.measure": measure_titles()}
    if "report" not in visit.request.path_params:
        form = changed("write_report", ("reason",), options)
        return drafting(visit, "/reports/new", form, {}, caption="New report or plan")
    number = _number(visit, "report")
    document = (await visit.read(reports.one_report, VersionQuery())).body["document"]
    begun: Answers = {
        "title": document["title"],
        "period": document["period"]["name"],
        "summary": document["summary"],
        "themes": [{"theme": theme} for theme in document["themes"]],
        "findings": [{"measure": one["measure"], "words": one["words"]} for one in document["findings"]],
    }
    form = changed("write_report", ("kind",), options)
    return drafting(visit, f"/reports/{number}/new-version", form, begun, caption=f"Another version of report {number}")


async def begin(visit: Visit) -> Response:
    """Where the draft goes on."""
    return go_on(visit, await _draft(visit))


async def question(visit: Visit) -> Response:
    return await show_step(visit, await _draft(visit))


async def answer(visit: Visit) -> Response:
    return await take_step(visit, await _draft(visit))


async def check(visit: Visit) -> Response:
    """The draft, to read before it is published."""
    return checked(visit, CHECK, await _draft(visit))


async def publish(visit: Visit) -> Response:
    """Publish the draft; its figures are counted now."""
    filling = await _draft(visit)
    if (still := filling.first_open()) != visit.request.url.path:
        return visit.to(still)
    written = {**filling.answers, "themes": [one["theme"] for one in filling.answers.get("themes", [])]}
    again = "report" in visit.request.path_params
    handler, kind = (reports.publish_again, PublishAgain) if again else (reports.publish_report, Publish)
    try:
        reply = await visit.act(handler, kind, written)
    except (errors.BodyInvalid, errors.ReasonMissing) as refused:
        faults = refused.details.get("errors") or [{"pointer": "/reason", "detail": str(refused)}]
        return check_page(visit, CHECK, filling, faults)
    await keep_draft(visit, filling.address, None)
    return visit.to(f"/reports/{reply.body['report']}")


async def _finding(visit: Visit) -> dict[str, Any]:
    """The finding of the address, of the last version. Raises ReportUnknown."""
    _number(visit, "report")
    document = (await visit.read(reports.one_report, VersionQuery())).body["document"]
    return reports.finding_of(document, int(_number(visit, "finding")))


async def ask_action(visit: Visit) -> Response:
    """What somebody takes on because of a finding."""
    finding = await _finding(visit)
    return show(visit, "agree_action", {}, caption=finding["words"], back=f"/reports/{visit.part('report')}")


async def agree_action(visit: Visit) -> Response:
    finding, report = await _finding(visit), visit.part("report")
    answers, wrong = said(visit, "agree_action")
    if wrong:
        return show(visit, "agree_action", answers, wrong, caption=finding["words"], back=f"/reports/{report}")
    body = {**answers, "report": int(report), "finding": finding["finding"], "measure": finding["measure"]}
    await visit.act(actions.agree_on_action, AgreeAction, body)
    return visit.to("/actions")
